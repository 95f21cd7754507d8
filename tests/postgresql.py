"""Databases of one's own on the PostgreSQL server that tests and measurements use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

SERVER = os.environ.get("TEST_POSTGRESQL", "postgres://postgres@127.0.0.1:5432")


@contextmanager
def database(template: str = "template1") -> Iterator[str | None]:
    """Give the address of a database of one's own, which is dropped afterwards.

    It begins as the one called `template`, to which nobody may be connected. None without a server.
    """
    name = f"piggyadmin_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        yield None
        return
    with server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[call-overload,unused-ignore]
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload,unused-ignore]


@contextmanager
def database_or_skip() -> Iterator[str]:
    """Give an empty database, or skip the test where there is no server."""
    with database() as address:
        yield address or pytest.skip(f"no PostgreSQL at {SERVER}")
