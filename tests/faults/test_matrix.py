"""Every action and every fault over real sockets: the ledger says what really happened.

Each cell asks for a write through the ledger, while the sandbox, a proxy or a kill breaks it. Then
nobody is at work on it any more: it is recovered, and read back at once, when nothing can come late
any more and after a quarter of an hour, as workers do. What the ledger says is compared with what
the sandbox did: nothing doubled, nothing lost, nothing wrongly settled.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.actions.records import UpdateRecord
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.actions.secret_fields import SecretField
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions.create_credit_reception import REFERENCE_PLACE as TRANSACTION
from piggyadmin.giftcards.transactions import REFERENCE_PLACE as GIFTCARD_TRANSACTION
from piggyadmin.ledger import (
    conflicts,
    entries,
    following,
    outcomes,
    reconciliation,
    reconciliation_evidence,
    recovery,
    triggers,
)
from piggyadmin.ledger import writes as ledger
from piggyadmin.ledger.models import (
    HAPPENED,
    NOT_HAPPENED,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    Head,
    PersonLookUp,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import Preview, Refused
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.client import PiggyClient, account_of, piggy_client
from piggyadmin.piggy.models import OwnAttribute
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.api import PREFIX
from piggyadmin.vouchers.actions.create_vouchers_batch import REFERENCE_PLACE as VOUCHER
from piggyadmin.vouchers.models import VoucherLock
from tests.actions.samples import SAMPLES
from tests.conftest import forget_everything, person, signed_in
from tests.faults.killing import Nursery
from tests.faults.nursery import ANSWERED, INTENDED, SENT, WAITING
from tests.faults.proxy import CUT, LATE, LOST, PASS, SLAM, SLOW, Proxy, is_write
from tests.faults.table import PROPERTY, WITHOUT
from tests.faults.truths import DECOYS, WRITES
from tests.ledger.making import somebody
from tests.rotation import IS_WHOLE, turn
from tests.sandbox.server import SandboxServer, free_port

HASTE_SECONDS = 0.3
SILENCE_SECONDS = 6.0
PATIENCE_SECONDS = 120.0
# What Piggy does after its answer happens so much later, in seconds.
LATER_SECONDS = 0.1
LATER = dict.fromkeys(("merge_seconds", "batch_seconds", "delete_seconds"), LATER_SECONDS)
# When workers look again, in seconds after the first look.
LOOKS = (django_settings.PIGGY_LATE_SECONDS + 1, reconciliation_evidence.SETTLES_LATER_SECONDS + 1)
# When they look while a request is still on its way, in seconds after its connection was lost.
LOOKS_BEFORE = (1, 31, 35, 59)
TWO_MINUTES = 120.0

# Nobody can ask Piggy for these.
UNREADABLE = {
    "cancel-booking",
    "check-in-booking",
    "complete-booking",
    "create-and-process-order-return",
    "create-booking",
    "create-giftcard",
    "create-order-return",
    "process-order",
    "process-order-return",
    "run-automation",
    "send-contact-verification-email",
    "send-giftcard",
    "update-bookings",
}
# Its calls may be repeated by themselves.
REPEATED = {"find-or-create-products"}
# They look something up first.
LOOKS_FIRST = REPEATED | {
    "update-contact-identifiers",
    "update-contact",
    "update-contact-subscription",
    *(action.slug for action in actions() if isinstance(action, UpdateRecord)),
}
# They send something else before, so that a part of them is on its way when theirs is not yet.
SENDS_SEVERAL = {"redeem-voucher", "replace-voucher"}
# What they answer is all that they are about: an answer that was lost nobody has.
UNHEARD = {
    "create-loyalty-token",
    "create-portal-session",
    "get-contact-auth-token",
    "get-portal-address",
    "use-session-token",
    "verify-contact-code",
}
# What they make carries the console's own reference, and can be asked for.
REFERENCED = {
    "create-credit-reception": TRANSACTION,
    "create-giftcard-transaction": GIFTCARD_TRANSACTION,
    "create-vouchers-batch": VOUCHER,
}
# What follows is carried by a run, whose steps have a matrix of their own.
FOLLOWED_BY_RUNS = {"change-email-address"}
READS = sorted(action.slug for action in actions() if action.is_read)

DONE, REJECTED, FOUND_DONE, FOUND_NOT_DONE, NEVER_SENT, LEFT = "D", "R", "?D", "?N", "N", "??"
FOUND = {FOUND_DONE, FOUND_NOT_DONE}


@dataclass(frozen=True)
class Fault:
    """What goes wrong, whether the write is carried out all the same, and what comes of it."""

    ends_as: str
    happens: bool = False
    # What the sandbox is told; `times` bounds how often.
    sandbox: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    proxy: str = ""
    is_refused: bool = False
    in_haste: bool = False
    killed: str = ""
    # The request arrives at Piggy after the looks of the first minute.
    is_late: bool = False
    # So many seconds our clock is ahead of Piggy's.
    ahead: float = 0
    # Lists are given as if no filter had been asked for, and somebody else has the very same.
    is_unfiltered: bool = False


SILENT = {"seconds": SILENCE_SECONDS}
FAULTS: dict[str, Fault] = {
    "no fault": Fault(DONE, happens=True),
    "connection refused": Fault(REJECTED, is_refused=True),
    "reset before anything was read": Fault(FOUND_NOT_DONE, proxy=SLAM),
    "reset while sending": Fault(FOUND_NOT_DONE, proxy=CUT),
    "reset after sending, not done": Fault(FOUND_NOT_DONE, sandbox={"kind": "drop_before"}),
    "reset after sending, done meanwhile": Fault(FOUND_DONE, happens=True, proxy=LOST),
    "answer lost once, after doing it": Fault(
        FOUND_DONE, happens=True, sandbox={"kind": "drop_after", "times": 1}
    ),
    "answer lost always, after doing it": Fault(
        FOUND_DONE, happens=True, sandbox={"kind": "drop_after"}
    ),
    "timeout, done": Fault(
        FOUND_DONE, happens=True, in_haste=True, sandbox={"kind": "timeout_after", **SILENT}
    ),
    "timeout, not done": Fault(
        FOUND_NOT_DONE, in_haste=True, sandbox={"kind": "timeout_before", **SILENT}
    ),
    "429": Fault(REJECTED, sandbox={"kind": "throttled", "retry_after": 0}),
    "500, not done": Fault(FOUND_NOT_DONE, sandbox={"kind": "status", "status": 500}),
    "500 after doing it": Fault(
        FOUND_DONE, happens=True, sandbox={"kind": "status_after", "status": 500}
    ),
    "502 after doing it": Fault(
        FOUND_DONE, happens=True, sandbox={"kind": "status_after", "status": 502}
    ),
    "502, not done": Fault(FOUND_NOT_DONE, sandbox={"kind": "status", "status": 502}),
    "503": Fault(REJECTED, sandbox={"kind": "status", "status": 503}),
    "garbage, not done": Fault(FOUND_NOT_DONE, sandbox={"kind": "garbage"}),
    "garbage after doing it": Fault(FOUND_DONE, happens=True, sandbox={"kind": "garbage_after"}),
    "401": Fault(REJECTED, sandbox={"kind": "status", "status": 401}),
    "killed before it was on its way": Fault(NEVER_SENT, killed=INTENDED),
    "killed right before sending": Fault(FOUND_NOT_DONE, killed=SENT),
    "killed while waiting, done": Fault(
        FOUND_DONE, happens=True, killed=WAITING, sandbox={"kind": "timeout_after", **SILENT}
    ),
    "killed while waiting, done afterwards": Fault(
        FOUND_DONE, happens=True, killed=WAITING, settings={"latency_ms": 150}
    ),
    "killed while waiting, not done": Fault(
        FOUND_NOT_DONE, killed=WAITING, sandbox={"kind": "timeout_before", **SILENT}
    ),
    "killed after the answer": Fault(FOUND_DONE, happens=True, killed=ANSWERED),
    "answer after 45 s": Fault(FOUND_DONE, happens=True, in_haste=True, is_late=True, proxy=SLOW),
    "done 60 s after the cut": Fault(FOUND_DONE, happens=True, is_late=True, proxy=LATE),
    "503 as HTML after doing it": Fault(
        FOUND_DONE, happens=True, sandbox={"kind": "html_after", "status": 503}
    ),
    "our clock 2 min ahead, done": Fault(
        FOUND_DONE, happens=True, ahead=TWO_MINUTES, sandbox={"kind": "drop_after"}
    ),
    "our clock 2 min behind, done": Fault(
        FOUND_DONE, happens=True, ahead=-TWO_MINUTES, sandbox={"kind": "drop_after"}
    ),
    "filter ignored, done": Fault(
        FOUND_DONE, happens=True, is_unfiltered=True, sandbox={"kind": "drop_after"}
    ),
    "filter ignored, not done": Fault(
        FOUND_NOT_DONE, is_unfiltered=True, sandbox={"kind": "drop_before"}
    ),
}
# What each row meets every time: where a lost answer is most easily taken for another.
ALWAYS = {
    "no fault",
    "answer lost always, after doing it",
}
PARTS = 16


def faults_of(row: int, faults: dict[str, Fault], *, is_whole: bool = IS_WHOLE) -> dict[str, Fault]:
    """Give the faults that a row meets: all of them, or the part whose turn it is."""
    met = turn(row, faults, PARTS, always=ALWAYS, is_whole=is_whole)
    return {name: faults[name] for name in met}


# Lists that serve as proof.
UNFILTERED = {
    "kind": "filters_ignored",
    "path": "^(loyalty-transactions|prepaid-transactions|vouchers)$",
}


def expected(slug: str, fault: Fault) -> str:
    """Give what a cell has to come to."""
    if slug in REPEATED and fault.sandbox.get("times") == 1:
        return DONE
    if slug in LOOKS_FIRST and fault.proxy == SLAM:
        return REJECTED  # not even the look-up before it came through
    if slug in UNREADABLE and fault.ends_as in FOUND:
        return LEFT
    if slug in SENDS_SEVERAL and fault.killed == INTENDED:
        return FOUND_NOT_DONE
    if slug in UNHEARD and fault.ends_as == FOUND_DONE:
        return FOUND_NOT_DONE  # nobody received it
    return fault.ends_as


class Hasty(PiggyClient):
    """Waits for the answers to writes for a moment only."""

    def _send(self, request: requests.PreparedRequest, _timeout: tuple[float, float]) -> Any:
        hurries = is_write(f"{request.method} {request.url}".encode())
        return super()._send(request, (3.0, HASTE_SECONDS if hurries else PATIENCE_SECONDS))


def client_that_meets(
    fault: Fault, sandbox: SandboxServer, proxy: Proxy, **options: Any
) -> PiggyClient:
    """Give a client whose calls go where the fault is."""
    url = sandbox.url
    if fault.is_refused:
        url = f"http://127.0.0.1:{free_port()}"
    elif fault.proxy:
        url = proxy.url
    kind = Hasty if fault.in_haste else PiggyClient
    return kind(url, sandbox.token, **options)


def wait_until(what: Callable[[], Any]) -> None:
    """Wait for something to become true."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.02)


