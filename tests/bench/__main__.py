"""`python -m tests.bench [PART …]`: how long things take on this machine; all of it, or parts.

A part says what it is compared with and whether its targets are met; where one is missed, the run
fails in the end.
"""

import sys

from tests.bench import (
    bulk,
    codes,
    duplicates_pages,
    finding,
    first_read,
    ledger,
    look_ups,
    mirror,
    pages,
    search,
)
from tests.bench.document import machine

PARTS = {
    "look-ups": look_ups.measure,
    "codes": codes.measure,
    "ledger": ledger.measure,
    "bulk": bulk.measure,
    "mirror": mirror.measure,
    "first-read": first_read.measure,
    "search": search.measure,
    "queue": duplicates_pages.measure,
    "finding": finding.measure,
    "pages": pages.measure,
}


def main(names: list[str]) -> None:
    """Measure and print."""
    if unknown := set(names) - set(PARTS):
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are {', '.join(PARTS)}.")
    missed = []
    for name in names or PARTS:
        print(f"\n--- {name} · {machine()}", flush=True)
        if PARTS[name]() is False:
            missed.append(name)
    if missed:
        sys.exit(f"\nMISSED a target: {', '.join(missed)}. See above.")


if __name__ == "__main__":
    main(sys.argv[1:])
