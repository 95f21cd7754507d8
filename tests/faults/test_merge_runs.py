"""Every step of a merge run and every fault over real sockets: what the run says really happened.

A run is begun, and one of its steps is broken: by the sandbox, a proxy, or a kill of the worker
that carries it. Then other workers go on, at once, when nothing can come late and after a quarter
of an hour; where the run has stopped, a person lets it go on. In the end the two contacts are one,
once, with the values that were chosen, and the ledger, the run and the sandbox say the same.
"""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from piggyadmin.actions.registry import get_action
from piggyadmin.duplicates.merging import runs as merging
from piggyadmin.duplicates.merging.balances import balances_of
from piggyadmin.duplicates.models import Decision, MergeRun, MergeStep, Pair
from piggyadmin.ledger import recovery, writes
from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, Entry, EntryStatus
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.sandbox import seed
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import UNFINISHED, Run
from tests.faults.proxy import PASS, SLAM
from tests.faults.test_matrix import (
    DONE,
    FAULTS,
    FOUND_DONE,
    FOUND_NOT_DONE,
    LATER_SECONDS,
    LOOKS,
    LOOKS_BEFORE,
    NEVER_SENT,
    REJECTED,
    Fault,
    World,
    client_that_meets,
    empty_the_ledger,
    faults_of,
    later,
    note,
    our_clock,
    tried,
    wait_until,
)
from tests.faults.truths import merged
from tests.ledger.making import somebody

BY_ITSELF, BY_A_PERSON = "D", "P"
SOURCE_WINS = {"source_wins": True}
# So long after its answer Piggy merges what has "never finished": a worker has looked by then.
TOO_LATE_SECONDS = 6.0
# What else can become of a step.
MORE_FAULTS = {
    "refused by Piggy": Fault(BY_A_PERSON, sandbox={"kind": "code", "code": 1003}),
    "never finished": Fault(
        BY_A_PERSON, happens=True, settings={"merge_seconds": TOO_LATE_SECONDS}
    ),
}
STEPS = {"merge": ("POST", "^contacts/merge$"), "values": ("PUT", "^contacts/[^/]+$")}
KEPT = {"phonenumber": "06-12345678", "firstname": "Mira"}


def expected(step: str, fault: Fault) -> str:
    """Give what a cell has to come to: done by workers alone, or after a person's word."""
    if fault is MORE_FAULTS["never finished"] and step == "values":
        return BY_ITSELF  # a value is written at once
    if fault.proxy == SLAM:
        return BY_ITSELF  # not even the look-ups before it came through
    ends = {FOUND_NOT_DONE: BY_A_PERSON, BY_A_PERSON: BY_A_PERSON}
    return ends.get(fault.ends_as, BY_ITSELF)


def test_every_end_is_expected():
    ends = {fault.ends_as for fault in FAULTS.values()}
    assert ends == {DONE, REJECTED, FOUND_DONE, FOUND_NOT_DONE, NEVER_SENT}