def empty_the_ledger() -> None:
    """Begin anew: other entries of the same thing are evidence too."""
    with transaction.atomic():
        triggers.take_down(connection)
        for model in (Snapshot, Subject, EntryStatus, Event, Entry, Head, SeenBooking, VoucherLock):
            model.objects.all().delete()
        triggers.put_up(connection)


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """Read back at a later time."""
    with pytest.MonkeyPatch.context() as patch:
        clock = SimpleNamespace(now=lambda: timezone.now() + timedelta(seconds=seconds))
        patch.setattr(reconciliation_evidence, "timezone", clock)
        yield


@contextmanager
def our_clock(ahead: float) -> Iterator[None]:
    """Have our clock be ahead of Piggy's."""
    now = timezone.now
    with pytest.MonkeyPatch.context() as patch:
        if ahead:
            patch.setattr(timezone, "now", lambda: now() + timedelta(seconds=ahead))
        yield


@dataclass
class World:
    """What stands between the ledger and the truth."""

    sandbox: SandboxServer
    proxy: Proxy
    nursery: Nursery


@dataclass
class Asked:
    """A write as a person asks for it, with what they saw before."""

    person: User
    data: dict[str, Any]
    preview: Preview | None
    submission_key: UUID = field(default_factory=uuid4)


