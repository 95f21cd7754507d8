"""What of the benchmark of the mirror runs in Django: `python -m tests.bench.mirror_inside N`."""

import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from random import Random
from uuid import UUID

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from piggyadmin.contacts.types import Contact  # noqa: E402
from piggyadmin.duplicates.mirror import store  # noqa: E402
from piggyadmin.duplicates.mirror.pagination import MOST  # noqa: E402
from piggyadmin.duplicates.mirror.sweep import WINDOWS  # noqa: E402
from piggyadmin.duplicates.models import MirroredContact  # noqa: E402
from piggyadmin.sandbox.contact_stream import people  # noqa: E402
from tests.bench.ledger_timing import MISSED  # noqa: E402

MOST_MICROSECONDS = 150
# What the index for finding by name may take, once for each contact: a minute for a million.
MOST_FOR_INDEX = 60
CHANGED_SHARE = 0.01
PEOPLE = 10_000


def contacts(number: int, changed_share: float = 0.0) -> Iterator[Contact]:
    """Make so many contacts, always the same, of which some have changed since."""
    dice = Random(1)
    today = datetime(2026, 11, 1, tzinfo=UTC).date()
    # The same people again and again with other addresses: more of them would take up memory.
    pool = cycle(list(people(PEOPLE, seed=1, today=today)))
    for place, person in zip(range(1, number + 1), pool, strict=False):
        has_changed = dice.random() < changed_share
        yield Contact(
            uuid=str(UUID(int=place)),
            email=f"{place}.{person.email}",
            firstname="Changed" if has_changed else person.firstname,
            lastname=person.lastname,
            phonenumber=person.phonenumber,
            birthdate=person.birthdate.isoformat() if person.birthdate else None,
            address=person.address,
            is_anonymous=person.is_anonymous,
            credits=place % 500,
            prepaid_cents=0,
            created_at=person.created_at,
        )


def take_in(
    name: str, number: int, changed_share: float = 0.0, *, most: int = MOST_MICROSECONDS
) -> bool:
    """Store all of them, a step of a sweep at a time, and print the time that this alone takes.

    Tells whether that is little enough.
    """
    stream, seconds, work, changed = contacts(number, changed_share), 0.0, 0.0, 0
    while step := list(islice(stream, MOST * WINDOWS)):
        begun, worked = time.perf_counter(), time.process_time()
        with transaction.atomic():
            changed += store.store(step, read_at=timezone.now()).changed
        seconds, work = seconds + time.perf_counter() - begun, work + time.process_time() - worked
    each = seconds / number * 1_000_000
    is_met = each <= most
    verdict = "" if is_met else f"   MORE THAN {most}"
    print(
        f"  {name:<26} {each:5.0f} µs each, {work / number * 1_000_000:5.0f} of work here"
        f" ({changed:,} changed), {peak()} MB{verdict}",
        flush=True,
    )
    return is_met


def peak() -> int:
    """Give the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(number: int) -> None:
    """Measure and print."""
    results = [
        take_in("the first tenth", number // 10, most=MOST_MICROSECONDS + MOST_FOR_INDEX),
        take_in("all of them", number, most=MOST_MICROSECONDS + MOST_FOR_INDEX),
        take_in("again, nothing changed", number),
        take_in("again, one in 100 changed", number, CHANGED_SHARE),
    ]
    begun = time.perf_counter()
    fresh = store.freshness()
    milliseconds = (time.perf_counter() - begun) * 1000
    print(f"  how fresh it is              {milliseconds:7.0f} ms ({fresh.contacts:,} contacts)")
    begun = time.perf_counter()
    store.empty()
    print(f"  emptied                      {time.perf_counter() - begun:7.1f} s, {peak()} MB")
    assert not MirroredContact.objects.exists()
    if not all(results):
        sys.exit(MISSED)


if __name__ == "__main__":
    main(int(sys.argv[1]))
