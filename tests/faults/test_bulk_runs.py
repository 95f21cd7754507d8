"""A bulk run while everything that it lives on is killed: each row is done once in the end.

Two web processes and three workers are real ones; they, the database's connections and the sandbox
die without warning at random moments. What they were at is found by its key; what nobody found at
Piggy is asked for anew once a person says so. Meanwhile a program gives credits through the door,
and somebody looks at the run's page, so that the web processes die in the midst of something too.
`KILLED_RUN_ROWS=2000 KILLED_RUN_KILLS=20` makes it a long one.
"""

import os
import random
import time
from collections import Counter
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet

from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkRowState, BulkRun, BulkRunStatus
from piggyadmin.ledger.models import HAPPENED, OPEN, Entry, EntryStatus, Subject
from piggyadmin.ledger.verification import verify
from tests.api.asking import token
from tests.bulk.making import CREDITS, SHOP, checked, confirmed
from tests.conftest import signed_in
from tests.faults.chaos import PROCESSES_OF_THE_WEB, Chaos, Till, keep_looking, meanwhile, victims
from tests.faults.conftest import PatientServer
from tests.faults.killing import database_url
from tests.ledger.making import somebody
from tests.postgresql import run_there
from tests.prepared import copy_console
from tests.sandbox.server import ROOT, free_port
from tests.tasks.processes import Console, console, wait_until

ROWS = int(os.environ.get("KILLED_RUN_ROWS", "150"))
KILLS = int(os.environ.get("KILLED_RUN_KILLS", "4"))
SEED = int(os.environ.get("KILLED_RUN_SEED", "7"))
WORKERS = 3
LATENCY_MS = 40
PATIENCE = 180.0 * max(ROWS / 150, 1)  # seconds
# The last one dies when this share of the rows is done.
LAST_AT = 0.7
# Longest wait, in seconds, between seeing that rows were done and the kill.
STRIKES_WITHIN = 0.5


@pytest.fixture(scope="module")
def sandbox_server():
    """Serve a sandbox that belongs to this module alone, as it is killed."""
    with PatientServer() as server:
        yield server


@pytest.fixture
def processes(transactional_db, sandbox, tmp_path: Path):
    """A console on the database of this test, of which nothing is started yet."""
    copy_console(tmp_path)
    environment = {
        "DATABASE_URL": database_url(),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": str(PROCESSES_OF_THE_WEB),
        "WORKER_BESIDE_WEB": "false",
        "PIGGY_API_URL": sandbox.url,
        "PIGGY_API_TOKEN": sandbox.token,
        "PIGGY_LATE_SECONDS": "1",
        # While all of them wait for one database, none is taken for dead.
        "TASKS_LEASE_SECONDS": "10",
        "REQUEST_LOG_DAYS": "0",
        "DUPLICATES": "0",
        "LOG_LEVEL": "WARNING",
    }
    with console(tmp_path, **environment) as made:
        yield made


def contacts(sandbox: Any) -> list[dict[str, Any]]:
    """Give all contacts who have an address."""
    found: list[dict[str, Any]] = []
    page = 1
    while rows := sandbox.api("GET", f"contacts?page={page}&limit=100"):
        found += [row for row in rows if row["current_values"].get("email")]
        page += 1
    return found


def balances(sandbox: Any) -> Counter[str]:
    """Give the credits of all contacts, by their UUID."""
    found = contacts(sandbox)
    return Counter({each["uuid"]: each["current_values"]["loyalty_balance"] for each in found})


def books() -> Counter[str]:
    """Give the credits that everybody was given since the beginning, as the ledger has it."""
    given = Counter[str]()
    done = Entry.objects.filter(action=CREDITS, status__state__in=HAPPENED)
    for subject in Subject.objects.filter(entry__in=done).select_related("entry"):
        given[str(subject.contact_uuid)] += subject.entry.data["credits"]
    return given


def is_over(run: BulkRun) -> bool:
    run.refresh_from_db()
    return run.status not in {BulkRunStatus.RUNNING, BulkRunStatus.PAUSED}


def steps_of(run: BulkRun) -> QuerySet[EntryStatus]:
    """Give the rows that were done, as the ledger has them at once."""
    return EntryStatus.objects.filter(part_of=run.key, state__in=HAPPENED)


def has_done(run: BulkRun, rows: int) -> bool:
    return steps_of(run).count() >= rows or is_over(run)


def is_settled() -> bool:
    """Whether the ledger knows of everything what became of it."""
    return not EntryStatus.objects.filter(action=CREDITS, state__in=OPEN).exists()


def strike(run: BulkRun, chaos: Chaos) -> None:
    """Kill everything in turn, spread over the run."""
    for number, victim in enumerate(victims(KILLS, chaos.dice), 1):
        wait_until(partial(has_done, run, int(ROWS * LAST_AT * number / KILLS)), PATIENCE)
        time.sleep(chaos.dice.uniform(0, STRIKES_WITHIN))
        assert not is_over(run)
        print(f"{victim} dies")
        chaos.hit(victim)


def test_each_row_is_done_once(sandbox, processes: Console, request):
    before, emails = balances(sandbox), [each["email"] for each in contacts(sandbox)]
    rows = list(zip(cycle(emails), range(1, ROWS + 1), strict=False))
    text = "\n".join(["e-mail;credits", *(f"{email};{number}" for email, number in rows)])
    run = confirmed(checked(text, somebody(), shop_uuid=SHOP))
    sandbox.faults(latency_ms=LATENCY_MS)
    chaos = Chaos(processes, sandbox, random.Random(SEED))
    request.addfinalizer(chaos.end_web)
    chaos.wait_for_web()
    body = {"contact_uuid": emails[0], "shop_uuid": SHOP, "reason": "Goodwill"}
    body |= {"acknowledged": ["credits"]}
    till = Till(chaos.url, token(somebody()), body, first=ROWS + 1)
    page = f"{chaos.url}{run.get_absolute_url()}"
    cookies = {name: each.value for name, each in signed_in(somebody()).cookies.items()}
    with meanwhile(till.keep_giving, partial(keep_looking, page, cookies)):
        for _ in range(WORKERS):
            processes.worker()
        strike(run, chaos)
        wait_until(lambda: is_over(run), PATIENCE)
    if run.rows.filter(state=BulkRowState.NOT_DONE).exists():
        running.ask_anew(run, by=somebody())
        wait_until(lambda: is_over(run), PATIENCE)
    wait_until(is_settled, PATIENCE)

    states = Counter(run.rows.values_list("state", flat=True))
    assert (run.status, states) == (BulkRunStatus.DONE, {"done": ROWS}), processes.log.read_text()
    numbers = steps_of(run).values_list("entry__data__credits", flat=True)
    assert sorted(numbers) == list(range(1, ROWS + 1))
    sandbox.faults(latency_ms=0)
    assert +(balances(sandbox) - before) == books()
    told = {key for key, status in till.told.items() if status == 200}
    happened = Entry.objects.filter(submission_key__in=told, status__state__in=HAPPENED)
    assert (happened.count(), bool(told)) == (len(told), True), till.told
    assert list(verify()) == []


def test_the_same_on_postgresql():
    run_there(
        f"{Path(__file__).relative_to(ROOT)}::{test_each_row_is_done_once.__name__}",
        seconds=900 * max(ROWS // 150, 1),
    )
