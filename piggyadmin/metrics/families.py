"""Everything that is told at /metrics: what was counted, and how much there is of what is stored.

Each family is one metric with all of its labels. Labels are words of ours: states, endpoints, kinds
of work. None names a person, a code or a record.
"""

import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from piggyadmin.duplicates.mirror.store import last_sweep
from piggyadmin.duplicates.models import ChangedContact
from piggyadmin.ledger.hash_chain import HEAD
from piggyadmin.ledger.head_seals import newest_seal
from piggyadmin.ledger.models import (
    OPEN,
    Approval,
    ApprovalStatus,
    EntryState,
    EntryStatus,
    Event,
    Head,
)
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.metrics.calls import BOUNDS, CALLS, LAST_BOUND, SUM, TURNS
from piggyadmin.metrics.models import MetricTotal
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.expiry import token_expires_on
from piggyadmin.status.backups import newest_backup
from piggyadmin.tasks.models import RunState, Schedule
from piggyadmin.tasks.runs import due, unfinished_and_failed
from piggyadmin.tasks.workers import alive_workers

PREFIX = "piggyadmin_"
SIGN_INS = (
    PersonEventKind.SIGNED_IN,
    PersonEventKind.SIGN_IN_FAILED,
    PersonEventKind.LOCKED_OUT,
)


def families() -> Iterator[Metric]:
    """Give all of them, as they are now.

    Raises:
        DatabaseError: it does not answer.
    """
    for part in PARTS:
        yield from part()


class Families:
    """All of them, in the shape in which prometheus_client asks for them."""

    def collect(self) -> Iterable[Metric]:
        """Give all of them."""
        return list(families())


# --- What was counted ------------------------------------------------------------------------


def _counted() -> Iterator[Metric]:
    yield _histogram(
        CALLS, "Attempts of calls to Piggy, by how long they took.", "method", "path", "status"
    )
    yield _histogram(TURNS, "Waiting until the throttle lets a call go.", "outcome")


def _histogram(metric: str, words: str, *labels: str) -> HistogramMetricFamily:
    """Add up what was counted by the least bound, as Prometheus wants to have it."""
    counted: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for values, number in _totals(metric):
        counted[tuple(values[:-1])][values[-1]] = number
    sums = {tuple(values): number for values, number in _totals(metric + SUM)}
    family = HistogramMetricFamily(PREFIX + metric, words, labels=labels)
    for of, numbers in sorted(counted.items()):
        family.add_metric(of, list(_cumulative(numbers)), sums.get(of, 0.0))
    return family


def _totals(metric: str) -> Iterator[tuple[list[str], float]]:
    rows = MetricTotal.objects.filter(metric=metric).values_list("labels", "number")
    return ((json.loads(labels), number) for labels, number in rows)


