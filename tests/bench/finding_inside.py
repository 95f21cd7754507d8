"""What of the benchmark of finding runs in Django: `python -m tests.bench.finding_inside N`."""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

import django

django.setup()

from django.db import connection  # noqa: E402

from piggyadmin.bulk_insert import insert  # noqa: E402
from piggyadmin.duplicates.mirror import text_search  # noqa: E402
from piggyadmin.duplicates.models import MirroredContact  # noqa: E402
from tests.bench.ledger_timing import MISSED  # noqa: E402
from tests.duplicates import labelled  # noqa: E402

LOOKS = 400
PAGE = 1_000
# Milliseconds: in the middle, and for 95 of 100.
MOST_MEDIAN = {"sqlite": 10, "postgresql": 15}
MOST_OFTEN, MOST_WITH_SLIP = 40, 100
LETTERS = "aeiounrst"
HABITS = labelled.HABITS["crowded"]


def fill(number: int) -> None:
    """Mirror so many contacts, as far as they are looked for."""
    begun, people = time.perf_counter(), labelled.generate(number, seed=7, habits=HABITS)
    while page := [_row(each) for each in islice(people, PAGE)]:
        insert(page)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE duplicates_mirroredcontact")
    print(f"  filled in {time.perf_counter() - begun:.0f} s", flush=True)


def _row(each: labelled.Labelled) -> MirroredContact:
    row = MirroredContact(
        uuid=each.uuid,
        email=each.email or "",
        firstname=each.firstname or "",
        lastname=each.lastname or "",
        phonenumber=each.phonenumber or "",
        is_anonymous=each.is_anonymous,
        fingerprint="",
    )
    row.search_text = text_search.search_text(row)
    return row


def queries(dice: Random, number: int) -> Iterator[MirroredContact]:
    """Give contacts of whom something is known, by chance."""
    largest = MirroredContact.objects.order_by("-pk").values_list("pk", flat=True)[0]
    while number:
        row = MirroredContact.objects.filter(pk__gte=dice.randint(1, largest)).first()
        if row and len(row.firstname) > 2 and len(row.lastname) > 4:
            number -= 1
            yield row


def with_a_slip(word: str, dice: Random) -> str:
    """Mistype a word as people do."""
    at, letter = dice.randrange(1, len(word) - 1), dice.choice(LETTERS)
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    return dice.choice(slips)


Query = Callable[[MirroredContact, Random], str]
KINDS: dict[str, Query] = {
    "first and last name": lambda row, _dice: f"{row.firstname} {row.lastname}",
    "last name, then initial": lambda row, _dice: f"{row.lastname} {row.firstname[0]}",
    "three letters of both": lambda row, _dice: f"{row.lastname[:3]} {row.firstname[:3]}",
    "four letters": lambda row, _dice: row.lastname[:4],
    "an address": lambda row, _dice: row.email or row.lastname,
    "the end of a telephone": lambda row, _dice: row.phonenumber[-6:] or row.lastname,
    "one slip": lambda row, dice: with_a_slip(row.lastname, dice),
    "one slip, and a first name": lambda row, dice: (
        f"{row.firstname} {with_a_slip(row.lastname, dice)}"
    ),
}


def measure(name: str, query: Query, rows: list[MirroredContact]) -> bool:
    """Look for each and print the times; tells whether they are short enough."""
    dice, times, hits = Random(5), [], 0
    for row in rows:
        text = query(row, dice)
        begun = time.perf_counter()
        found = text_search.find(text)
        times.append((time.perf_counter() - begun) * 1000)
        hits += bool(found.contacts)
    times.sort()
    middle, often = times[len(times) // 2], times[len(times) * 95 // 100]
    has_slip = "slip" in name
    most = MOST_WITH_SLIP if has_slip else MOST_MEDIAN[connection.vendor]
    is_met = middle <= most and often <= (MOST_WITH_SLIP if has_slip else MOST_OFTEN)
    print(
        f"  {name:<27} median {middle:6.2f} ms, 95 % {often:7.2f}, most {times[-1]:7.1f};"
        f" somebody for {hits / len(rows):4.0%}{'' if is_met else '   TOO SLOW'}",
        flush=True,
    )
    return is_met


def main(number: int) -> None:
    """Measure and print."""
    fill(number)
    rows = list(queries(Random(3), LOOKS))
    results = [measure(name, query, rows) for name, query in KINDS.items()]
    if not all(results):
        sys.exit(MISSED)


if __name__ == "__main__":
    main(int(sys.argv[1]))
