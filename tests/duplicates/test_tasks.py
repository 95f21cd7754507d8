"""What workers do for duplicates; some of it with workers that are real processes, and killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from piggyadmin.duplicates import tasks
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import ChangedContact, GoneContact, MirroredContact, Pair, Sweep
from piggyadmin.duplicates.review import finder
from piggyadmin.duplicates.tasks import keep_mirror, next_sweep_at, sweep_when_due
from piggyadmin.piggy.errors import Maintenance, Rejected
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run, RunState
from tests.duplicates.conftest import started
from tests.duplicates.moving import moving, uuid_of
from tests.tasks.processes import ROOT, Console, console, wait_until


@pytest.fixture
def piggy_of(monkeypatch) -> Callable[[Any], Any]:
    """Put something in the place of the console's client."""

    def put(piggy: Any) -> Any:
        monkeypatch.setattr(tasks, "piggy_client", lambda: piggy)
        return piggy

    return put


@pytest.fixture
def checked(monkeypatch) -> list[str]:
    """Give the contacts that were compared by themselves."""
    uuids: list[str] = []
    monkeypatch.setattr(finder, "check", uuids.append)
    return uuids


def sweep_run() -> Run:
    return Run.objects.get(name=store.SWEEP)


# --- Sweeping --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_was_read_is_searched(piggy_of, monkeypatch):
    piggy_of(moving(250))
    searched = []
    monkeypatch.setattr(
        finder, "search", lambda run: searched.append((run.pk, MirroredContact.objects.count()))
    )
    runs.carry(started())
    run = sweep_run()
    assert (run.state, run.progress, run.of) == (RunState.DONE, 250, 250)
    assert searched == [(run.pk, 250)]


@pytest.mark.django_db
def test_a_search_that_fails_does_not_have_all_read_again(piggy_of, monkeypatch):
    piggy = piggy_of(moving(250))
    monkeypatch.setattr(finder, "search", lambda run: 1 / 0)
    runs.carry(started())
    assert "ZeroDivisionError" in sweep_run().last_error
    pages = len(piggy.pages)
    monkeypatch.setattr(finder, "search", lambda run: 0)
    Run.objects.update(due_at=timezone.now() - timedelta(days=1))
    runs.carry(runs.claim("another"))
    assert (sweep_run().state, len(piggy.pages)) == (RunState.DONE, pages)


@pytest.mark.django_db
def test_piggy_is_down_and_comes_back(piggy_of):
    piggy = piggy_of(moving(250))

    def fail(_):
        raise Maintenance

    piggy.meanwhile = fail
    runs.carry(started())
    assert sweep_run().state == RunState.WAITING
    piggy.meanwhile = lambda _: None
    runs.retry(sweep_run())
    runs.carry(runs.claim("another"))
    assert MirroredContact.objects.count() == 250


@pytest.mark.django_db
def test_while_switched_off_nothing_is_read(piggy_of, settings):
    piggy = piggy_of(moving(250))
    settings.DUPLICATES = False
    runs.carry(started())
    assert not piggy.pages
    assert not Sweep.objects.exists()


# --- When ------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestWhenDue:
    def test_the_first_sweep_begins_at_once(self):
        assert next_sweep_at(store.newest_sweep_run()) <= timezone.now()
        sweep_when_due()
        sweep_when_due()
        assert (sweep_run().state, sweep_run().asked_by_id) == (RunState.WAITING, None)

    @pytest.mark.parametrize("state", [RunState.DONE, RunState.CANCELLED, RunState.FAILED])
    def test_the_next_one_after_a_while(self, state, settings):
        settings.DUPLICATES_SWEEP_HOURS = 2
        asked = timezone.now() - timedelta(hours=1)
        Run.objects.create(name=store.SWEEP, key="contacts", state=state, created_at=asked)
        assert next_sweep_at(store.newest_sweep_run()) == asked + timedelta(hours=2)
        sweep_when_due()
        assert Run.objects.count() == 1
        Run.objects.update(created_at=asked - timedelta(hours=1))
        sweep_when_due()
        assert Run.objects.count() == 2

    @pytest.mark.parametrize("hours", [0, -1])
    def test_only_on_demand(self, settings, hours):
        settings.DUPLICATES_SWEEP_HOURS = hours
        assert next_sweep_at(store.newest_sweep_run()) is None
        sweep_when_due()
        assert not Run.objects.exists()

    def test_not_while_switched_off(self, settings):
        settings.DUPLICATES = False
        sweep_when_due()
        assert not Run.objects.exists()


# --- In between ------------------------------------------------------------------------------


def note(*numbers: int) -> None:
    for number in numbers:
        ChangedContact.objects.create(uuid=uuid_of(number), at=timezone.now())


