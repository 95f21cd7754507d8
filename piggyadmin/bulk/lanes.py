"""Rows of a run done side by side: each asked for once, and what the ledger says of it kept."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun, BulkRunStatus
from piggyadmin.bulk.stored_values import read_value
from piggyadmin.bulk_insert import update_rows
from piggyadmin.ledger import approvals, conflicts, entries, outcomes, reads, writes
from piggyadmin.ledger.models import HAPPENED, Entry, EntryState
from piggyadmin.ledger.operations import Data, Refused
from piggyadmin.ledger.recovery import UNDER_WAY
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import PASSING, PiggyError

if TYPE_CHECKING:
    from piggyadmin.actions.base import Action

# So many rows are under way at once.
LANES = 24
# So long, in seconds, one part of a run lasts before it is told how far it is.
PART_SECONDS = 3.0
MOST_IN_PART = 400
# Whether a run is still wanted is looked up after so many seconds.
LOOK_UP_SECONDS = 1.0
# What passes is tried so often; a row that dies each time is left to a person.
MOST_ATTEMPTS = 20
# Somebody asks for the same at this very moment, again and again.
MOST_TURNS = 2 * LANES
State = BulkRowState


class Stopped(Exception):  # noqa: N818  (named as a person would)
    """A run goes no further in this person's name."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class HeldUp(Exception):  # noqa: N818  (named as a person would)
    """Piggy cannot take anything on now; nothing was changed by what was tried."""

    def __init__(self, error: PiggyError) -> None:
        super().__init__()
        self.error = error


@dataclass
class Outcomes:
    """What was in the way of a part of a run, if anything."""

    stopped: Stopped | None = None
    held_up: HeldUp | None = None

    @property
    def is_free(self) -> bool:
        """Whether the next row can be begun."""
        return self.stopped is None and self.held_up is None


