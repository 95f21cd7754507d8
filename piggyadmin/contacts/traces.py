"""What this console itself knows of contacts that Piggy does not know, or cannot be asked about.

Into whom a contact went, and when, stands in the ledger by UUID. By the e-mail address and the
cards that it had it is found for as long as snapshots are kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import (
    FLAGGED,
    HAPPENED,
    VERIFIED,
    Entry,
    Event,
    PersonLookUp,
    Snapshot,
    SnapshotName,
    Subject,
)
from piggyadmin.ledger.snapshots import answer_of
from piggyadmin.sealed_fields import indexed_as
from piggyadmin.ui.templatetags.ui import in_words

# By action: as what a contact ceases to exist, and as what the one stands there that it goes into.
ENDINGS = {
    "merge-contacts": ("source", "destination"),
    "claim-anonymous-contact": ("anonymous", "owner"),
    "delete-contact": ("contact", ""),
}
LONGEST_NAME = 255
# What says whose a card is, or that it is nobody's any more; so many of these entries are looked
# through for an owner.
TELLING_OWNERS = (
    "create-contact-identifier",
    "replace-lost-card",
    "unlink-contact-identifier",
    "update-contact-identifiers",
)
UNLINKING = "unlink-contact-identifier"
MOST_CHANGES = 20
# So many of the newest snapshots are looked through for a name that nothing else knows.
MOST_SNAPSHOTS = 5000
MOST_FOUND = 10


class Copy(NamedTuple):
    """A copy of Piggy's contacts that another app keeps, and what it tells of them."""

    # The UUIDs of whoever has an e-mail address or a card.
    find: Callable[[str], Iterable[str]]
    # The UUIDs of those in whose name each word begins one.
    called: Callable[[str], Iterable[str]]
    # Those of some contacts that it takes to be there.
    holds: Callable[[Iterable[str]], Iterable[str]]
    # What it has of a UUID, also of one that is no more.
    about: Callable[[str], QuerySet[Any]]
    # What contacts are called, by UUID; those that it does not hold are left out.
    names: Callable[[Iterable[str]], Mapping[str, str]]
    # Who they are, with whether they are anonymous.
    contacts: Callable[[Iterable[str]], Mapping[str, Contact]]


# Whoever keeps one adds it, when the app is ready.
copies: list[Copy] = []


class Hop(NamedTuple):
    """One contact that ceased to exist, and into whom it went; into nobody when it was deleted."""

    contact_uuid: str
    into: str
    entry: Entry
    at: datetime
    # Piggy has taken it on, and nobody has seen yet that it is done.
    is_under_way: bool

    @property
    def words(self) -> str:
        """Say what became of it, and when."""
        words = gettext("It was deleted on %(when)s.")
        if self.into and self.is_under_way:
            words = gettext("It is going into %(into)s since %(when)s.")
        elif self.into:
            words = gettext("It went into %(into)s on %(when)s.")
        return words % {"into": self.into, "when": in_words(self.at)}


class Departure(NamedTuple):
    """A contact that is no more, and its way from there; no hop where that was done elsewhere."""

    contact_uuid: str
    hops: tuple[Hop, ...]
    last_seen_at: datetime | None

    @property
    def into(self) -> str:
        """Who it is by now; nobody where that was deleted, or where nothing is known."""
        return self.hops[-1].into if self.hops else ""

    @property
    def words(self) -> str:
        """Say what became of it, over however many merges."""
        if self.hops:
            return " ".join(hop.words for hop in self.hops)
        words = gettext("It was merged or deleted elsewhere: this console does not know when.")
        if self.last_seen_at:
            seen = gettext("Somebody looked at it here last on %(when)s.")
            words = f"{words} {seen % {'when': in_words(self.last_seen_at)}}"
        return words


def find_departed(query: str) -> list[Departure]:
    """Tell what became of whoever had a UUID, an e-mail address or a card, the latest first.

    Piggy was asked before, and knows nobody like that.
    """
    if departed := departure_of(query.lower()):
        return [departed]
    found = [Departure(each, _hops(each), None) for each in _by_name(query)]
    return [each for each in found if each.hops]


def departure_of(uuid: str) -> Departure | None:
    """Tell what became of a contact by its UUID; None where this console never met it."""
    if not _is_known(uuid):
        return None
    hops = _hops(uuid)
    return Departure(uuid, hops, None if hops else _last_seen(uuid))


def _by_name(query: str) -> list[str]:
    name = query.casefold()[:LONGEST_NAME]
    indexes = indexed_as(SnapshotName, "name_index", name)
    # What has no index yet is opened and looked into.
    names = SnapshotName.objects.filter(Q(name_index__in=indexes) | Q(name_index=None))
    whole = names.select_related("snapshot").only("name", "name_index", "snapshot__contact_uuid")
    found = (each for each in whole.order_by("-pk").iterator() if each.name == name)
    uuids = (each.snapshot.contact_uuid for each in islice(found, MOST_FOUND * 2))
    return list(dict.fromkeys(uuids))[:MOST_FOUND]


