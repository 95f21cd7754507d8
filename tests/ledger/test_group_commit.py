"""What several threads append at one moment is committed together, or each by itself."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.utils import timezone, translation

from piggyadmin.ledger import group_commit
from piggyadmin.ledger.appending import append_inside
from piggyadmin.ledger.group_commit import PendingAppend, append_grouped
from piggyadmin.ledger.hash_chain import locked_head
from piggyadmin.ledger.models import Entry, EntryState, Event, Head
from piggyadmin.ledger.sql import Statement
from piggyadmin.ledger.verification import verify
from tests.ledger.making import make_entry
from tests.tasks.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = Statement("SELECT 1")


@pytest.fixture
def commits(monkeypatch) -> Counter[str]:
    """Count transactions; the first one begins when all who will come are there."""
    counted = Counter[str]()

    @contextmanager
    def counting(*along: Statement, **more: Any):
        counted["begun"] += 1
        with locked_head(*along, **more) as head:
            yield head
        counted["committed"] += 1

    monkeypatch.setattr(group_commit, "locked_head", counting)
    return counted


def several(*calls: Any) -> list[Any]:
    """Have calls made at one moment: all wait while the first one, which is ours, leads."""
    queue, may_go_on = group_commit.CommitQueue(), threading.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_commit, "_queue", queue)

        def first() -> None:
            append_grouped(lambda _head: may_go_on.wait(10))

        def gone_on() -> None:
            wait_until(lambda: len(queue._waiting) == len(calls))
            may_go_on.set()

        def tried(call: Any) -> Any:
            wait_until(lambda: call is first or queue._is_led)
            try:
                return call()
            except (OperationalError, PermissionDenied) as error:
                return type(error)
            finally:
                connection.close()

        # Threads of their own: in those that are shared a call may wait for another one's end.
        with ThreadPoolExecutor(len(calls) + 2) as pool:
            begun = [pool.submit(each) for each in (partial(tried, first), gone_on)]
            begun += [pool.submit(tried, call) for call in calls]
            return [each.result() for each in begun][2:]


def settle(entry: Entry):
    """Append an outcome."""
    return lambda head: append_inside(head, entry, EntryState.DONE, {})


def test_all_that_come_meanwhile_are_committed_together(commits):
    entries = [make_entry(EntryState.DONE, number=number) for number in range(5)]
    heard = list[Any]()
    calls = [
        partial(append_grouped, settle(entry), along=ASKED, check=heard.append) for entry in entries
    ]
    before = commits["begun"]
    events = several(*calls)
    assert commits["begun"] - before == 2  # the one that kept them waiting, and theirs
    assert [event.entry for event in events] == entries
    assert [[tuple(row) for row in rows] for rows in heard] == [[(1,)]] * 5
    assert sorted(Event.objects.values_list("sequence", flat=True)) == list(
        range(1, Head.objects.get().sequence + 1)
    )
    assert list(verify()) == []


def test_what_fails_fails_alone(commits):
    entries = [make_entry(EntryState.DONE, number=number) for number in range(3)]

    def refuse(_rows: Any) -> None:
        raise PermissionDenied

    calls = [partial(append_grouped, settle(entry)) for entry in entries]
    calls.insert(1, partial(append_grouped, settle(entries[0]), along=ASKED, check=refuse))
    found = several(*calls)
    assert found[1] is PermissionDenied
    assert [event.entry for event in (found[0], *found[2:])] == entries
    assert Event.objects.filter(kind=EntryState.DONE).count() == 6
    assert list(verify()) == []


def test_nobody_does_again_what_may_be_committed(commits, monkeypatch):
    """The database goes while it commits."""
    entries = [make_entry(EntryState.DONE, number=number) for number in range(2)]

    @contextmanager
    def cut_off(*along: Statement, **more: Any):
        with locked_head(*along, **more) as head:
            yield head
        commits["committed"] += 1
        if commits["committed"] > before + 1:
            raise OperationalError("gone")

    before = commits["committed"]
    monkeypatch.setattr(group_commit, "locked_head", cut_off)
    calls = [partial(append_grouped, settle(entry)) for entry in entries]
    assert several(*calls) == [OperationalError] * 2
    assert Event.objects.filter(kind=EntryState.DONE).count() == 4
    assert commits["committed"] - before == 2


def test_each_has_it_done_in_their_own_language():
    spoken = list[tuple[Any, str]]()

    def speak(_head: Head) -> None:
        spoken.append((translation.get_language(), timezone.get_current_timezone_name()))

    def asked(language: str) -> None:
        with translation.override(language), timezone.override("Europe/Amsterdam"):
            append_grouped(speak)

    several(*(partial(asked, language) for language in ("nl", "de")))
    assert sorted(spoken) == [("de", "Europe/Amsterdam"), ("nl", "Europe/Amsterdam")]


def test_nothing_is_appended_inside_another_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        append_grouped(lambda head: head)


def test_a_turn_that_nobody_has_taken_is_done_at_once():
    pending = PendingAppend(lambda head: head.sequence, None, None)
    assert pending.outcome() == 0
