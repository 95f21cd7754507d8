"""What of the benchmark of bulk runs runs in Django: `python -m tests.bench.bulk_inside ROWS`."""

import resource
import sys
import time
from itertools import cycle
from typing import Any

import django

django.setup()

import requests  # noqa: E402
from django.conf import settings  # noqa: E402

from piggyadmin.bulk.models import BulkRowState, BulkRunStatus  # noqa: E402
from piggyadmin.piggy.throttle import in_background  # noqa: E402
from tests.bench.ledger_timing import MISSED  # noqa: E402
from tests.bulk.making import SHOP, carried, checked, confirmed  # noqa: E402
from tests.ledger.making import somebody  # noqa: E402

LOOPED = 100
LEAST_TIMES = 8
LEAST_SHARE = 0.95


def api(method: str, path: str, **more: Any) -> Any:
    """Call the sandbox as a script would."""
    headers = {"Authorization": f"Bearer {settings.PIGGY_API_TOKEN}"}
    url = f"{settings.PIGGY_API_URL}/api/v3/oauth/clients/{path}"
    answer = requests.request(method, url, headers=headers, timeout=30, **more)
    answer.raise_for_status()
    return answer.json()["data"]


def contacts() -> dict[str, str]:
    """Give UUIDs by address."""
    rows = api("GET", "contacts?limit=100")
    return {row["email"]: row["uuid"] for row in rows if row.get("email")}


def loop_alone(uuids: list[str]) -> float:
    """Give credits one after the other; gives how many a second."""
    begun = time.perf_counter()
    for uuid, _number in zip(cycle(uuids), range(LOOPED), strict=False):
        body = {"shop_uuid": SHOP, "contact_uuid": uuid, "credits": 1}
        api("POST", "credit-receptions", json=body)
    return LOOPED / (time.perf_counter() - begun)


def in_bulk(emails: list[str], rows: int, first: int) -> float:
    """Give credits in bulk; gives how many a second, once they are checked and confirmed.

    No two rows give as many, from `first` on, as what was given lately is no repeat then.
    """
    numbers = range(first, first + rows)
    lines = [f"{email};{number}" for email, number in zip(cycle(emails), numbers, strict=False)]
    begun = time.perf_counter()
    run = checked("\n".join(["e-mail;credits", *lines]), somebody(), shop_uuid=SHOP)
    print(
        f"  checked                     {rows / (time.perf_counter() - begun):7.1f} rows a second"
    )
    run = confirmed(run)
    begun, worked = time.perf_counter(), time.process_time()
    with in_background():
        run = carried(run)
    rate = rows / (time.perf_counter() - begun)
    each = (time.process_time() - worked) / rows * 1000
    print(f"  work here                   {each:7.1f} ms a row")
    assert run.status == BulkRunStatus.DONE
    assert run.rows.filter(state=BulkRowState.DONE).count() == rows
    return rate


def main(rows: int) -> None:
    """Measure and print."""
    known = contacts()
    throttled = settings.PIGGY_CALLS_PER_SECOND
    alone = loop_alone(list(known.values()))
    # One database is measured on twice.
    number, first = (rows // 4, rows + 1) if throttled else (rows, 1)
    rate = in_bulk(list(known), number, first)
    print(f"  a plain loop                {alone:7.1f} rows a second")
    print(f"  in bulk                     {rate:7.1f} rows a second, {rate / alone:.1f} times")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  the process had             {most:7} MB")
    if throttled:
        print(f"  of the throttle's rate      {rate / throttled:7.1%}")
    is_met = rate >= LEAST_SHARE * throttled if throttled else rate >= LEAST_TIMES * alone
    if not is_met:
        sys.exit(MISSED)


if __name__ == "__main__":
    main(int(sys.argv[1]))
