"""The mirror of all contacts: only what matching needs, as fresh as `freshness` says.

Sweeps fill it (`sweep.py`); in between, what this console has changed at Piggy is read again. An
answer that comes later than something newer, or than the contact left, is not taken in: several
processes may write at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Min, OuterRef, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.bulk_insert import batches, insert, insert_selected, insert_values
from piggyadmin.contacts.services import find_contact
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.matching.normalisation import Keys, Normalised, keys, normalise
from piggyadmin.duplicates.mirror.text_search import search_text
from piggyadmin.duplicates.models import (
    ChangedContact,
    Cluster,
    ContactReading,
    FinderModel,
    GoneContact,
    MirroredContact,
    Pair,
    PairQuerySet,
    PairStatus,
    Sweep,
)
from piggyadmin.duplicates.review import clustering, storage
from piggyadmin.json_text import UNREADABLE, storable
from piggyadmin.ledger.models import FLAGGED, VERIFIED, Entry, EntryState
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.prefix_lookups import LONGEST, Beginning, equals
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import UNFINISHED, Run, RunState
from piggyadmin.webhooks.heard import PiggyEvent
from piggyadmin.webhooks.models import DeliveryState

# The background run that fills the mirror.
SWEEP = "sweep-contacts"
# More of any text says nothing more.
LONGEST_TEXT = 255  # characters
# No more contacts are looked at that may have an address.
MOST_FOUND = 10
# Sweeps that are listed.
LAST_SWEEPS = 10
# No answer is under way for so long: until then, a contact that has left is not taken in again.
ANSWERS_COME_WITHIN = timedelta(hours=1)
# What an entry of the ledger comes to when its contacts are others than before, or may be.
CHANGING = frozenset(
    {EntryState.DONE, EntryState.UNKNOWN, EntryState.SETTLED_DONE, VERIFIED, FLAGGED}
)

# What is compared, as far as it is text, and what else is kept as it came.
_COMPARED = ("email", "firstname", "lastname", "phonenumber", "birthdate", "address")
_TEXTS = (*_COMPARED, "identifier")
# What follows from what is compared.
_FOLLOWING = (*(f"key_{name}" for name in Keys._fields), "normalised", "fingerprint")


# --- One contact as a row --------------------------------------------------------------------


class _Content(NamedTuple):
    """What the mirror keeps of a contact; it can be stored, whatever Piggy may have sent."""

    email: str
    firstname: str
    lastname: str
    phonenumber: str
    birthdate: str
    address: str
    identifier: str
    is_anonymous: bool
    created_at: datetime | None
    last_transaction_at: datetime | None
    credits: int
    prepaid_cents: int


def _content_of(contact: Contact) -> _Content:
    texts: Any = {name: as_kept(getattr(contact, name)) for name in _TEXTS}
    return _Content(
        **texts,
        is_anonymous=bool(contact.is_anonymous),
        created_at=_in_utc(contact.created_at),
        last_transaction_at=_in_utc(contact.last_transaction_at),
        credits=contact.credits or 0,
        prepaid_cents=contact.prepaid_cents or 0,
    )


def _normalised(content: Any) -> Normalised:
    compared = {name: getattr(content, name) for name in _COMPARED}
    return normalise(**compared, is_anonymous=content.is_anonymous)


def compared_fields(row: Any) -> dict[str, Any]:
    """Give the fields that follow from the others of a row, and are what is compared."""
    return dict(zip(_FOLLOWING, _following(_normalised(row)), strict=True))


def _following(normalised: Normalised) -> tuple[Any, ...]:
    return (*keys(normalised), normalised.pack(), normalised.fingerprint)


def as_kept(text: str | None) -> str:
    """Give a text as a database keeps it, without what nobody reads to its end."""
    return str(storable((text or "")[:LONGEST_TEXT]))


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _can_be_asked_for(contact: Contact) -> bool:
    """Tell whether a contact has a UUID that can be stored, and be part of an address."""
    uuid = as_kept(contact.uuid)
    return bool(uuid.strip(" .")) and uuid == contact.uuid and UNREADABLE not in uuid


# --- Taking in -------------------------------------------------------------------------------


class StoreCounts(NamedTuple):
    """How many contacts were new, differ in what is compared, and had not been read before."""

    added: int
    changed: int
    first_read: int


class _Known(NamedTuple):
    """What the mirror holds of a contact."""

    pk: int
    read_at: datetime | None
    is_compared: bool
    fingerprint: str
    content: _Content


class _FetchedContact(NamedTuple):
    """What Piggy has just told of a contact."""

    uuid: str
    read_at: datetime
    content: _Content
    normalised: Normalised

    def row(self, *, is_compared: bool) -> tuple[Any, ...]:
        """Give the values of its row, in the order of `_COLUMNS`; no search has claimed it."""
        texts = search_text(self.content)
        return (self.uuid, is_compared, 0, texts, *self.content, *_following(self.normalised))


_COLUMNS = ("uuid", "is_compared", "search", "search_text", *_Content._fields, *_FOLLOWING)


class _Verdict(Enum):
    """What a reading means for what is known of a contact."""

    NEW = auto()
    CHANGED = auto()  # in what is compared
    ADJUSTED = auto()  # in something else, such as its credits
    SAME = auto()
    OUTDATED = auto()  # something newer is known already


def store(
    contacts: Iterable[Contact], *, read_at: datetime, since: datetime | None = None
) -> StoreCounts:
    """Take in contacts for which Piggy was asked at `read_at`.

    `first_read` counts those that had not been read since `since`.
    """
    readings = {each.uuid: each for each in _readings(contacts, read_at)}
    with transaction.atomic():
        for uuid in _just_gone(readings):
            del readings[uuid]
        known = _known(readings)
        sorted_out = _sort_out(readings.values(), known)
        new, changed = sorted_out[_Verdict.NEW], sorted_out[_Verdict.CHANGED]
        adjusted = sorted_out[_Verdict.ADJUSTED]
        rows = [each.row(is_compared=False) for each in (*new, *changed)]
        rows += [each.row(is_compared=known[each.uuid].is_compared) for each in adjusted]
        # Somebody else may have added one of the new ones meanwhile.
        insert_values(MirroredContact, _COLUMNS, rows, unique="uuid")
        outdated = {each.uuid for each in sorted_out[_Verdict.OUTDATED]}
        _note_reading([uuid for uuid in readings if uuid not in outdated], read_at)
    if adjusted:
        storage.update_stakes([each.uuid for each in adjusted])
    again = [old for old in known.values() if since and old.read_at and old.read_at >= since]
    return StoreCounts(len(new), len(changed), len(readings) - len(again))


def _readings(contacts: Iterable[Contact], read_at: datetime) -> Iterator[_FetchedContact]:
    for contact in filter(_can_be_asked_for, contacts):
        content = _content_of(contact)
        yield _FetchedContact(str(contact.uuid), read_at, content, _normalised(content))


def _sort_out(
    readings: Iterable[_FetchedContact], known: Mapping[str, _Known]
) -> dict[_Verdict, list[_FetchedContact]]:
    sorted_out: dict[_Verdict, list[_FetchedContact]] = {verdict: [] for verdict in _Verdict}
    for reading in readings:
        sorted_out[_verdict(reading, known.get(reading.uuid))].append(reading)
    return sorted_out


def _verdict(reading: _FetchedContact, old: _Known | None) -> _Verdict:
    if old is None:
        return _Verdict.NEW
    if old.read_at and old.read_at > reading.read_at:
        return _Verdict.OUTDATED
    # A release, or a setting such as the country, may have the same content compared otherwise.
    if old.fingerprint != reading.normalised.fingerprint:
        return _Verdict.CHANGED
    return _Verdict.SAME if old.content == reading.content else _Verdict.ADJUSTED


def _just_gone(uuids: Iterable[str]) -> list[str]:
    since = timezone.now() - ANSWERS_COME_WITHIN
    gone = GoneContact.objects.filter(at__gt=since)
    if not gone.exists():  # as mostly, and known sooner than of each
        return []
    return list(gone.filter(uuid__in=list(uuids)).values_list("uuid", flat=True))


def _known(uuids: Iterable[str]) -> dict[str, _Known]:
    """Give what the mirror holds of contacts, and let nobody else change it meanwhile."""
    rows = MirroredContact.objects.select_for_update().filter(uuid__in=list(uuids)).order_by("pk")
    # A row that is joined could not be missing: PostgreSQL would not lock the others.
    readings = ContactReading.objects.filter(contact=OuterRef("pk"))
    rows = rows.annotate(asked_at=Subquery(readings.values("at")))
    columns = rows.values_list(
        "uuid", "pk", "asked_at", "is_compared", "fingerprint", *_Content._fields
    )
    return {
        uuid: _Known(pk, asked_at, is_compared, fingerprint, _Content(*content))
        for uuid, pk, asked_at, is_compared, fingerprint, *content in columns
    }


def _note_reading(uuids: Sequence[str], read_at: datetime) -> None:
    """Note when contacts were read."""
    at = Value(read_at, output_field=DateTimeField())
    for some in batches(uuids):
        rows = MirroredContact.objects.filter(uuid__in=some).values_list("pk", at)
        insert_selected(ContactReading, ["contact", "at"], rows, unique="contact_id")


# --- One contact -----------------------------------------------------------------------------


def refresh(piggy: PiggyClient, uuid: str) -> MirroredContact | None:
    """Read one contact at Piggy and mirror it; None where it is not there any more.

    Raises:
        PiggyError: as the service does.
    """
    read_at = timezone.now()
    contact = find_contact(piggy, contact_uuid=uuid)
    if contact is None:
        forget([uuid])
    elif settings.DUPLICATES:
        store([contact], read_at=read_at)
    return MirroredContact.objects.filter(uuid=uuid).first()


def note_change(*, entry: Entry, kind: str, **_signal: Any) -> None:
    """Note contacts that this console has changed, to be read again by a worker."""
    if not settings.DUPLICATES or kind not in CHANGING:
        return
    now = timezone.now()
    uuids = sorted({subject.contact_uuid for subject in entry.subjects.all()})
    insert([ChangedContact(uuid=uuid, at=now) for uuid in uuids], unique="uuid")


def note_heard(*, event: PiggyEvent, **_signal: Any) -> DeliveryState | None:
    """Note a contact of whom Piggy tells, to be read again: what is told is a hint, no proof."""
    if not settings.DUPLICATES or not event.contact_uuid:
        return None
    changed = ChangedContact(uuid=event.contact_uuid, at=timezone.now())
    insert([changed], unique="uuid")
    return DeliveryState.TAKEN


def mirrored(uuids: Iterable[str]) -> list[str]:
    """Name those contacts that are here."""
    rows = MirroredContact.objects.filter(uuid__in=list(uuids))
    return list(rows.values_list("uuid", flat=True))


def names_of(uuids: Iterable[str]) -> dict[str, str]:
    """Give what contacts are called: by their name, or else by how they are reached.

    Of an anonymous one who is reached by nothing, it says that.
    """
    rows = MirroredContact.objects.filter(uuid__in=list(uuids)).only(*MirroredContact.NAMING)
    return {row.uuid: row.full_name or row.reached_by or _nobody(row) for row in rows}


def _nobody(row: MirroredContact) -> str:
    return gettext("Anonymous customer") if row.is_anonymous else ""


def contacts_of(uuids: Iterable[str]) -> dict[str, Contact]:
    """Give contacts with their names, and with whether they are anonymous."""
    rows = MirroredContact.objects.filter(uuid__in=list(uuids)).values(*MirroredContact.NAMING)
    return {row["uuid"]: Contact(**row) for row in rows}


def find_by_name(query: str) -> list[str]:
    """Give the UUIDs of contacts that have an e-mail address, or else of one that has a card."""
    rows = MirroredContact.objects.annotate(mail=Beginning("email"))
    exact = [
        row.uuid
        for row in rows.filter(equals("mail", query[:LONGEST]))[:MOST_FOUND]
        if row.email.casefold() == query.casefold()
    ]
    card = MirroredContact.objects.filter(identifier=query).values_list("uuid", flat=True)
    return exact or list(card[:1])


def pairs_of(uuid: str) -> PairQuerySet:
    """Give the pairs that a contact is, or once was, in."""
    return Pair.objects.touching([uuid])


# --- Leaving ---------------------------------------------------------------------------------


def forget(uuids: Iterable[str]) -> int:
    """Let contacts leave that are no more, their open pairs with them; tells how many were here.

    At most some hundreds at a time.
    """
    now, gone = timezone.now(), sorted(set(uuids))
    with transaction.atomic():
        insert([GoneContact(uuid=uuid, at=now) for uuid in gone], unique="uuid")
        contacts = MirroredContact.objects.filter(uuid__in=gone)
        ContactReading.objects.filter(contact__in=contacts).delete()
        number, _ = contacts.delete()
        ChangedContact.objects.filter(uuid__in=gone, at__lte=now).delete()
        Pair.objects.touching(gone).undecided().update(status=PairStatus.GONE)
    clustering.regroup(gone)
    return number


def forget_ended(*, contact_uuid: str, **_signal: Any) -> None:
    """Let a contact leave that has ended at Piggy."""
    forget([contact_uuid])


def let_gone_contacts_rest() -> None:
    """Drop the notes of contacts that no answer under way can bring back any more."""
    GoneContact.objects.filter(at__lt=timezone.now() - ANSWERS_COME_WITHIN).delete()


def sweep_run() -> Run | None:
    """Give the run of the sweep that waits or is under way; there is one at most."""
    run = newest_sweep_run()
    return run if run and run.state in UNFINISHED else None


def newest_sweep_run() -> Run | None:
    """Give the run of the sweep that waits or is under way, or else the last that there was."""
    is_over = Case(When(state__in=UNFINISHED, then=0), default=1)
    return Run.objects.filter(name=SWEEP).order_by(is_over, "-pk").first()


def stop_sweep() -> bool:
    """Stop the sweep that is under way, before its next step; tells whether there was one."""
    run = sweep_run()
    return run is not None and runs.cancel(run)


def empty() -> int:
    """Stop a sweep, and let everything leave but what was decided; tells how many contacts."""
    stop_sweep()
    with transaction.atomic():
        number, _ = MirroredContact.objects.all().delete()
        ContactReading.objects.all().delete()
        ChangedContact.objects.all().delete()
        GoneContact.objects.all().delete()
        Pair.objects.filter(status__in=(*Pair.UNDECIDED, PairStatus.GONE)).delete()
        Cluster.objects.filter(pairs=None).delete()
        # What was learned names names.
        FinderModel.objects.all().delete()
    return number


# --- How fresh it is -------------------------------------------------------------------------


def last_sweep() -> Sweep | None:
    """Give the last complete reading of all contacts."""
    return Sweep.objects.exclude(finished_at=None).first()


@dataclass(frozen=True)
class Freshness:
    """What the mirror holds, and how fresh that is.

    `changed` contacts were changed by this console and are read again within seconds; `waiting`
    ones were not compared since they were new or changed. No contact was read before `oldest_at`.
    `sweeps` are the latest ones, the newest first. `newest_run` is the one that waits or is under
    way, or else the last that there was.
    """

    contacts: int
    waiting: int
    changed: int
    oldest_at: datetime | None
    sweeps: list[Sweep]
    newest_run: Run | None

    @cached_property
    def last(self) -> Sweep | None:
        """The last complete sweep."""
        finished = (sweep for sweep in self.sweeps if sweep.finished_at)
        return next(finished, None) or (last_sweep() if self.sweeps else None)

    @property
    def run(self) -> Run | None:
        """The run that waits or is under way."""
        newest = self.newest_run
        return newest if newest and newest.state in UNFINISHED else None

    @property
    def given_up(self) -> Run | None:
        """The last run, where it failed for good."""
        newest = self.newest_run
        return newest if newest and newest.state == RunState.FAILED else None

    @property
    def current(self) -> Sweep | None:
        """What the run that waits or is under way has come to."""
        return next((each for each in self.sweeps if self.run and each.run_id == self.run.pk), None)


def freshness() -> Freshness:
    """Tell how fresh the mirror is now."""
    return Freshness(
        contacts=MirroredContact.objects.count(),
        waiting=MirroredContact.objects.filter(is_compared=False).count(),
        changed=ChangedContact.objects.count(),
        oldest_at=ContactReading.objects.aggregate(at=Min("at"))["at"],
        sweeps=list(Sweep.objects.all()[:LAST_SWEEPS]),
        newest_run=newest_sweep_run(),
    )