class Cell:
    """One action and one fault."""

    def __init__(self, slug: str, fault: Fault, world: World) -> None:
        self.action, self.fault = get_action(slug), fault
        self.sandbox, self.proxy, self.nursery = world.sandbox, world.proxy, world.nursery
        self.method, self.path, self.truth = WRITES[slug]
        self.tokens, self.others = 0, 0
        self.sandbox.reset()
        self.proxy.mode = PASS
        self.proxy.hold()
        empty_the_ledger()
        self.piggy = piggy_client()
        self._have_attribute(slug)
        if fault.is_unfiltered and slug in DECOYS:
            DECOYS[slug](self.sandbox)
        self.others = self.writes()
        self.asked = self._ask()

    def _have_attribute(self, slug: str) -> None:
        """Have what keeps the reference made before: how that goes has tests of its own."""
        if place := REFERENCED.get(slug):
            place.make(self.piggy)
            for url in (self.sandbox.url, self.proxy.url):
                account = account_of(url, self.sandbox.token)
                OwnAttribute.objects.get_or_create(account=account, entity=place.entity)

    def calm(self) -> None:
        """End the fault."""
        self.proxy.mode = PASS
        self.sandbox.faults(**LATER)

    def break_it(self) -> None:
        """Begin the fault; it hits the write alone where the sandbox makes it."""
        where = {"method": self.method, "path": self.path}
        faults = [self.fault.sandbox | where] if self.fault.sandbox else []
        self.sandbox.faults(*faults, **LATER, **self.fault.settings)
        self.proxy.mode, self.proxy.path = self.fault.proxy or PASS, re.compile(self.path)

    def _ask(self) -> Asked:
        """Fill the form in, and see the preview."""
        form = self.action.form_class(dict(SAMPLES[self.action.slug]), piggy=self.piggy)
        assert form.is_valid(), form.errors
        data = form.action_data
        preview = self.action.preview(self.piggy, data) if self.action.has_preview else None
        return Asked(somebody(), data, preview)

    # --- what the sandbox knows

    def effects(self) -> int:
        """Count how often it happened; of a token, how often somebody received one."""
        return self.truth(self.sandbox) if self.truth else self.tokens

    def writes(self) -> int:
        """Count the writes that arrived, without those that others made before."""
        arrived = [
            call
            for call in self.sandbox.calls(self.method)
            if re.search(self.path, call["path"].removeprefix(PREFIX))
        ]
        return len(arrived) - self.others

    @property
    def will_happen(self) -> bool:
        """Whether the sandbox carries it out, sooner or later, in a way that can be seen."""
        return self.fault.happens and (self.truth is not None or self.fault.ends_as == DONE)

    def wait_for_truth(self) -> None:
        """Let the sandbox do what it is going to do."""
        if self.fault.happens:
            wait_until(self.writes)
        if self.will_happen:
            wait_until(self.effects)

    # --- what the ledger does

    def give(self, piggy: PiggyClient, **wish: Any) -> outcomes.Outcome:
        """Press the button."""
        asked = self.asked
        wish.setdefault("submission_key", asked.submission_key)
        request = ledger.WriteRequest(
            action=self.action,
            person=asked.person,
            data=asked.data,
            preview=asked.preview,
            **wish,
        )
        is_first = not Entry.objects.filter(submission_key=wish["submission_key"]).exists()
        outcome = ledger.carry_out(piggy, request)
        self.tokens += self.truth is None and is_first and outcome.result is not None
        return outcome

    def client(self) -> PiggyClient:
        """Give a client that meets the fault."""
        return client_that_meets(self.fault, self.sandbox, self.proxy)

    def send(self) -> None:
        """Have it carried out here, and broken."""
        self.give(self.client())
        if self.fault.is_late:
            return
        self.proxy.wait_until_quiet()
        if self.fault.in_haste:
            wait_until(self.writes)  # so that the fault does not end before it was met

    def send_and_kill(self) -> None:
        """Have it carried out in a process, and kill that where the fault wants it."""
        asked = self.asked
        pid = self.nursery.start(
            self.fault.killed,
            action=self.action.slug,
            path=self.path,
            person=asked.person.pk,
            data=asked.data,
            preview=asked.preview,
            submission_key=asked.submission_key,
        )
        if self.fault.sandbox:
            wait_until(self.writes)
        assert recovery.recover() == [], "It is still at work."
        self.nursery.kill(pid)
        assert len(recovery.recover()) == 1

    @property
    def entry(self) -> Entry:
        """Read the entry anew."""
        return Entry.objects.get(submission_key=self.asked.submission_key)

    def look(self) -> EntryState:
        """Do what a worker does."""
        recovery.recover()
        if self.fault.is_unfiltered:
            self.sandbox.faults(UNFILTERED, **LATER)
        if reconciliation.is_searched(self.entry):
            reconciliation.settle(self.piggy, self.entry)
        if self.fault.is_unfiltered:
            self.calm()
        return self.entry.state

    def _let_it_arrive(self) -> list[EntryState]:
        """Look while it is still on its way, then let it arrive."""
        states = []
        for seconds in LOOKS_BEFORE:
            with later(seconds):
                states.append(self.look())
        self.proxy.release()
        return states

    # --- what is checked

    def run(self) -> str:
        """Run the cell, and give its letters."""
        with our_clock(self.fault.ahead):
            return self._run()

    def _run(self) -> str:
        self.break_it()
        (self.send_and_kill if self.fault.killed else self.send)()
        self.calm()
        was_unknown = self.entry.state == EntryState.UNKNOWN
        states = [self.entry.state, self.look()]
        states += self._let_it_arrive() if self.fault.is_late else []
        self.wait_for_truth()
        for seconds in LOOKS:
            with later(seconds):
                states.append(self.look())
        letters = self._letters(states[-1], was_unknown=was_unknown)
        times = self.effects()
        self._compare(states, times)
        self._press_again(times)
        is_followed = self.action.is_watched and self.action.slug not in FOLLOWED_BY_RUNS
        if self.fault.happens and is_followed:
            self._follow()
        self._go_beyond(states[-1], times)
        assert list(verify()) == []
        return letters

    @staticmethod
    def _letters(state: EntryState, *, was_unknown: bool) -> str:
        letters = {
            EntryState.DONE: DONE,
            EntryState.REJECTED: REJECTED,
            EntryState.SETTLED_DONE: FOUND_DONE,
            EntryState.SETTLED_NOT_DONE: FOUND_NOT_DONE if was_unknown else NEVER_SENT,
            EntryState.UNKNOWN: LEFT,
        }
        return letters[state]

    def _compare(self, states: list[EntryState], times: int) -> None:
        """Insist that the ledger never said anything but the truth."""
        assert times <= 1, f"doubled: {times} times"
        assert times == self.will_happen, f"happened {times} times"
        for state in states:
            assert state not in {EntryState.INTENDED, EntryState.SENT}, f"lost: {state}"
            if state in HAPPENED:
                assert times == 1, f"{state}, but it did not happen"
            if state in NOT_HAPPENED:
                assert times == 0, f"{state}, but it happened"
        status = EntryStatus.objects.get(entry=self.entry)
        assert (status.state, status.owner) == (states[-1], "")

    def _press_again(self, times: int) -> None:
        """The same form once more shows the outcome, and sends nothing."""
        writes = self.writes()
        if self.action.slug not in REPEATED:
            assert writes <= 1, f"sent {writes} times"
        state = self.entry.state
        self.give(self.piggy)
        assert (self.writes(), self.effects(), self.entry.state) == (writes, times, state)

    def _follow(self) -> None:
        """What Piggy does after its answer is found to be done."""
        progress = self.action.watch(self.piggy, self.entry)
        assert (progress.finished, progress.as_expected) == (True, True), progress.words
        following.follow_up(self.entry, progress)

    def _go_beyond(self, state: EntryState, times: int) -> None:
        """What is certainly not done can be sent again at once; the rest is held back."""
        writes, wish = self.writes(), {}
        is_certain = state in NOT_HAPPENED and not entries.was_inferred(self.entry)
        if self.action.is_deduplicated and not is_certain:
            with pytest.raises((conflicts.DuplicateRequest, Refused)):
                self.give(self.piggy, submission_key=uuid4())
            assert (self.writes(), self.effects()) == (writes, times)
            if state not in NOT_HAPPENED:
                return
            wish["repeat_of"] = self.entry.submission_key
        outcome = self.give(self.piggy, submission_key=uuid4(), **wish)
        assert outcome.entry.state == EntryState.DONE
        if state in NOT_HAPPENED:
            wait_until(self.effects)
        if self.truth:
            assert self.effects() == 1


