"""Where something is held on a person: at Piggy, list by list to its end, and in this console.

Piggy's orders and gift cards are left out: it cannot be asked for those of one contact.
"""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts import services as contacts
from piggyadmin.contacts.values import writable_attributes
from piggyadmin.credits.services import list_loyalty_transactions
from piggyadmin.duplicates.models import Decision, MirroredContact
from piggyadmin.ledger import snapshots
from piggyadmin.ledger.filters import newest
from piggyadmin.ledger.models import EntryStatus, PersonLookUp, Subject
from piggyadmin.ledger.operations import Words
from piggyadmin.ledger.retention import approvals_naming
from piggyadmin.ledger.rows import described, requests_described
from piggyadmin.notes.models import DoNotServe, Note
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import Page, every_item
from piggyadmin.prepaid.services import list_prepaid_transactions
from piggyadmin.referrals.services import list_referrals
from piggyadmin.request_log.retention import calls_about
from piggyadmin.rewards.services import list_collectable_rewards
from piggyadmin.visits.services import list_visits
from piggyadmin.vouchers.services import list_vouchers
from piggyadmin.webhooks.models import WebhookDelivery

T = TypeVar("T")

# As many as every list gives at once.
AT_ONCE = 30


class PiggySource(NamedTuple):
    """A part of what Piggy holds: its key in the file, what it is called, and how it is read."""

    key: str
    label: Words
    read: Callable[[PiggyClient, str], Any]


class ConsoleSource(NamedTuple):
    """A part of what this console holds, of all UUIDs that the person had."""

    key: str
    label: Words
    read: Callable[[Collection[str]], Any]


# --- Piggy -----------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """Give a service's answer as JSON can hold it, without what is empty."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _all_of(read_page: Callable[..., Page[Any]], **parameters: Any) -> list[Any]:
    read = partial(read_page, limit=AT_ONCE, **parameters)
    return [_plain(each) for each in every_item(lambda page: read(page=page))]


def _contact(piggy: PiggyClient, uuid: str) -> Any:
    """Give the contact with the values of its attributes; secrets to sign in with are none."""
    contact = contacts.get_full_contact(piggy, contact_uuid=uuid)
    values = contact.values_of(writable_attributes(piggy))
    # Tier and subscriptions are parts of their own.
    own_parts = {"tier", "subscriptions", *values}
    told = _plain(contact)
    return {name: told[name] for name in told if name not in own_parts} | {"attributes": values}


def language_of(piggy: PiggyClient, uuid: str) -> str:
    """Give the language that a contact is written to in, such as "nl"; empty where none is known.

    Raises:
        PiggyError: as the service does.
    """
    contact = contacts.get_full_contact(piggy, contact_uuid=uuid)
    return str(contact.current_values.get("locale") or "")[:2].lower()


PIGGY: tuple[PiggySource, ...] = (
    PiggySource("contact", _("Customer"), _contact),
    PiggySource(
        "identifiers",
        _("Identifiers"),
        lambda piggy, uuid: _plain(contacts.list_contact_identifiers(piggy, contact_uuid=uuid)),
    ),
    PiggySource(
        "tier",
        _("Tier"),
        lambda piggy, uuid: _plain(contacts.get_contact_tier(piggy, contact_uuid=uuid)),
    ),
    PiggySource(
        "subscriptions",
        _("Subscriptions"),
        lambda piggy, uuid: _plain(contacts.list_contact_subscriptions(piggy, contact_uuid=uuid)),
    ),
    PiggySource(
        "loyalty_transactions",
        _("Transactions"),
        lambda piggy, uuid: _all_of(partial(list_loyalty_transactions, piggy), contact_uuid=uuid),
    ),
    PiggySource(
        "vouchers",
        _("Vouchers"),
        lambda piggy, uuid: _all_of(partial(list_vouchers, piggy), contact_uuid=uuid),
    ),
    PiggySource(
        "prepaid_transactions",
        _("Prepaid transactions"),
        lambda piggy, uuid: _all_of(partial(list_prepaid_transactions, piggy), contact_uuid=uuid),
    ),
    PiggySource(
        "collectable_rewards",
        _("Rewards to collect"),
        lambda piggy, uuid: _plain(list_collectable_rewards(piggy, contact_uuid=uuid)),
    ),
    PiggySource(
        "referrals",
        _("Referrals"),
        lambda piggy, uuid: _all_of(partial(list_referrals, piggy), referring_contact_uuid=uuid),
    ),
    PiggySource(
        "visits",
        _("Visits"),
        lambda piggy, uuid: _all_of(partial(list_visits, piggy), contact_uuid=uuid),
    ),
)


# --- This console ----------------------------------------------------------------------------


def _rows(rows: QuerySet[Any], *names: str) -> list[dict[str, Any]]:
    """Give rows by the names of their fields, without what is empty."""
    return [_filled(row) for row in rows.values(*names)]


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _ledger(uuids: Collection[str]) -> list[dict[str, Any]]:
    """Give what was asked of Piggy about the person, in a sentence and in full."""
    entries = Subject.objects.filter(contact_uuid__in=uuids).values("entry")
    statuses = newest(EntryStatus.objects.filter(entry__in=entries)).select_related("entry")
    rows = described(list(statuses.prefetch_related("entry__snapshots")))
    return [
        _filled(
            {
                "asked_at": row.entry.created_at,
                "by_name": row.entry.person_name,
                "words": row.sentence,
                "status": row.status.state,
                "reason": row.reason,
                "comment": row.entry.comment,
                "asked": snapshots.data_of(row.entry),
                "kept": [each.data for each in row.entry.snapshots.all() if _is_of(each, uuids)],
            }
        )
        for row in rows
    ]