class RunCell:
    """One step of a run and one fault."""

    def __init__(self, step: str, fault: Fault, world: World) -> None:
        self.step, self.fault, self.world = step, fault, world
        self.sandbox, self.proxy = world.sandbox, world.proxy
        self.method, self.path = STEPS[step]
        self.sandbox.reset()
        self.proxy.hold()
        empty_the_ledger()
        for model in (MergeStep, MergeRun, Decision, Pair, Run):
            model.objects.all().delete()
        self.calm()
        self.merge = self._begin()

    def calm(self) -> None:
        """End the fault."""
        self.proxy.mode = PASS
        self.sandbox.faults(merge_seconds=LATER_SECONDS, **SOURCE_WINS)

    def break_it(self) -> None:
        """Begin the fault, which hits the step alone where the sandbox makes it."""
        where = {"method": self.method, "path": self.path}
        faults = [self.fault.sandbox | where] if self.fault.sandbox else []
        settings = {"merge_seconds": LATER_SECONDS, **SOURCE_WINS, **self.fault.settings}
        self.sandbox.faults(*faults, **settings)
        self.proxy.mode = self.fault.proxy or PASS

    def _begin(self) -> MergeRun:
        """Have two contacts merged, as their page does."""
        action, person, piggy = get_action("merge-duplicates"), somebody(), piggy_client()
        sent = {"contact_uuids": f"{seed.MIRA_UUID} {seed.DUPLICATE_UUID}"}
        form = action.form_class(sent | {"keep_phonenumber": seed.DUPLICATE_UUID}, piggy=piggy)
        assert form.is_valid(), form.errors
        request = writes.WriteRequest(
            action=action,
            person=person,
            data=form.action_data,
            submission_key=uuid4(),
            preview=action.preview(piggy, form.cleaned_data),
        )
        outcome = writes.carry_out(piggy, request)
        return merging.begin(outcome.entry)

    # --- what workers do

    def client(self) -> PiggyClient:
        """Give a client that meets the fault."""
        return client_that_meets(self.fault, self.sandbox, self.proxy, sleep=lambda _seconds: None)

    def due(self) -> Run:
        """Give the background run, due now whatever became of the worker that had it."""
        unfinished = Run.objects.filter(name=merging.CARRIER, state__in=UNFINISHED)
        unfinished.update(due_at=Now(), lease_until=None, owner="", state="waiting")
        return unfinished.get()

    def work(self) -> None:
        """Carry it once, as far as it goes."""
        run = runs.claim(uuid4().hex, only=self.due().pk)
        assert run
        runs.carry(run)
        self.merge.refresh_from_db()

    def work_on(self, times: int = 200) -> None:
        """Carry it until it has ended, so often at most."""
        for _ in range(times):
            if self.merge.status != MergeRun.Status.RUNNING:
                return
            self.work()

    def is_at_the_step(self) -> bool:
        """Whether all steps before the one to be broken are done."""
        before = self.merge.steps.exclude(source="") if self.step == "values" else []
        return all(step.is_done for step in before)

    def break_step(self) -> None:
        """Have the step carried, and broken."""
        while not self.is_at_the_step():
            step = self.merge.steps.get(source=seed.DUPLICATE_UUID)
            try:
                merging._carry_step(piggy_client(), self.merge, step)
            except runs.RetryLater:
                continue
        self.break_it()
        if self.fault.killed:
            self._kill_the_worker()
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(merging, "piggy_client", self.client)
            self.work()
        if self.fault.is_late:
            return
        self.proxy.wait_until_quiet()
        if self.fault.in_haste:
            wait_until(self.arrived)

    def _kill_the_worker(self) -> None:
        pid = self.world.nursery.start(self.fault.killed, work=self.due().pk)
        if self.fault.sandbox:
            wait_until(self.arrived)
        self.world.nursery.kill(pid)
        assert len(recovery.recover()) == 1

    def arrived(self) -> int:
        """Count the writes of this kind that arrived at the sandbox."""
        paths = [call["path"] for call in self.sandbox.calls(self.method)]
        if self.method == "PUT":  # beside the values, what the survivor is mailed is written
            return sum("contact-subscriptions" not in path for path in paths)
        return sum("/merge" in path for path in paths)

    # --- what is checked

    def run(self) -> str:
        """Run the cell, and give its letters."""
        with our_clock(self.fault.ahead):
            return self._run()

    def _run(self) -> str:
        self.break_step()
        self.calm()
        if self.fault.is_late:
            self._let_it_arrive()
        if self.fault.happens:
            wait_until(self.arrived)
        at_first = self.arrived()
        letters = self._go_on()
        self._check_the_world()
        self._check_the_ledger()
        again = 0 if self.fault.happens else 1
        assert self.arrived() == at_first + again, f"{at_first} then {self.arrived()} writes"
        return letters

    def _let_it_arrive(self) -> None:
        """Let workers go on while the step is still on its way, then let it arrive."""
        for seconds in LOOKS_BEFORE:
            with later(seconds):
                self.work_on(2)
        self.proxy.release()

    def _go_on(self) -> str:
        """Let workers go on, and where it has stopped a person."""
        if self.fault is MORE_FAULTS["never finished"]:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(merging, "FINISHES_WITHIN_SECONDS", -1)
                self.work_on()
        for seconds in (0, *LOOKS):
            with later(seconds):
                # What waits for time to pass is not looked at so often; what is under way is.
                self.work_on(2 if expected(self.step, self.fault) == BY_A_PERSON else 200)
        if self.merge.status != MergeRun.Status.STOPPED:
            return BY_ITSELF
        assert EntryStatus.objects.get(entry=merging.entry_of_run(self.merge)).is_flagged
        if self.fault.happens:
            wait_until(lambda: merged(self.sandbox))
        merging.resume(self.merge, person=somebody("joost"), comment="Go on.")
        with later(LOOKS[-1]):
            self.work_on()
        return BY_A_PERSON

    def _check_the_world(self) -> None:
        """Two have become one, once, with all they had and the values that were chosen."""
        assert self.merge.status == MergeRun.Status.DONE, self.merge.surprise
        assert merged(self.sandbox) == 1
        values = self.sandbox.api("GET", f"contacts/{seed.MIRA_UUID}")["current_values"]
        assert {name: values[name] for name in KEPT} == KEPT
        books = balances_of(self.merge)
        assert books.agrees, books
        assert books.after.credits == values["loyalty_balance"]

    def _check_the_ledger(self) -> None:
        """Each write stands there once as done, and every other attempt as not done."""
        for slug in ("merge-contacts", "update-contact", "merge-duplicates"):
            states = [entry.state for entry in Entry.objects.filter(action=slug)]
            assert sum(state in HAPPENED for state in states) == 1, f"{slug}: {states}"
            assert all(state in HAPPENED | NOT_HAPPENED for state in states), f"{slug}: {states}"
        assert not EntryStatus.objects.filter(is_followed=True).exists()
        assert not EntryStatus.objects.filter(is_flagged=True).exists()
        assert list(verify()) == []


@pytest.fixture
def world(transactional_db, sandbox, proxy, nursery) -> World:
    return World(sandbox, proxy, nursery)


def run_cell(step: str, fault: Fault, world: World) -> str:
    return RunCell(step, fault, world).run()


@pytest.mark.parametrize("step", STEPS)
def test_merge_runs(step, world, record_property):
    part = faults_of(list(STEPS).index(step), FAULTS)
    faults: dict[str, Any] = part | MORE_FAULTS
    found = {name: tried(partial(run_cell, step, each, world)) for name, each in faults.items()}
    wrong = {name: found[name] for name in faults if found[name] != expected(step, faults[name])}
    cells = {name: "!" if name in wrong else letters for name, letters in found.items()}
    note(record_property, f"merge run: {step}", cells)
    assert wrong == {}