@pytest.fixture
def world(transactional_db, sandbox, proxy, nursery) -> World:
    """Give a sandbox and all that can break the way to it."""
    return World(sandbox, proxy, nursery)


def run_cell(slug: str, fault: Fault, world: World) -> str:
    """Run one cell for a write."""
    return Cell(slug, fault, world).run()


def tried(cell: Callable[[], str]) -> str:
    """Give a cell's letters, or what is wrong with it."""
    try:
        return cell()
    except Exception as error:  # noqa: BLE001  (the rest of the row is run all the same)
        return f"! {type(error).__name__}: {error}"


def note(record_property, action: str, found: dict[str, str]) -> None:
    """Hand a row over to the table at the end of the run; what it did not meet stays empty."""
    cells = dict.fromkeys(FAULTS, "")
    cells |= {name: "!" if letters.startswith("!") else letters for name, letters in found.items()}
    record_property(PROPERTY, {"action": action, "cells": cells})


def test_the_rows_are_all_there():
    writes = {action.slug for action in actions() if not action.is_read}
    # The merge of duplicates sends nothing itself: its run's steps have a matrix of their own.
    assert set(WRITES) == writes - {"merge-duplicates"}
    assert {"find-voucher-by-code", "list-tiers"} <= set(READS)


def test_every_fault_is_met_by_some_write():
    met = [faults_of(row, FAULTS, is_whole=False) for row in range(len(WRITES))]
    assert {name for faults in met for name in faults} == set(FAULTS)
    assert all(set(faults) >= ALWAYS for faults in met)


