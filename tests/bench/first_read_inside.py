"""What of the first reading is measured in Django: `python -m tests.bench.first_read_inside N`."""

import sys
import time

import django

django.setup()

from piggyadmin.duplicates.mirror.pagination import Place, read_window  # noqa: E402
from piggyadmin.duplicates.mirror.sweep import sweep  # noqa: E402
from piggyadmin.duplicates.models import MirroredContact  # noqa: E402
from piggyadmin.piggy.client import piggy_client  # noqa: E402
from piggyadmin.piggy.throttle import in_background  # noqa: E402
from tests.bench.ledger_timing import MISSED  # noqa: E402
from tests.duplicates.conftest import started  # noqa: E402

MOST_TIMES = 1.2


def paging_alone() -> float:
    """Read the list to its end as a sweep does, and keep nothing; gives the seconds."""
    begun, place = time.perf_counter(), Place()
    while following := read_window(piggy_client(), place).following:
        place = following
    return time.perf_counter() - begun


def swept() -> float:
    """Read all contacts into the empty mirror; gives the seconds."""
    run = started()
    begun = time.perf_counter()
    sweep(run, piggy_client())
    return time.perf_counter() - begun


def main(contacts: int) -> None:
    """Measure and print."""
    with in_background():
        alone, whole = paging_alone(), swept()
    assert MirroredContact.objects.count() == contacts
    times = whole / alone
    verdict = "" if times <= MOST_TIMES else f"   MORE THAN {MOST_TIMES}"
    print(f"  paging alone                {alone:7.1f} s")
    print(f"  read into the mirror        {whole:7.1f} s, {times:.2f} times{verdict}")
    if verdict:
        sys.exit(MISSED)


if __name__ == "__main__":
    main(int(sys.argv[1]))
