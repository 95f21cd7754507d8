"""The health checks."""

import pytest
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor

from piggyadmin.status import states


def test_up(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db(databases="__all__")
def test_ready(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["databases"]["default"] == "ok"


@pytest.mark.django_db(databases="__all__")
def test_not_migrated(client, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_args: ["one"])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["databases"]["default"] == "not migrated"


@pytest.mark.django_db(databases="__all__")
def test_unreachable(client, monkeypatch):
    def broken(*_args):
        raise DatabaseError("host, user and password")

    monkeypatch.setattr(states, "MigrationExecutor", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "password" not in answer.content.decode()