@pytest.mark.parametrize("slug", WRITES)
def test_writes(slug, world, record_property):
    faults = faults_of(list(WRITES).index(slug), FAULTS)
    found = {name: tried(partial(run_cell, slug, fault, world)) for name, fault in faults.items()}
    wanted = {name: expected(slug, fault) for name, fault in faults.items()}
    wrong = {name: found[name] for name in faults if found[name] != wanted[name]}
    note(record_property, slug, {n: "!" if n in wrong else found[n] for n in faults})
    assert wrong == {}


@pytest.mark.parametrize("slug", REFERENCED)
def test_writes_without_the_reference(slug, world, settings, record_property):
    """What was lost is compared as well as it can be; a process of its own has other settings."""
    settings.PIGGY_OWN_REFERENCE = False
    lost = {name: fault for name, fault in FAULTS.items() if fault.ends_as in FOUND}
    here = {name: fault for name, fault in lost.items() if not fault.killed}
    faults = faults_of(list(REFERENCED).index(slug), here)
    found = {name: tried(partial(run_cell, slug, fault, world)) for name, fault in faults.items()}
    wrong = {name: found[name] for name in faults if found[name] != expected(slug, faults[name])}
    note(record_property, slug + WITHOUT, {n: "!" if n in wrong else found[n] for n in found})
    assert wrong == {}


