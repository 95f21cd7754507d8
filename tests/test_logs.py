"""What log lines leave out."""

import json
import logging

import pytest
from django.test import Client

from piggyadmin.logs import JsonFormatter, ServerFormatter


@pytest.fixture
def lines(caplog):
    def read() -> list[str]:
        records = [each for each in caplog.records if each.name == "django.request"]
        return [json.loads(JsonFormatter().format(each))["message"] for each in records]

    return read


@pytest.mark.parametrize("path", ["/contact/mira@example.test/", "/nowhere/mira%40example.test"])
def test_a_page_that_is_not_there_is_logged_without_its_path(lines, path, db):
    Client().get(f"{path}?q=mira@example.test")
    assert lines() == ["Not Found: /…"]


def test_a_refusal_is_logged_with_its_route(lines, roleless):
    roleless.get("/contacts/0123/?q=mira")
    assert lines() == ["Forbidden (Permission denied): /contacts/<id:contact_uuid>/"]


def test_the_server_quotes_nothing_of_what_crashed():
    error = (ValueError, ValueError("mira"), None)
    record = logging.LogRecord(
        "gunicorn", 40, "", 1, "Error handling request %s", ("/?q=mira",), error
    )
    assert "mira" not in ServerFormatter().format(record)
