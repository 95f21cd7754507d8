"""A sweep: reads all contacts into the mirror, and finds out which have left.

Each step is one transaction together with the note that it was done, and only as long as the run
belongs to this worker: killed at any point, the sweep goes on where it was, and counts nothing
twice. It keeps several windows: contacts lie anywhere in the indexes of the mirror, so that a
transaction of one window writes nearly as many pages as one of five. Contacts that were not in the
list are asked for by themselves before they leave.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from piggyadmin.contacts.services import find_contact
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.mirror.pagination import MOST, Place, Way, Window, read_window
from piggyadmin.duplicates.models import ContactReading, MirroredContact, Sweep
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.tasks.models import Run

# The list is read so often at most, where something may have been skipped.
MOST_READINGS = 3
# So many missing contacts are asked for one by one, or as many as reading all again takes calls.
ASKED_FOR_AT_LEAST = 100
# Of more, these are asked for after a second reading; if they are all gone, so are the others.
SAMPLE = 100
# Contacts that leave in one step.
BATCH = 500
# Windows that are kept in one step, or fewer where reading them takes longer than this.
WINDOWS = 5
LONGEST_READING = 5  # seconds

Stage = Sweep.Stage

logger = logging.getLogger(__name__)


def sweep(run: Run, piggy: PiggyClient) -> None:
    """Bring the mirror up to date, from wherever the run's sweep was left.

    Raises:
        Interrupted: the run has to stop here.
        PiggyError: as the services do.
    """
    this, _ = Sweep.objects.get_or_create(run_id=run.pk)
    while this.stage != Stage.DONE:
        _STEPS[Stage(this.stage)](run, piggy, this)


@contextmanager
def _step(run: Run, this: Sweep) -> Iterator[None]:
    """Keep what is done inside the block, and how far it is, both or neither."""
    with transaction.atomic():
        yield
        this.save(force_update=True)
        run.heartbeat(this.contacts, max(this.contacts, this.expected or 0))


# --- Reading ---------------------------------------------------------------------------------


class _Reading(NamedTuple):
    """A window, from which place it was read, and when it was asked for."""

    place: Place
    window: Window
    at: datetime


def _read(run: Run, piggy: PiggyClient, this: Sweep) -> None:
    """Read to the end, the next windows while those before are stored, and look once more."""
    readings = _windows_from(piggy, this, Place.model_validate(this.place))
    while following := readings[-1].window.following:
        readings, _ = gather(
            partial(_windows_from, piggy, this, following), partial(_keep, run, this, readings)
        )
    _keep(run, this, readings)


def _windows_from(piggy: PiggyClient, this: Sweep, place: Place) -> list[_Reading]:
    """Read as many windows as a step keeps; those before a failure are kept before it is met."""
    begun, readings = time.monotonic(), [_window_at(piggy, this, place)]
    while (following := readings[-1].window.following) and len(readings) < WINDOWS:
        if time.monotonic() - begun > LONGEST_READING:
            break
        try:
            readings.append(_window_at(piggy, this, following))
        except PiggyError:
            break
    return readings


def _keep(run: Run, this: Sweep, readings: Sequence[_Reading]) -> None:
    """Keep windows; after the last one, the beginning is looked at once more."""
    with _step(run, this):
        _take_in(this, readings)
        if readings[-1].window.following is None:
            this.stage, this.place = Stage.BEGINNING, _begin(readings[-1].place.way)


def _look_at_beginning(run: Run, piggy: PiggyClient, this: Sweep) -> None:
    """Read from the beginning as long as there is something new, then see whether all was read.

    Where the newest come first, that is where they came meanwhile.
    """
    reading = _window_at(piggy, this, Place.model_validate(this.place))
    with _step(run, this):
        if _take_in(this, [reading]) and reading.window.following:
            return
        this.readings += 1
        # A total that is never reached counts what is in no list: once more, but not each time.
        is_short = this.readings == 1 and _seen_by(this).count() < (this.expected or 0)
        if is_short or (this.has_gap and this.readings < MOST_READINGS):
            _read_again(this)
        else:
            this.stage = Stage.ASKING


def _window_at(piggy: PiggyClient, this: Sweep, place: Place) -> _Reading:
    asked_at = _now(this)
    return _Reading(place, read_window(piggy, place), asked_at)


def _now(this: Sweep) -> datetime:
    """Tell the time, which on another machine's clock may be before the sweep was started."""
    return max(timezone.now(), this.started_at)