def read_told(slug, fault: Fault, world: World, settings) -> str:
    """Look something up while it breaks: it is told, and there is nothing else to it."""
    action, sandbox, proxy = get_action(slug), world.sandbox, world.proxy
    sandbox.reset()
    before = sandbox.known()
    sandbox.faults(*([fault.sandbox] if fault.sandbox else []))
    proxy.hold()
    proxy.mode, proxy.breaks_reads, proxy.path = fault.proxy or PASS, True, re.compile("")
    if fault.killed:
        data = cleaned(action) | {"contact_uuid": Contact(uuid=seed.MIRA_UUID)}
        pid = world.nursery.start(fault.killed, action=slug, person=somebody().pk, data=data)
        world.nursery.kill(pid)
    else:
        letters = look_up(action, fault, world, settings)
    sandbox.faults()
    proxy.mode, proxy.breaks_reads = PASS, False
    assert not recovery.recover()
    assert not Entry.objects.exists()
    assert [call for call in sandbox.calls() if changes(call)] == []
    assert sandbox.known() == before
    return "E" if fault.killed else letters


def cleaned(action) -> dict[str, Any]:
    """Give what was typed as an action gets it, but for what a form would ask Piggy about."""
    fields = action.form_class.base_fields
    secrets = (name for name in action.sample if isinstance(fields[name], SecretField))
    uncovered: dict[str, Any] = {name: fields[name].clean(action.sample[name]) for name in secrets}
    return {**action.sample, **uncovered}