def _is_of(snapshot: Any, uuids: Collection[str]) -> bool:
    """Tell whether a snapshot is the person's: of a merge, the other one's data are not theirs."""
    return snapshot.contact_uuid in uuids


def _approvals(uuids: Collection[str]) -> list[dict[str, Any]]:
    rows = requests_described(approvals_naming(set(uuids)))
    return [
        _filled(
            {
                "asked_at": row.approval.created_at,
                "words": row.sentence,
                "status": row.approval.status,
                "reason": row.reason,
                "note": row.approval.note,
            }
        )
        for row in rows
    ]


def _look_ups(uuids: Collection[str]) -> list[dict[str, Any]]:
    rows = PersonLookUp.objects.filter(contact_uuid__in=uuids)
    return [
        _filled({"at": row.at, "by_name": row.person_name, "where": row.action})
        for row in rows.iterator()
    ]


def _notes(uuids: Collection[str]) -> list[dict[str, Any]]:
    rows = Note.objects.filter(contact_uuid__in=uuids)
    notes = rows.select_related("written_by", "for_person", "for_role", "done_by")
    return [
        _filled(
            {
                "at": note.written_at,
                "by_name": note.written_by.name,
                "note": note.text,
                "for_whom": note.for_whom,
                "done_at": note.done_at,
                "done_by": note.done_by.name if note.done_by else "",
            }
        )
        for note in notes
    ]


def _flags(uuids: Collection[str]) -> list[dict[str, Any]]:
    rows = DoNotServe.objects.filter(contact_uuid__in=uuids)
    return [
        _filled(
            {
                "at": flag.set_at,
                "by_name": flag.set_by.name,
                "reason": flag.reason,
                "lifted_at": flag.lifted_at,
            }
        )
        for flag in rows.select_related("set_by")
    ]


def _own_fields(model: type[Model], *but: str) -> list[str]:
    """Name the fields of a model that say something of the person."""
    return [field.name for field in model._meta.concrete_fields if field.name not in but]


def _bookings(uuids: Collection[str]) -> list[dict[str, Any]]:
    rows = SeenBooking.objects.filter(contact_uuid__in=uuids)
    return _rows(rows, *_own_fields(SeenBooking, "id"))


def _mirror(uuids: Collection[str]) -> list[dict[str, Any]]:
    """Give the copies that are kept to find duplicates; the keys made of them say nothing more."""
    names = (
        *("uuid", "email", "firstname", "lastname", "phonenumber", "birthdate", "address"),
        *("identifier", "created_at", "last_transaction_at", "credits", "prepaid_cents", "read_at"),
    )
    rows = MirroredContact.objects.filter(uuid__in=uuids).annotate(read_at=F("reading__at"))
    return _rows(rows, *names)


def _deliveries(uuids: Collection[str]) -> list[dict[str, Any]]:
    """Give what Piggy told; what it said is kept only until that is worked through."""
    rows = WebhookDelivery.objects.filter(contact_uuid__in=uuids)
    return _rows(rows, "arrived_at", "event_type", "payload", "state")


def _decisions(uuids: Collection[str]) -> list[dict[str, Any]]:
    """Give what people decided about possible duplicates, without who the other one was."""
    rows = Decision.objects.filter(Q(first__in=uuids) | Q(second__in=uuids)).order_by("-pk")
    return [
        _filled({"at": row.at, "by_name": row.person_name, "what": row.get_kind_display()})
        for row in rows
    ]


def _calls(uuids: Collection[str]) -> list[dict[str, Any]]:
    """Say when Piggy was asked about the person; what it answered is in the other parts."""
    rows = [row for uuid in sorted(uuids) for row in calls_about(uuid).order_by("-pk")]
    return [
        _filled({"at": row.at, "by_name": row.person_name, "method": row.method, "path": row.path})
        for row in rows
    ]


CONSOLE: tuple[ConsoleSource, ...] = (
    ConsoleSource("ledger", _("What was asked of Piggy"), _ledger),
    ConsoleSource("approvals", _("What a second person was asked"), _approvals),
    ConsoleSource("look_ups", _("Who looked at your data"), _look_ups),
    ConsoleSource("notes", _("Notes"), _notes),
    ConsoleSource("do_not_serve", _("Not to be served"), _flags),
    ConsoleSource("bookings", _("Bookings as last seen"), _bookings),
    ConsoleSource("mirror", _("Copy kept to find duplicates"), _mirror),
    ConsoleSource("webhooks", _("What Piggy told of you by webhooks"), _deliveries),
    ConsoleSource("decisions", _("Decisions about possible duplicates"), _decisions),
    ConsoleSource("calls", _("Calls to Piggy that are logged"), _calls),
)


def labels(sources: Iterable[PiggySource | ConsoleSource]) -> dict[str, str]:
    """Give what parts are called, by their key, in the language of now."""
    return {each.key: str(each.label) for each in sources}
