"""Group commit: what several threads append at the same moment is committed together.

Whoever appends holds the end of the chain until it is on the disk, and everybody else waits for
that. So the first of those who wait does it for all of them, in one transaction: each goes on when
that is committed, as if it had been alone. Where one of them fails, all is undone, and each does it
by itself.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

from django.db import connection

from piggyadmin.ledger.backlog import AWAY
from piggyadmin.ledger.hash_chain import locked_head
from piggyadmin.ledger.models import Head
from piggyadmin.ledger.sql import Rows, Statement
from piggyadmin.piggy.concurrency import as_here

T = TypeVar("T")
Question = tuple[Any, ...]

# So many are committed together: nobody waits long for what others want.
MOST_TOGETHER = 32


def append_grouped(
    work: Callable[[Head], T],
    *,
    along: Statement | None = None,
    check: Callable[[Rows], None] | None = None,
) -> T:
    """Have something appended, and give what it comes to once that is committed.

    `work` may be called again after all that it did was undone, and in another thread, so that it
    changes nothing but the database. What is asked `along` costs no way of its own; `check` hears
    the answer, and may refuse.

    Raises:
        RuntimeError: a transaction is open, so that it would not be committed.
    """
    pending = PendingAppend(work, along, check)
    if not connection.in_atomic_block:  # where only this thread can do it, or nobody may
        _queue.take(pending)
    return pending.outcome()


class PendingAppend(Generic[T]):
    """What a thread wants to have appended, in its language and its context."""

    def __init__(
        self,
        work: Callable[[Head], T],
        along: Statement | None,
        check: Callable[[Rows], None] | None,
    ) -> None:
        self.work, self.along, self.check = work, along, check
        self.leads = False
        # It leads, or somebody else has done with it.
        self.called = threading.Event()
        self.is_done = False
        self.error: Exception | None = None
        self._result: T | None = None
        self._do_as_here = as_here(self._do)

    def run(self, head: Head, answers: Mapping[Question, Rows]) -> None:
        """Do it for its thread, inside a transaction that somebody else may undo."""
        self._result = self._do_as_here(head, answers)

    def _do(self, head: Head, answers: Mapping[Question, Rows]) -> T:
        if self.check and self.along:
            self.check(answers[question_of(self.along)])
        return self.work(head)

    def outcome(self) -> T:
        """Give what it came to; where it has not been done, it is done here and now."""
        if self.error:
            raise self.error
        if not self.is_done:
            with _held([self]) as (head, answers):
                return self._do(head, answers)
        return cast("T", self._result)


class CommitQueue:
    """Those who wait in this process; the one who has waited longest leads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[PendingAppend[Any]] = deque()
        self._is_led = False

    def take(self, pending: PendingAppend[Any]) -> None:
        """Wait until somebody has done with it, or lead."""
        with self._lock:
            self._waiting.append(pending)
            if not self._is_led:
                self._call_next()
        pending.called.wait()
        if pending.leads:
            self._lead()

    def _call_next(self) -> None:
        """Have the first one lead; where there is none, it is whoever comes next."""
        self._is_led = bool(self._waiting)
        if self._is_led:
            self._waiting[0].leads = True
            self._waiting[0].called.set()

    def _lead(self) -> None:
        """Do what those want who wait, oneself the first of them; then another one leads."""
        with self._lock:
            number = min(len(self._waiting), MOST_TOGETHER)
            group = [self._waiting.popleft() for _ in range(number)]
        try:
            _carry(group)
        finally:
            with self._lock:
                self._call_next()
            for each in group:
                each.called.set()


_queue = CommitQueue()


def question_of(asked: Statement) -> Question:
    """Tell a statement from others, to ask it once for all who want to know the same."""
    return (asked.sql, *asked.values)


@contextmanager
def _held(group: Sequence[PendingAppend[Any]]) -> Iterator[tuple[Head, dict[Question, Rows]]]:
    """Hold the end of the chain for some, with the answers to what they ask along."""
    questions = {question_of(each.along): each.along for each in group if each.along}
    answers: dict[Question, Rows] = {}

    def listen(rows: list[Rows]) -> None:
        answers.update(zip(questions, rows, strict=True))

    with locked_head(*questions.values(), check=listen) as head:
        yield head, answers


def _carry(group: Sequence[PendingAppend[Any]]) -> None:
    """Do what several want in one transaction; what is undone is left to each of them."""
    is_complete = False
    try:
        with _held(group) as (head, answers):
            for each in group:
                each.run(head, answers)
            is_complete = True
    except Exception as error:  # noqa: BLE001  (whoever it concerns raises it)
        if len(group) == 1:
            group[0].error = error
        elif is_complete and isinstance(error, AWAY):
            # Nobody can tell whether it was committed, so nobody does it again.
            for each in group:
                each.error = type(error)(*error.args)
    else:
        for each in group:
            each.is_done = True