def changes(call: dict[str, Any]) -> bool:
    """Tell whether a call may change something: one that asks is a POST."""
    return call["method"] != "GET" and not call["path"].endswith("/validate")


def look_up(action, fault: Fault, world: World, settings) -> str:
    """Look something up on its page, and tell whether the page told of an error."""
    settings.PIGGY_API_URL = world.sandbox.url
    if fault.is_refused:
        settings.PIGGY_API_URL = f"http://127.0.0.1:{free_port()}"
    elif fault.proxy:
        settings.PIGGY_API_URL = world.proxy.url
    settings.PIGGY_READ_TIMEOUT = HASTE_SECONDS if fault.in_haste else PATIENCE_SECONDS
    forget_everything()
    who = User.objects.filter(username=action.role.name.lower()).first() or person(action.role)
    looked_up = PersonLookUp.objects.count()
    response = signed_in(who).post(f"/actions/{action.slug}/", SAMPLES[action.slug], follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Traceback" not in page
    if 'role="alert"' in page:
        assert PersonLookUp.objects.count() == looked_up
        return "E"
    return DONE


@pytest.mark.parametrize("slug", READS)
def test_reads(slug, world, settings, record_property):
    faults = faults_of(READS.index(slug), FAULTS)
    found = {
        name: tried(partial(read_told, slug, fault, world, settings))
        for name, fault in faults.items()
    }
    # What fails once is repeated by itself.
    well = {"no fault", "answer lost once, after doing it"}
    wanted = {name: DONE if name in well else "E" for name in faults}
    wrong = {name: found[name] for name in found if found[name] != wanted[name]}
    note(record_property, slug, {n: "!" if n in wrong else found[n] for n in found})
    assert wrong == {}
