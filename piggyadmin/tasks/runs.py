"""Runs: work that is started once, survives any worker, and is carried to its end.

    @resumable("follow-entry", label=_("Following a change"))
    def follow(run: Run) -> None:
        for number, row in enumerate(rows, 1):
            do_one_step_that_may_be_repeated(row)
            run.heartbeat(progress=number, of=len(rows))

    start("follow-entry", key=str(entry.pk), payload={"entry": entry.pk}, by=person)

The function may be called again at any time after a crash, so that its steps must be such that a
repeated one does nothing. It raises `RetryLater` to be called again after a while.
"""

import logging
import random
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.errors import Busy, Maintenance, PiggyError, Unauthorized, Unreachable
from piggyadmin.piggy.throttle import in_background
from piggyadmin.piggy.trace import current_trace_id, new_trace_id, use_trace_id
from piggyadmin.tasks import backend
from piggyadmin.tasks.models import (
    MAX_ERROR_LENGTH,
    UNFINISHED,
    CancelAsked,
    HandedBack,
    LeaseLost,
    Run,
    RunState,
    lease_end,
    never,
)
from piggyadmin.tasks.resumables import is_resumable, resumable_names, step_of

# A run that fails so often in a row, without any progress, is given up until a person retries it.
MAX_FAILURES = 8
MAX_BACKOFF_SECONDS = 600.0
# While Piggy cannot be worked with, so that things go on soon when it is back.
MAX_BACKOFF_FROM_PIGGY_SECONDS = 60.0
# Failures that say nothing against the run: it waits for as long as they last.
_NOT_ITS_FAULT = (Busy, Maintenance, Unauthorized, Unreachable)
# How many due runs a worker looks at before it concludes that others have taken them all.
_CANDIDATES = 10
# How often to look whether the unfinished run that was in the way has finished meanwhile.
_STARTS = 5

logger = logging.getLogger(__name__)


