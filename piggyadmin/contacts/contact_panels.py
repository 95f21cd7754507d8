"""What the page of a contact shows of the ledger: its timeline, and what the console did."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.contacts import flags, timeline
from piggyadmin.contacts.known_facts import read_facts
from piggyadmin.contacts.panels import Panel
from piggyadmin.contacts.panels import register as register_panel
from piggyadmin.contacts.reversals import ReversalAction
from piggyadmin.contacts.services import list_contact_identifiers
from piggyadmin.contacts.timeline import ON_PAGE, Happening, Source
from piggyadmin.ledger.filters import leading
from piggyadmin.ledger.models import HAPPENED, Entry, Subject
from piggyadmin.ledger.operations import find_operation
from piggyadmin.ledger.rows import LedgerRow, described
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather

LEDGER, MAILS = "ledger", "mails"
CHUNK = 100
SENDING = "send-contact-verification-email"


def read_cards(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read a contact's cards and other identifiers."""
    return {"identifiers": list_contact_identifiers(piggy, contact_uuid=contact_uuid)}


def read_timeline(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the newest of every source at Piggy."""
    return {"told_by_piggy": gather(*timeline.reads(piggy, contact_uuid, ON_PAGE))}


def read_stored(_person: User, contact_uuid: str) -> dict[str, Any]:
    """Read the newest of every source that is stored here, and what the heading tells of it."""
    flags.read_subjects(contact_uuid)
    return {"told_here": timeline.stored(contact_uuid, ON_PAGE)}


def ledger_entries(contact_uuid: str) -> Iterator[Happening]:
    """Read what colleagues asked for about a contact, a chunk at a time; steps stand for no one."""
    about = Subject.objects.filter(contact_uuid=contact_uuid).values("entry_id")
    rows = leading(lambda statuses: statuses.filter(entry_id__in=about)).select_related("entry")
    found = rows.prefetch_related("entry__events").iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from map(_happening, described(chunk))


def _happening(row: LedgerRow) -> Happening:
    entry = row.entry
    why = " · ".join(filter(None, (row.reason, entry.comment)))
    url = reverse("ledger:entry", args=[entry.submission_key])
    return Happening(
        row.status.asked_at,
        MAILS if entry.action == SENDING else LEDGER,
        row.sentence,
        detail=why,
        uuid=_made(entry),
        url=url,
        takes_back=_took_back(entry),
    )


def _took_back(entry: Entry) -> str:
    """Give what Piggy knows that by which an entry has reversed, if it reversed something."""
    operation, event = find_operation(entry.action), entry.last_event
    if not isinstance(operation, ReversalAction) or event is None or event.kind not in HAPPENED:
        return ""
    return str(entry.data.get(operation.field) or "")


def _made(entry: Entry) -> str:
    """Give what Piggy knows that by which an entry made, if it made something."""
    event = entry.last_event
    if event is None or event.kind not in HAPPENED:
        return ""
    result = event.detail.get("result")
    return str(result.get("uuid") or "") if isinstance(result, dict) else ""


register_panel(Panel(_("Person"), "contacts/_facts_panel.html", 10, read_facts, is_aside=True))
register_panel(Panel(_("Cards"), "contacts/_cards_panel.html", 15, read_cards, is_aside=True))
register_panel(
    Panel(_("Timeline"), "contacts/_timeline_panel.html", 20, read_timeline, here=read_stored)
)
register_panel(Panel(_("Messages"), "contacts/_subscriptions_panel.html", 40))
timeline.register(
    Source(
        LEDGER,
        _("What colleagues did"),
        {LEDGER: _("What colleagues did"), MAILS: _("Mails")},
        here=ledger_entries,
    )
)
