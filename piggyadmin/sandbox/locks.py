"""Keeps writes and resets apart: many writes at a time, or one reset.

On SQLite nothing is needed, since there only one transaction writes at a time anyway.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

ALIAS = "sandbox"
# Any number that nobody else uses in the same database.
LOCK = 7_092_026


@contextmanager
def write() -> Iterator[None]:
    """Write in one transaction, beside others that write."""
    with transaction.atomic(using=ALIAS):
        _wait("pg_advisory_xact_lock_shared")
        yield


@contextmanager
def write_alone() -> Iterator[None]:
    """Write in one transaction while nobody else does."""
    with transaction.atomic(using=ALIAS):
        _wait("pg_advisory_xact_lock")
        yield


def _wait(function: str) -> None:
    connection = connections[ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK])