def _cumulative(numbers: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    so_far = 0.0
    for bound in (*map(str, BOUNDS), LAST_BOUND):
        so_far += numbers.get(bound, 0.0)
        yield bound, so_far


# --- Work in the background ------------------------------------------------------------------


def _queue() -> Iterator[Metric]:
    waiting = due()
    numbers = _by(waiting, "name")
    yield _gauges("queue_depth", "Runs that are due and nobody is at, by kind.", "work", numbers)
    oldest = waiting.aggregate(at=Min("due_at"))["at"]
    yield _gauge("queue_age_seconds", "For how long the oldest of them has been due.", _age(oldest))
    states = dict.fromkeys((RunState.WAITING, RunState.RUNNING, RunState.FAILED), 0)
    numbers = states | _by(unfinished_and_failed(), "state")
    yield _gauges("runs", "Runs that are not over or were given up, by state.", "state", numbers)
    yield _gauge("workers", "Workers that live.", alive_workers().count())
    failing = Schedule.objects.exclude(last_error="").count()
    yield _gauge("periodic_work_failing", "Periodic work that failed the last time.", failing)


# --- The ledger ------------------------------------------------------------------------------


def _ledger() -> Iterator[Metric]:
    numbers = dict.fromkeys(EntryState.values, 0) | _by(EntryStatus.objects.all(), "state")
    yield _gauges("ledger_entries", "Entries of the ledger, by state.", "state", numbers)
    oldest = EntryStatus.objects.filter(state__in=OPEN).aggregate(at=Min("asked_at"))["at"]
    words = "For how long the oldest entry has been without a known outcome."
    yield _gauge("ledger_unsettled_age_seconds", words, _age(oldest))
    flagged = EntryStatus.objects.filter(is_flagged=True).count()
    yield _gauge("ledger_flagged", "Entries that ended with a surprise nobody looked at.", flagged)
    waiting = Approval.objects.filter(status=ApprovalStatus.WAITING).count()
    yield _gauge("approvals_waiting", "What waits for a second person.", waiting)
    head = Head.objects.filter(pk=HEAD).first()
    length = head.sequence if head else 0
    yield CounterMetricFamily(f"{PREFIX}ledger_events", "Events of the chain.", value=length)
    seal = newest_seal()
    words = "Since the chain's end was sealed; absent before the first time."
    yield _gauge("ledger_seal_age_seconds", words, _age(seal.at) if seal else None)


def _sign_ins() -> Iterator[Metric]:
    """Read it from the chain, which never forgets any."""
    events = Event.objects.filter(entry=None, kind__in=SIGN_INS)
    numbers = dict.fromkeys(map(str, SIGN_INS), 0) | _by(events, "kind")
    words = "Sign-ins: those that were right, that failed, and lock-outs."
    family = CounterMetricFamily(f"{PREFIX}sign_ins", words, labels=["outcome"])
    for kind, number in numbers.items():
        family.add_metric([kind], number)
    yield family


# --- Piggy, and what is kept of it -----------------------------------------------------------


def _mirror() -> Iterator[Metric]:
    if not settings.DUPLICATES:
        return
    last = last_sweep()
    words = "Since when all contacts have been read; absent before the first time."
    yield _gauge("mirror_age_seconds", words, _age(last.started_at) if last else None)
    changed = ChangedContact.objects.count()
    yield _gauge("mirror_changed", "Contacts that were changed and are still to be read.", changed)


def _piggy() -> Iterator[Metric]:
    piggy = piggy_client()
    state = piggy.line.state() if piggy.line else None
    obstacles = {
        "maintenance": bool(state and state.maintenance_since),
        "unreachable": bool(state and state.open_since),
        "token": bool(state and state.is_refused),
    }
    words = "1 where that keeps calls from being sent to Piggy."
    yield _gauges("piggy_obstacle", words, "kind", obstacles)
    last_day = token_expires_on(piggy.account)
    left = (last_day - timezone.localdate()).days if last_day else None
    yield _gauge("token_days_left", "Until the token's last day; absent where unknown.", left)


def _machine() -> Iterator[Metric]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield _gauge("disk_free_bytes", "Room where the console's data is.", free)
    newest = newest_backup(settings.BACKUP_DIR)
    age = max(0.0, timezone.now().timestamp() - newest.stat().st_mtime) if newest else None
    yield _gauge("backup_age_seconds", "Since the newest backup; absent without any.", age)


PARTS: tuple[Callable[[], Iterator[Metric]], ...] = (
    _counted,
    _queue,
    _ledger,
    _sign_ins,
    _mirror,
    _piggy,
    _machine,
)


# --- Shapes ----------------------------------------------------------------------------------


def _gauge(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, words, value=value)


def _gauges(name: str, words: str, label: str, numbers: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, words, labels=[label])
    for value, number in numbers.items():
        family.add_metric([value], number)
    return family


def _by(rows: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))


def _age(moment: datetime | None) -> float:
    """Give seconds; nothing is not old."""
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
