"""Periodic work: whichever worker comes first does it, and it is never done twice at a time.

    @every(15, "recover-entries")
    def recover() -> None: ...

The function is called again after a crash or a failure, at the latest when its time has come again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.throttle import in_background
from piggyadmin.piggy.trace import use_trace_id
from piggyadmin.tasks.models import Schedule, lease_end
from piggyadmin.tasks.runs import describe

logger = logging.getLogger(__name__)

type_of_work = Callable[[], None]


@dataclass(frozen=True)
class Periodic:
    """A function that is called about every `seconds`."""

    name: str
    seconds: float
    work: type_of_work


_periodic: dict[str, Periodic] = {}


def every(seconds: float, name: str) -> Callable[[type_of_work], type_of_work]:
    """Register a function that some worker calls about every `seconds`."""

    def register(work: type_of_work) -> type_of_work:
        _periodic[name] = Periodic(name, seconds, work)
        return work

    return register


def make_rows() -> None:
    """Make a row for everything that is registered."""
    Schedule.objects.bulk_create([Schedule(name=name) for name in _periodic], ignore_conflicts=True)


def claim(owner: str) -> Periodic | None:
    """Become the one that does some periodic work that is due, if there is any."""
    due = Schedule.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=Now()), next_at__lte=Now(), name__in=_periodic
    )
    for name in due.order_by("next_at").values_list("name", flat=True):
        periodic = _periodic[name]
        if due.filter(name=name).update(
            owner=owner,
            lease_until=lease_end(),
            next_at=Now() + timedelta(seconds=periodic.seconds),
        ):
            return periodic
    return None


def renew(owners: list[str]) -> None:
    """Stay the one that does it."""
    if owners:
        Schedule.objects.filter(owner__in=owners).update(lease_until=lease_end())


def run_periodic(periodic: Periodic, owner: str) -> None:
    """Do what was claimed, and let go of it."""
    error = ""
    with use_trace_id(), in_background(), use_actor(None, "", periodic.name):
        try:
            periodic.work()
        except Exception as failure:
            logger.exception("Periodic work %s failed", periodic.name)
            error = describe(failure)
        Schedule.objects.filter(name=periodic.name, owner=owner).update(
            owner="", lease_until=None, last_done_at=Now(), last_error=error
        )