def _hops(uuid: str) -> tuple[Hop, ...]:
    """Follow a contact from one merge to the next one."""
    hops: dict[str, Hop] = {}
    while uuid and uuid not in hops and (hop := _hop(uuid)):
        hops[uuid] = hop
        uuid = hop.into
    return tuple(hops.values())


def _hop(uuid: str) -> Hop | None:
    leaving = Q()
    for action, (role, _into) in ENDINGS.items():
        leaving |= Q(entry__action=action, role=role)
    subjects = Subject.objects.filter(
        leaving, contact_uuid=uuid, entry__status__state__in=HAPPENED
    ).select_related("entry", "entry__status")
    for subject in subjects.order_by("-entry_id"):
        if hop := _made_of(subject):
            return hop
    return None


def _made_of(subject: Subject) -> Hop | None:
    """Read where an entry led; None for a claim by which a contact only got its address."""
    entry = subject.entry
    _role, role = ENDINGS[entry.action]
    into = entry.subjects.filter(role=role).first() if role else None
    if role and into is None:
        return None
    followed = entry.follow_up
    return Hop(
        contact_uuid=subject.contact_uuid,
        into=into.contact_uuid if into else "",
        entry=entry,
        at=followed.at if followed and followed.kind == VERIFIED else entry.created_at,
        is_under_way=entry.status.is_followed or _is_doubtful(followed),
    )


def _is_doubtful(followed: Event | None) -> bool:
    """Tell whether it ended without anybody having seen the contact gone."""
    return followed is not None and followed.kind == FLAGGED and not followed.detail.get("after")


def _is_known(uuid: str) -> bool:
    """Tell whether a UUID is that of a contact that this console has had to do with."""
    subjects, looked_up = Subject.objects.all(), PersonLookUp.objects.all()
    own = [each.filter(contact_uuid=uuid) for each in (subjects, looked_up)]
    first, *others = [
        each.order_by().values("pk") for each in (*own, *(copy.about(uuid) for copy in copies))
    ]
    return first.union(*others, all=True).exists()


def _last_seen(uuid: str) -> datetime | None:
    return PersonLookUp.objects.filter(contact_uuid=uuid).values_list("at", flat=True).first()


# --- Without Piggy ---------------------------------------------------------------------------


def find_known(query: str) -> str:
    """Give the UUID of whoever has an e-mail address or a card, as far as it is known here."""
    copied = [uuid for copy in copies for uuid in copy.find(query)]
    found = copied or _by_name(query) or _by_newest_snapshots(query)
    return next(iter(found), "")


def find_called(name: str) -> str:
    """Give the UUID of the only one who is called so; empty where several are, or nobody."""
    found = {uuid for copy in copies for uuid in copy.called(name)}
    return found.pop() if len(found) == 1 else ""


def _by_newest_snapshots(query: str) -> Iterator[str]:
    kept = Snapshot.objects.exclude(contact_uuid="").order_by("-pk")
    newest = kept.values_list("contact_uuid", "data")[:MOST_SNAPSHOTS]
    return (uuid for uuid, data in newest.iterator() if query.casefold() in names_of(data))


def last_owner(card: str) -> Contact | None:
    """Find whose a card was when it was last changed here: Piggy does not tell, while it is off."""
    changes = Entry.objects.filter(
        action__in=TELLING_OWNERS,
        data__contact_identifier_value=card,
        status__state__in=HAPPENED,
    )
    for entry in changes.order_by("-pk")[:MOST_CHANGES]:
        event = entry.last_event
        answer = answer_of(entry, event.detail) if event else None
        if answer and (answer.get("contact") or {}).get("uuid"):
            return Contact.model_validate(answer["contact"])
        if entry.action == UNLINKING:
            return None
    return None


# --- Names -----------------------------------------------------------------------------------


def names_of(data: Any) -> set[str]:
    """Give what a contact was known by, as a snapshot has it: its address and its cards."""
    if not isinstance(data, dict):
        return set()
    contact = data.get("contact")
    contact = contact if isinstance(contact, dict) else data
    cards = [each.get("value") for each in data.get("identifiers") or [] if isinstance(each, dict)]
    names = [contact.get("email"), contact.get("identifier"), *cards]
    return {str(name).casefold()[:LONGEST_NAME] for name in names if name}


def keep_names(*, entry: Entry, kind: str, **_signal: Any) -> None:
    """Have contacts found by their addresses and cards once they are no more."""
    if kind in HAPPENED and entry.action in ENDINGS:
        before = Snapshot.objects.filter(entry=entry, moment=Snapshot.Moment.BEFORE)
        SnapshotName.objects.bulk_create(_names(before))


def _names(snapshots: QuerySet[Snapshot]) -> Iterator[SnapshotName]:
    for snapshot in snapshots.exclude(contact_uuid=""):
        for name in sorted(names_of(snapshot.data)):
            yield SnapshotName(snapshot=snapshot, name=name)