class RetryLater(Exception):  # noqa: N818  (not an error)
    """Put the run back, to be called again after some seconds; that is no failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


# --- Starting, cancelling, retrying ----------------------------------------------------------


def start(
    name: str,
    *,
    key: str,
    payload: dict[str, Any],
    by: User | None = None,
    at: datetime | None = None,
) -> Run:
    """Have something done in the background, once per `key` while it is unfinished.

    Where such a run is unfinished, that one is given back; if it waits and a person asks, it is
    made due now.
    """
    if not is_resumable(name):
        raise LookupError(f"Nothing is registered as {name!r}.")
    for _ in range(_STARTS):
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    name=name,
                    key=key,
                    payload=payload,
                    asked_by=by,
                    asked_by_name=by.name if by else "",
                    trace_id=current_trace_id() if by else new_trace_id(),
                    **({"due_at": at} if at else {}),
                )
        except IntegrityError:
            unfinished = Run.objects.filter(name=name, key=key, state__in=UNFINISHED)
            if by and at is None:
                _make_due(unfinished)
            if existing := unfinished.first():
                return existing
        else:
            if at is None:
                call_a_worker(run.pk)
            return run
    raise RuntimeError(f"Run {name} {key} could not be started.")


def call_a_worker(pk: int) -> None:
    """Tell some worker of a run, once it is committed; without, it is found a little later."""
    transaction.on_commit(partial(backend.hand_over, pk))


def _make_due(runs: models.QuerySet[Run]) -> int:
    return runs.filter(state=RunState.WAITING, due_at__gt=Now()).update(due_at=Now())


def cancel(run: Run) -> bool:
    """Cancel a run: at once if it waits, at its next beat if it is running."""
    unfinished = Run.objects.filter(pk=run.pk)
    if unfinished.filter(state=RunState.WAITING).update(
        state=RunState.CANCELLED, finished_at=Now()
    ):
        return True
    return bool(unfinished.filter(state=RunState.RUNNING).update(is_cancel_asked=True))


def retry(run: Run) -> bool:
    """Have a run tried again now, be it given up, cancelled or waiting after a failure."""
    rows = Run.objects.filter(pk=run.pk)
    again = {
        "state": RunState.WAITING,
        "is_cancel_asked": False,
        "failures": 0,
        "crashes": 0,
        "due_at": Now(),
        "finished_at": None,
    }
    try:
        with transaction.atomic():
            done = rows.filter(state__in=(RunState.FAILED, RunState.CANCELLED)).update(**again)
    except IntegrityError:
        return False  # another one of the same key is at it
    if done := done or _make_due(rows):
        call_a_worker(run.pk)
    return bool(done)


# --- Owning ----------------------------------------------------------------------------------


def due() -> models.QuerySet[Run]:
    """Select what waits and is due, and what belonged to a worker that no longer lives."""
    return Run.objects.filter(
        Q(state=RunState.WAITING, due_at__lte=Now())
        | Q(state=RunState.RUNNING, lease_until__lt=Now())
    ).filter(name__in=resumable_names())


def unfinished_and_failed() -> models.QuerySet[Run]:
    """Select what is not over, and what was given up until a person retries it."""
    return Run.objects.filter(state__in=(*UNFINISHED, RunState.FAILED))


def claim(owner: str, *, only: int | None = None) -> Run | None:
    """Become the owner of a run that is due, if there is one.

    `owner` must be another one each time, so that a worker can tell that it has lost a run even to
    itself.
    """
    candidates = due() if only is None else due().filter(pk=only)
    for pk in candidates.order_by("due_at").values_list("pk", flat=True)[:_CANDIDATES]:
        if _take(pk, owner):
            return Run.objects.get(pk=pk)
    return None


def _take(pk: int, owner: str) -> bool:
    """Claim one run by one conditional UPDATE, which at most one worker succeeds with."""
    was_left = When(state=RunState.RUNNING, then=F("crashes") + 1)
    changed = (
        due()
        .filter(pk=pk)
        .update(
            crashes=Case(
                was_left, default=F("crashes"), output_field=models.PositiveIntegerField()
            ),
            last_error=Case(
                When(state=RunState.RUNNING, then=Value("The worker that was at it has gone.")),
                default=F("last_error"),
                output_field=models.CharField(),
            ),
            state=RunState.RUNNING,
            owner=owner,
            lease_until=lease_end(),
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", Now()),
        )
    )
    return bool(changed)


def renew(owners: list[str]) -> None:
    """Stay the owner of runs that are being carried."""
    if owners:
        Run.objects.filter(owner__in=owners, state=RunState.RUNNING).update(lease_until=lease_end())


# --- Carrying --------------------------------------------------------------------------------


def carry_at_once(pk: int, *, should_stop: Callable[[], bool] = never) -> None:
    """Carry a run in this very thread, if it can be claimed: in workers that are none of ours.

    Where somebody waits for it, `should_stop` hands the rest over to workers after a moment.
    """
    if run := claim(f"wake/{timezone.now().timestamp()}", only=pk):
        carry(run, should_stop=should_stop)


def carry(run: Run, *, should_stop: Callable[[], bool] = never) -> None:
    """Carry a claimed run as far as it goes, and store what became of it."""
    run.should_stop = should_stop
    if run.crashes > MAX_FAILURES:
        logger.error("Run %s (%s) is given up: its workers have gone", run.pk, run.name)
        _finish(run, RunState.FAILED)
        return
    asked_by = use_actor(run.asked_by_id, run.asked_by_name, run.name)
    with use_trace_id(run.trace_id), in_background(), asked_by:
        try:
            _step(run)
        except HandedBack:
            _put_back(run, 0, crashes=0)
        except RetryLater as later:
            _put_back(run, later.seconds, failures=0, crashes=0, last_error="")
        except CancelAsked:
            _finish(run, RunState.CANCELLED)
        except LeaseLost:
            logger.warning("Run %s (%s) belongs to another worker by now", run.pk, run.name)
        except Exception as error:  # noqa: BLE001  (whatever it is, the run must survive it)
            _fail(run, error)
        else:
            # Whatever it told of its last steps: it has come to its end.
            _finish(run, RunState.DONE, last_error="", progress=Coalesce("of", "progress"))


def _step(run: Run) -> None:
    if run.is_cancel_asked:
        raise CancelAsked
    step_of(run.name)(run)


def _put_back(run: Run, seconds: float, **changes: Any) -> None:
    run.mine().update(
        state=RunState.WAITING,
        owner="",
        lease_until=None,
        due_at=Now() + timedelta(seconds=seconds),
        **changes,
    )


def _finish(run: Run, state: RunState, **changes: Any) -> None:
    run.mine().update(
        state=state, owner="", lease_until=None, finished_at=Now(), is_cancel_asked=False, **changes
    )
    logger.info("Run %s (%s) is %s", run.pk, run.name, state.value)


def _fail(run: Run, error: Exception) -> None:
    """Wait a while, longer each time; give up what fails again and again by its own fault."""
    logger.warning("Run %s (%s) failed", run.pk, run.name, exc_info=error)
    failures = run.failures + 1
    changes = {"failures": failures, "crashes": 0, "last_error": describe(error)}
    is_its_fault = not isinstance(error, _NOT_ITS_FAULT)
    if failures >= MAX_FAILURES and is_its_fault:
        _finish(run, RunState.FAILED, **changes)
        return
    longest = MAX_BACKOFF_SECONDS if is_its_fault else MAX_BACKOFF_FROM_PIGGY_SECONDS
    seconds = min(settings.TASKS_BACKOFF_SECONDS * 2.0 ** min(failures - 1, 20), longest)
    seconds *= 1 + random.random() / 4  # noqa: S311  (so that not all come back at once)
    told = error.retry_after if isinstance(error, PiggyError) else None
    _put_back(run, max(seconds, told or 0), **changes)


def describe(error: Exception) -> str:
    """Say what went wrong, without what a person typed or Piggy answered.

    The words of Piggy's own errors are ours; of others only the type and the place are told.
    """
    name = type(error).__name__
    if isinstance(error, PiggyError) and isinstance(error, _NOT_ITS_FAULT):
        text = f"{name}: {error.message}"
    else:
        text = name
        with suppress(IndexError):
            frame = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{name} ({Path(frame.filename).name}:{frame.lineno} {frame.name})"
    return text[:MAX_ERROR_LENGTH]