class Lanes:
    """Does rows of one run, a part at a time."""

    def __init__(
        self, run: BulkRun, person: User, piggy: PiggyClient, should_stop: Callable[[], bool]
    ) -> None:
        self.run, self.person, self.piggy = run, person, piggy
        self.action: Action[Any, Any] = get_action(run.action)
        self._is_approved = approvals.is_approved(run.key)
        # Rows at which another process is, or was when it died.
        self.left_to_others: set[int] = set()
        self._should_stop = should_stop
        self._size = LANES * 2
        self._looked_at = float("-inf")
        self._is_wanted = True
        self._looking = threading.Lock()

    def next_rows(self) -> list[BulkRow]:
        """Give the next rows to be done."""
        ready = self.run.rows.filter(state=State.READY).exclude(pk__in=self.left_to_others)
        return list(ready.order_by("position")[: self._size])

    def carry(self, rows: list[BulkRow]) -> Outcomes:
        """Do rows, and store what became of each."""
        begun = time.monotonic()
        queue, done, found = deque(rows), deque[BulkRow](), Outcomes()
        asked = self._asked_before(rows)
        lane = partial(self._work_off, queue, done, found, asked)
        try:
            gather(*[lane] * min(LANES, len(rows)))
        finally:
            self._store(list(done))
        self._fit_size(len(done), time.monotonic() - begun)
        return found

    def _fit_size(self, number: int, seconds: float) -> None:
        """Have the next part last neither too long nor too short."""
        fitting = int(number * PART_SECONDS / max(seconds, 0.01))
        self._size = min(max(fitting, LANES), MOST_IN_PART)

    def _asked_before(self, rows: Iterable[BulkRow]) -> dict[Any, Entry]:
        """Find the entries of rows that somebody has asked for before, and died over."""
        if self.action.is_read:
            return {}
        keys = [row.submission_key(self.run) for row in rows]
        found = Entry.objects.filter(submission_key__in=keys)
        return {entry.submission_key: entry for entry in found}

    @staticmethod
    def _store(rows: list[BulkRow]) -> None:
        names = ("state", "words", "attempts", "answer", "data", "preview", "ended_at")
        update_rows(rows, names)

    def _work_off(
        self,
        queue: deque[BulkRow],
        done: deque[BulkRow],
        found: Outcomes,
        asked: dict[Any, Entry],
    ) -> None:
        """Do one row after the other, until there is none or something is in the way."""
        while found.is_free and self._goes_on():
            try:
                row = queue.popleft()
            except IndexError:
                return
            try:
                self._carry_row(row, asked.get(row.submission_key(self.run)))
            except HeldUp as held:
                found.held_up = held
            except PermissionDenied as denied:
                found.stopped = Stopped(str(denied))
                continue
            done.append(row)

    def _goes_on(self) -> bool:
        """Tell whether the run is still wanted; looked up every now and then."""
        with self._looking:
            if time.monotonic() - self._looked_at > LOOK_UP_SECONDS:
                going = BulkRun.objects.filter(pk=self.run.pk, status=BulkRunStatus.RUNNING)
                self._is_wanted = not self._should_stop() and going.exists()
                self._looked_at = time.monotonic()
        return self._is_wanted

    # --- one row

    def _carry_row(self, row: BulkRow, entry: Entry | None) -> None:
        """Do a row, unless it was asked for before; and say what became of it.

        Raises:
            HeldUp: Piggy could not take it on; it is left for later.
            PermissionDenied: the person may not do it any more.
        """
        if entry is not None:
            self.judge(row, entry)
        elif self.action.is_read:
            self._look_up(row)
        else:
            self._write(row)

    def _write(self, row: BulkRow) -> None:
        try:
            outcome = self._in_turn(row)
        except conflicts.DuplicateRequest as held:
            self._end(row, State.DONE_BEFORE, conflicts.why_not_begun(held))
        except Refused as refused:
            self._end(row, State.REJECTED, refused.words)
        except approvals.SecondPersonNeeded as needed:
            self._end(row, State.REJECTED, str(needed.words))
        else:
            self._judge_outcome(row, outcome)

    def _in_turn(self, row: BulkRow) -> outcomes.Outcome:
        """Ask for a row; where repeats are wanted, beyond what is like it."""
        request = self._request(row, read_value(row.data))
        for _turn in range(MOST_TURNS):
            try:
                return writes.carry_out(self.piggy, request)
            except conflicts.DuplicateRequest as held:
                if not (self.run.includes_repeats or self._is_own(row, held.alike)):
                    raise
                request = self._request(row, request.data, held.alike)
        return writes.carry_out(self.piggy, request)

    def _is_own(self, row: BulkRow, alike: Entry) -> bool:
        """Tell whether what is like a row is its own last attempt, which was not done."""
        return entries.key_of_again(alike) == row.submission_key(self.run)

    def _request(self, row: BulkRow, data: Data, alike: Entry | None = None) -> writes.WriteRequest:
        return writes.WriteRequest(
            action=self.action,
            person=self.person,
            data=data,
            submission_key=row.submission_key(self.run),
            preview=read_value(row.preview),
            reason=self.run.reason,
            comment=self.run.comment,
            repeat_of=alike.submission_key if alike else None,
            part_of=self.run.key,
            is_judged_by_itself=not self._is_approved,
        )

    def _look_up(self, row: BulkRow) -> None:
        data = read_value(row.data)
        reads.log_concerned(self.person, self.action, data)
        try:
            result = reads.read(self.piggy, self.action, person=self.person, data=data)
        except PASSING as error:
            raise HeldUp(error) from None
        except PiggyError as error:
            self._end(row, State.REJECTED, str(error.message))
        else:
            reads.count_read(self.action)
            self._succeed(row, result)

    # --- what became of it

    def judge(self, row: BulkRow, entry: Entry) -> None:
        """Say of a row what the ledger says of its entry.

        Raises:
            HeldUp: Piggy could not take it on; it is left for later.
        """
        self._judge_outcome(row, outcomes.recall(self.action, entry))

    def _judge_outcome(self, row: BulkRow, outcome: outcomes.Outcome) -> None:
        entry = outcome.entry
        if outcome.result is not None and outcome.error is None:
            self._succeed(row, outcome.result)
            return
        state = entry.state
        if state in UNDER_WAY:
            self.left_to_others.add(row.pk)
        elif state in HAPPENED:
            self._end(row, State.DONE)
        elif state == EntryState.UNKNOWN:
            row.state, row.words = State.UNKNOWN, gettext("It is not known whether Piggy did it.")
        else:
            self._judge_failure(row, entry, outcome.error)

    def _succeed(self, row: BulkRow, result: Any) -> None:
        row.answer = self.action.answer_columns(result)
        self._end(row, State.DONE)

    def _judge_failure(self, row: BulkRow, entry: Entry, error: PiggyError | None) -> None:
        """Leave for later what Piggy could not take on, and what never left; end all else."""
        detail = entry.last_event.detail if entry.last_event else {}
        passes = isinstance(error, PASSING) or detail.get("by") == "never sent"
        if passes and row.attempts < MOST_ATTEMPTS:
            row.state, row.attempts = State.READY, row.attempts + 1
            if isinstance(error, PASSING):
                raise HeldUp(error)
            return
        words = str(error.message) if error else str(detail.get("words") or "")
        was_refused = entry.state == EntryState.REJECTED
        self._end(row, State.REJECTED if was_refused else State.NOT_DONE, words)

    @staticmethod
    def _end(row: BulkRow, state: BulkRowState, words: str = "") -> None:
        row.state, row.words, row.ended_at = state, words, timezone.now()
        if state == State.DONE:
            row.data = row.preview = None  # it stands in the ledger now
