"""Making the file of everything that is held on a person, for who asks for it."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from piggyadmin.access_requests import sources
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import HAND_OUT_DATA, insist_on_permission
from piggyadmin.contacts.traces import copies
from piggyadmin.ledger import people_events, reads
from piggyadmin.ledger.facts import LABELS, KeptFact, facts
from piggyadmin.ledger.hash_chain import plain
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.ledger.retention import merged_with
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, Rejected

# Where the file is asked for, among look-ups.
WHERE = "access-request"
# What customers read that no page of the ledger shows.
LABELS.update(
    {
        "activation_date": _("Valid from"),
        "amount_in_cents": _("Amount, in cents"),
        "asked": _("What was asked"),
        "balance_in_cents": _("Balance, in cents"),
        "contact_identifier": _("Card"),
        "created_at": _("Made at"),
        "default": _("Usual one"),
        "done_at": _("Done at"),
        "done_by": _("Done by"),
        "ends_at": _("Ends at"),
        "expiration_date": _("Expires at"),
        "external_id": _("Number in your own system"),
        "for_whom": _("For"),
        "identifier": _("Card"),
        "is_redeemed": _("Used"),
        "kept": _("Kept with it"),
        "last_transaction_at": _("Last transaction at"),
        "lifted_at": _("Lifted at"),
        "position": _("Position"),
        "prepaid_balance": _("Prepaid"),
        "promotion": _("Promotion"),
        "read_at": _("Read at"),
        "redeemed_at": _("Used at"),
        "redemptions_remaining": _("Uses left"),
        "referred_contact": _("Who was brought"),
        "referring_contact": _("Who brought somebody"),
        "starts_at": _("Starts at"),
        "strategy": _("How it begins"),
        "tier": _("Tier"),
        "times_redeemed": _("Times used"),
        "total_redemptions_allowed": _("Uses allowed"),
        "transactions": _("Transactions"),
        "where": _("Where"),
    }
)


class Held(NamedTuple):
    """Everything that is held on a person, part by part, as JSON can hold it."""

    contact_uuid: str
    made_at: datetime
    piggy: dict[str, Any]
    console: dict[str, Any]
    # What Piggy refuses to tell this account, and why.
    refused: dict[str, str]

    def document(self) -> dict[str, Any]:
        """Give all of it as one, for programs."""
        return {
            "contact_uuid": self.contact_uuid,
            "made_at": self.made_at,
            "piggy": self.piggy,
            "console": self.console,
            "not_told_by_piggy": self.refused,
        }


class _Refusal(NamedTuple):
    words: str


def gather_all(piggy: PiggyClient, contact_uuid: str) -> Held:
    """Read everything, at Piggy side by side.

    What Piggy refuses is told in the file. Whatever else goes wrong makes no file, as one in which
    something is missing would be taken for the whole.

    Raises:
        NotFound: there is no such contact.
        PiggyError: Piggy could not be asked.
    """
    answers = gather(*(partial(_read, source, piggy, contact_uuid) for source in sources.PIGGY))
    told = dict(zip((source.key for source in sources.PIGGY), answers, strict=True))
    uuids = {contact_uuid, *_merged_into(contact_uuid)}
    return Held(
        contact_uuid,
        timezone.now(),
        piggy={key: told for key, told in told.items() if not isinstance(told, _Refusal)},
        console={source.key: plain(source.read(uuids)) for source in sources.CONSOLE},
        refused={key: told.words for key, told in told.items() if isinstance(told, _Refusal)},
    )


def _read(source: sources.PiggySource, piggy: PiggyClient, contact_uuid: str) -> Any:
    try:
        return plain(source.read(piggy, contact_uuid))
    except NotFound:
        if source is sources.PIGGY[0]:
            raise
        return []
    except Rejected as rejected:
        return _Refusal(str(rejected.message))


def _merged_into(contact_uuid: str) -> set[str]:
    """Name the contacts that went into this one; whom a copy still has is somebody else."""
    before = merged_with(contact_uuid)
    return before - {uuid for copy in copies for uuid in copy.holds(before)}


# --- The file --------------------------------------------------------------------------------


class ReadablePart(NamedTuple):
    """A part as a page shows it: what it is called, and the facts of each thing in it."""

    label: str
    things: list[list[KeptFact]]


def _readable(held: dict[str, Any], labels: dict[str, str]) -> Iterator[ReadablePart]:
    for key, found in held.items():
        things = found if isinstance(found, list) else [found]
        yield ReadablePart(labels[key], [facts(thing) for thing in things if thing])


def page(held: Held) -> str:
    """Write it as a page that needs nothing else, in the language of now."""
    piggy, console = sources.labels(sources.PIGGY), sources.labels(sources.CONSOLE)
    context = {
        "held": held,
        "language": translation.get_language(),
        "of_piggy": list(_readable(held.piggy, piggy)),
        "of_console": list(_readable(held.console, console)),
        "refused": [(piggy[key], words) for key, words in held.refused.items()],
    }
    return render_to_string("access_requests/file.html", context)


def language_for(piggy: PiggyClient, contact_uuid: str) -> str:
    """Give the language of a customer that the console speaks, or else the console's own.

    Raises:
        PiggyError: as the service does.
    """
    language = sources.language_of(piggy, contact_uuid)
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def make_file(piggy: PiggyClient, person: User, contact_uuid: str, language: str) -> bytes:
    """Make the file, a zip of JSON and of a page, and tell the ledger who did.

    Raises:
        PermissionDenied: the person may not.
        NotFound: there is no such contact.
        PiggyError: Piggy could not be asked; then there is no file.
    """
    insist_on_permission(person, HAND_OUT_DATA)
    with translation.override(language):
        held = gather_all(piggy, contact_uuid)
        as_json = json.dumps(plain(held.document()), ensure_ascii=False, indent=2)
        as_page = page(held)
    people_events.record(PersonEventKind.DATA_HANDED_OUT, None, contact_uuid=contact_uuid)
    reads.log_look_up(person, WHERE, contact_uuid)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{contact_uuid}.json", as_json)
        archive.writestr(f"{contact_uuid}.html", as_page)
    return packed.getvalue()