@pytest.mark.django_db
class TestKeeping:
    def test_what_was_changed_is_read_and_compared_again(self, piggy_of, checked):
        piggy_of(moving(3))
        note(1, 2, 99)
        keep_mirror()
        assert MirroredContact.objects.count() == 2
        assert checked == [uuid_of(1), uuid_of(2)]
        assert not ChangedContact.objects.exists()

    def test_what_looks_as_before_is_not_compared(self, piggy_of, checked):
        piggy = piggy_of(moving(3))
        store.refresh(piggy, uuid_of(1))
        MirroredContact.objects.update(is_compared=True)
        note(1)
        keep_mirror()
        assert checked == []

    def test_piggy_is_down(self, piggy_of, checked):
        piggy = piggy_of(moving(3))

        def down(_uuid):
            raise Maintenance

        piggy.before_one = down
        note(1, 2)
        keep_mirror()
        assert ChangedContact.objects.count() == 2
        assert piggy.asked_for == [uuid_of(1)]

    def test_one_that_may_not_be_read_is_not_in_the_way(self, piggy_of, checked):
        piggy = piggy_of(moving(3))

        def refuse(uuid):
            if uuid == uuid_of(1):
                raise Rejected(status=403)

        piggy.before_one = refuse
        note(1, 2)
        keep_mirror()
        assert not ChangedContact.objects.exists()
        assert checked == [uuid_of(2)]

    def test_changed_once_more_meanwhile(self, piggy_of, checked):
        piggy = piggy_of(moving(3))
        later = timezone.now() + timedelta(seconds=1)
        piggy.before_one = lambda _: ChangedContact.objects.update(at=later)
        note(1)
        keep_mirror()
        assert ChangedContact.objects.count() == 1

    def test_gone_contacts_are_noted_for_a_while(self, piggy_of):
        piggy_of(moving(0))
        GoneContact.objects.create(uuid="a", at=timezone.now() - timedelta(days=1))
        store.forget(["b"])
        keep_mirror()
        assert GoneContact.objects.get().uuid == "b"

    def test_switched_off_nothing_is_kept(self, settings, piggy_of):
        store.refresh(moving(3), uuid_of(1))
        Pair.objects.create(first="a", second="b", probability=0.9)
        settings.DUPLICATES = False
        keep_mirror()
        keep_mirror()
        assert not MirroredContact.objects.exists()
        assert not Pair.objects.exists()


# --- Killed ----------------------------------------------------------------------------------

CONTACTS = 700


def contacts_of(sandbox) -> set[str]:
    """List what the sandbox has."""
    found: list[str] = []
    for page in range(1, 20):
        items = sandbox.api("GET", f"contacts?limit=100&page={page}")
        found += [each["uuid"] for each in items]
        if len(items) < 100:
            break
    return set(found)


def kill_and_go_on(here: Console, sandbox, query: Callable[[str], list[Any]]) -> None:
    """Kill the worker in the middle of a sweep, while contacts come and go; another goes on."""
    sandbox.reset(contacts=CONTACTS)
    sandbox.faults(latency_ms=250, delete_seconds=0, merge_seconds=0)
    here.environment |= {
        "PIGGY_API_URL": sandbox.url,
        "PIGGY_API_TOKEN": sandbox.token,
        "DUPLICATES_SWEEP_HOURS": "24",
    }
    begun_with = sandbox.api("GET", "contacts?limit=100&sort=created_at")
    first = [each["uuid"] for each in begun_with]
    worker = here.worker()
    read = "SELECT contacts FROM duplicates_sweep"
    wait_until(lambda: (rows := query(read)) and rows[0][0] >= 200)
    os.kill(worker.pid, signal.SIGKILL)
    assert query("SELECT finished_at FROM duplicates_sweep") == [(None,)]
    assert query("SELECT count(*) FROM duplicates_mirroredcontact") == query(read)
    # Those that left were read already, and moved all others up.
    for uuid in first[:10]:
        sandbox.api("POST", f"contacts/{uuid}/delete", json={"type": "DEFAULT"})
    merge = {"source_contact_uuid": first[20], "destination_contact_uuid": first[21]}
    sandbox.api("POST", "contacts/merge", json=merge)
    added = [
        sandbox.api("POST", "contacts", json={"email": f"new{number}@example.test"})["uuid"]
        for number in range(5)
    ]
    here.worker()
    wait_until(lambda: query("SELECT finished_at FROM duplicates_sweep") != [(None,)])
    there = contacts_of(sandbox)
    mirrored = {row[0] for row in query("SELECT uuid FROM duplicates_mirroredcontact")}
    assert there <= mirrored
    assert mirrored - there == {*first[:10], first[20]}
    assert set(added) <= mirrored
    assert query("SELECT added FROM duplicates_sweep") == [(len(mirrored),)]
    # The next one finds out who has left; this time from the command line.
    sandbox.faults()
    told = subprocess.run(
        [sys.executable, "manage.py", "duplicates_sweep"],
        cwd=ROOT,
        env=here.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert f"{len(there):,} contacts in " in told
    assert "0 new, 0 changed, 11 gone." in told
    mirrored = {row[0] for row in query("SELECT uuid FROM duplicates_mirroredcontact")}
    assert mirrored == there


def test_kill_9_on_sqlite(directory, sandbox):
    def query(sql: str) -> list[Any]:
        path = directory / "piggyadmin.sqlite3"
        with closing(sqlite3.connect(path, timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    with console(directory) as here:
        kill_and_go_on(here, sandbox, query)


def test_kill_9_on_postgres(tmp_path, postgres_url, sandbox):
    def query(sql: str) -> list[Any]:
        with psycopg.connect(postgres_url) as connection:
            return connection.execute(sql).fetchall()

    with console(tmp_path, DATABASE_URL=postgres_url) as here:
        kill_and_go_on(here, sandbox, query)
