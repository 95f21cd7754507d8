"""Fills a database for the bench of the duplicates: `python -m tests.bench.duplicates_inside`.

Runs in a process of its own, whose environment names the database.
"""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from piggyadmin.duplicates.models import (  # noqa: E402
    Cluster,
    Decision,
    MirroredContact,
    Pair,
)

CONTACTS = int(os.environ.get("BENCH_CONTACTS", "1000000"))
PAIRS = int(os.environ.get("BENCH_PAIRS", "100000"))
BATCH = 5000
# One in so many pairs hangs together with the two after it: three pairs, three contacts.
TRIPLES = 30


@cache
def now() -> datetime:
    """Give the moment from which everything is counted."""
    return timezone.now()


# Numbers that share no factor spread what is in the rows.


def uuid(number: int) -> str:
    """Name a contact; the smaller number has the smaller name of a pair."""
    return f"{number // 4 * 40503 % 1_000_003:08x}-0000-4000-8000-{number:012x}"


def contact(number: int) -> MirroredContact:
    """Make up a contact."""
    return MirroredContact(
        uuid=uuid(number),
        email=f"voor{number * 31 % 700}.naam{number}@example.test",
        firstname=f"Voor{number * 31 % 700}",
        lastname=f"Naam{number * 37 % 9973}",
        phonenumber=f"06{number * 7919 % 100_000_000:08}",
        birthdate="1980-01-01",
        address=f"Straat {number % 200}",
        is_anonymous=number % 40 == 1,
        created_at=now() - timedelta(minutes=number),
        last_transaction_at=now() - timedelta(minutes=number * 7 % 900_000),
        credits=number * 17 % 900,
        fingerprint=f"{number:032x}",
        is_compared=True,
    )


def cluster(number: int) -> Cluster:
    """Make up what holds pairs `number * TRIPLES` and the next two together."""
    return Cluster(pk=number + 1, size=3 + number % 3, weakest=0.9, credits=number * 31 % 5000)


def pair(number: int, status: Pair.Status) -> Pair:
    """Make up a pair, surer or less sure."""
    probability = 0.5 + (number * 7919 % 5000) / 10_000
    credits_of_both = 0 if number % 3 == 0 else number * 104_729 % 2000
    first = number % (CONTACTS // 4) * 4 + (2 if status != Pair.Status.OPEN else 0)
    return Pair(
        first=uuid(first),
        second=uuid(first + 1),
        probability=probability,
        first_fingerprint=f"{first:032x}",
        second_fingerprint=f"{first + 1:032x}",
        credits=credits_of_both,
        last_transaction_at=None
        if number % 5 == 0
        else now() - timedelta(minutes=number * 7 % 900_000),
        has_anonymous=number % 40 == 0,
        is_proposed=probability >= 0.9,
        rank=probability + credits_of_both / 10_000,
        cluster_id=number // TRIPLES + 1 if number % TRIPLES < 3 else None,
        status=status,
        found_at=now() - timedelta(minutes=number * 5 % 500_000),
    )


def decision(number: int) -> Decision:
    """Make up what was decided on a pair of long ago."""
    known = pair(number, Pair.Status.DISMISSED)
    return Decision(
        at=now() - timedelta(minutes=number * 11 % 500_000),
        first=known.first,
        second=known.second,
        kind=Decision.Kind.DISMISS if number % 3 else Decision.Kind.MERGE,
        first_fingerprint=known.first_fingerprint,
        second_fingerprint=known.second_fingerprint,
        probability=known.probability,
        evidence=[{"code": "phone-same", "words": "same phone", "bits": 9.5}],
        person_id=number % 5 + 1,
        person_name="Somebody",
    )


def add(rows: Iterable[models.Model]) -> None:
    """Insert rows, a batch at a time."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        type(batch[0])._default_manager.bulk_create(batch)


def main() -> None:
    """Fill everything; as many pairs as are open have been dismissed before."""
    with transaction.atomic():
        add(contact(number) for number in range(CONTACTS))
        add(cluster(number) for number in range(PAIRS // TRIPLES + 1))
        for status in (Pair.Status.OPEN, Pair.Status.DISMISSED):
            add(pair(number, status) for number in range(PAIRS))
        add(decision(number) for number in range(PAIRS))
    if connection.vendor == "postgresql":
        # As the database itself does sooner or later.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