def _take_in(this: Sweep, readings: Sequence[_Reading]) -> int:
    """Store windows, and tell how many of their contacts this sweep had not seen yet.

    They are as fresh as the first of them: all are stored at once, which asks the database less.
    """
    windows = [reading.window for reading in readings]
    contacts = chain.from_iterable(window.contacts for window in windows)
    stored = store.store(contacts, read_at=readings[0].at, since=this.started_at)
    this.contacts += stored.first_read
    this.added += stored.added
    this.changed += stored.changed
    this.has_gap |= any(window.is_after_gap for window in windows)
    totals = [window.total for window in windows if window.total is not None]
    this.expected = totals[-1] if totals else this.expected
    if following := windows[-1].following:
        this.place = following.model_dump(mode="json")
    return stored.first_read


def _read_again(this: Sweep) -> None:
    """Begin anew, by place: whoever has no time of creation is not in a list from some time on."""
    way = Place.model_validate(this.place).way
    this.place = _begin(Way.SORTED if way is Way.CREATED else way)
    this.stage, this.has_gap = Stage.READING, False


def _begin(way: Way) -> dict[str, Any]:
    return Place(way=way).model_dump(mode="json")


# --- What was not in the list ----------------------------------------------------------------


def _ask(run: Run, piggy: PiggyClient, this: Sweep) -> None:
    """Ask for contacts that were not in the list; where those are very many, read again first."""
    most = max(ASKED_FOR_AT_LEAST, this.contacts // MOST)
    missing = list(_missed_by(this).values_list("uuid", flat=True)[: most + 1])
    if not missing:
        _finish(run, this)
    elif len(missing) <= most:
        for uuid in missing:
            _ask_for(run, piggy, this, uuid)
    elif this.readings == 1:
        with _step(run, this):
            _read_again(this)
    else:
        _ask_for_some(run, piggy, this)


def _seen_by(this: Sweep) -> QuerySet[ContactReading]:
    return ContactReading.objects.filter(at__gte=this.started_at)


def _missed_by(this: Sweep) -> QuerySet[MirroredContact]:
    """Give the contacts that were not read since: all of them are passed through for it."""
    return MirroredContact.objects.filter(~Exists(_seen_by(this).filter(contact=OuterRef("pk"))))


def _ask_for(run: Run, piggy: PiggyClient, this: Sweep, uuid: str) -> bool:
    """Ask for one contact, and let it leave if it is gone; tells whether it was there."""
    read_at = _now(this)
    found = find_contact(piggy, contact_uuid=uuid)
    with _step(run, this):
        if found is None:
            this.gone += store.forget([uuid])
        else:
            stored = store.store([found], read_at=read_at, since=this.started_at)
            this.contacts += stored.first_read
            this.changed += stored.changed
    return found is not None


def _ask_for_some(run: Run, piggy: PiggyClient, this: Sweep) -> None:
    """Ask for a sample of what two readings did not see; if it is gone, all of that leaves.

    Otherwise the list cannot be relied on: all that is missing stays, as old as it is.
    """
    sample = list(_missed_by(this).order_by("?").values_list("uuid", flat=True)[:SAMPLE])
    if any(_ask_for(run, piggy, this, uuid) for uuid in sample):
        logger.warning("Sweep %s: contacts are missing in the list that are there", this.pk)
        _finish(run, this)
        return
    rows, last = _missed_by(this).order_by("pk").values_list("pk", "uuid"), 0
    while some := list(rows.filter(pk__gt=last)[:BATCH]):
        last = some[-1][0]
        with _step(run, this):
            this.gone += store.forget([uuid for _pk, uuid in some])


def _finish(run: Run, this: Sweep) -> None:
    with _step(run, this):
        this.contacts = MirroredContact.objects.count()
        this.stage, this.finished_at = Stage.DONE, timezone.now()


_STEPS: dict[Stage, Callable[[Run, PiggyClient, Sweep], None]] = {
    Stage.READING: _read,
    Stage.BEGINNING: _look_at_beginning,
    Stage.ASKING: _ask,
}
