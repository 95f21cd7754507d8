"""A bulk run whose workers are killed again and again: each row is done once in the end.

Workers are real processes, killed without warning at random moments and replaced. What they were
at is found by its key; what nobody found at Piggy is asked for anew once a person says so.
`KILLED_RUN_ROWS=2000 KILLED_RUN_KILLS=20` makes it a long one.
"""

import os
import random
from collections import Counter
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkRowState, BulkRun, BulkRunStatus
from piggyadmin.ledger.models import HAPPENED, EntryStatus
from piggyadmin.ledger.verification import verify
from tests.bulk.making import SHOP, checked, confirmed
from tests.faults.killing import database_url
from tests.ledger.making import somebody
from tests.postgresql import run_there
from tests.sandbox.server import ROOT
from tests.tasks.processes import Console, console, wait_until

ROWS = int(os.environ.get("KILLED_RUN_ROWS", "300"))
KILLS = int(os.environ.get("KILLED_RUN_KILLS", "8"))
WORKERS = 2
LATENCY_MS = 40
PATIENCE = 180.0 * max(ROWS / 300, 1)  # seconds


def balances(sandbox: Any) -> dict[str, int]:
    """Give the credits of all contacts who have an address, by that."""
    found: dict[str, int] = {}
    page = 1
    while rows := sandbox.api("GET", f"contacts?page={page}&limit=100"):
        values = (row["current_values"] for row in rows)
        found |= {each["email"]: each["loyalty_balance"] for each in values if each.get("email")}
        page += 1
    return found


@pytest.fixture
def workers(transactional_db, sandbox, tmp_path: Path):
    environment = {
        "DATABASE_URL": database_url(),
        "PIGGY_API_URL": sandbox.url,
        "PIGGY_API_TOKEN": sandbox.token,
        "PIGGY_LATE_SECONDS": "1",
        "PIGGY_CIRCUIT_BREAKER": "0",
        "REQUEST_LOG_DAYS": "0",
        "DUPLICATES": "0",
        "LOG_LEVEL": "WARNING",
    }
    with console(tmp_path, **environment) as made:
        yield made


def is_over(run: BulkRun) -> bool:
    run.refresh_from_db()
    return run.status not in {BulkRunStatus.RUNNING, BulkRunStatus.PAUSED}


def has_done(run: BulkRun, rows: int) -> bool:
    return run.rows.filter(state=BulkRowState.DONE).count() >= rows or is_over(run)


def kill_one(workers: Console, dice: random.Random) -> None:
    """Kill a worker without warning, and start another one in its place."""
    alive = [process for process in workers.processes if process.poll() is None]
    victim = dice.choice(alive)
    victim.kill()
    victim.wait()
    workers.worker()


def test_each_row_is_done_once(sandbox, workers):
    before = balances(sandbox)
    rows = list(zip(cycle(before), range(1, ROWS + 1), strict=False))
    text = "\n".join(["e-mail;credits", *(f"{email};{number}" for email, number in rows)])
    run = checked(text, somebody(), shop_uuid=SHOP)
    run = confirmed(run)
    sandbox.faults(latency_ms=LATENCY_MS)
    dice = random.Random(7)
    for _ in range(WORKERS):
        workers.worker()
    for number in range(KILLS):
        wait_until(partial(has_done, run, ROWS * number // (KILLS + 1)), PATIENCE)
        kill_one(workers, dice)
    wait_until(lambda: is_over(run), PATIENCE)
    if run.rows.filter(state=BulkRowState.NOT_DONE).exists():
        running.ask_anew(run, by=somebody())
        wait_until(lambda: is_over(run), PATIENCE)

    states = Counter(run.rows.values_list("state", flat=True))
    assert (run.status, states) == (BulkRunStatus.DONE, {"done": ROWS}), workers.log.read_text()
    sandbox.faults(latency_ms=0)
    after = balances(sandbox)
    wanted = Counter[str]()
    for email, number in rows:
        wanted[email] += number
    assert {email: after[email] - before[email] for email in wanted} == wanted
    steps = EntryStatus.objects.filter(part_of=run.key, state__in=HAPPENED)
    assert steps.count() == ROWS
    assert list(verify()) == []


def test_the_same_on_postgresql():
    run_there(
        f"{Path(__file__).relative_to(ROOT)}::{test_each_row_is_done_once.__name__}",
        seconds=900 * max(ROWS // 300, 1),
    )
