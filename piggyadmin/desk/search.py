"""The search box: what a code, an address, an identifier, a UUID or a name leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import describe
from piggyadmin.contacts.services import (
    find_contact_by_email,
    get_contact,
    look_at_contact_identifier,
)
from piggyadmin.contacts.traces import find_departed, last_owner
from piggyadmin.contacts.types import Contact
from piggyadmin.desk.suggestions import promotions_named
from piggyadmin.duplicates.mirror import text_search
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import FORBIDDEN, Rejected
from piggyadmin.piggy.types import UUID
from piggyadmin.ui.query_parsing import find_meant
from piggyadmin.vouchers.services import cached_promotions, find_voucher


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is, what it is called, and its page.

    The page may be that of an action, which not everybody may open and whose `fields` are filled
    in; `otherwise` is that for the others, and `note` is told to all. `meant` is what it was found
    by, `is_off` tells that it is a card that is switched off.
    """

    kind: str
    name: str
    url: str
    action: Action[Any, Any] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    meant: str = ""
    otherwise: str = ""
    is_off: bool = False

    def as_seen_by(self, person: User) -> "Hit":
        """Lead elsewhere, or nowhere, where the person may not open the page."""
        may_open = self.action is None or self.action.is_allowed_for(person)
        return self if may_open else replace(self, url=self.otherwise, action=None, fields={})


def search(piggy: PiggyClient, text: str, person: User) -> list[Hit]:
    """Find all that is called so; where nothing is, what may be meant by it.

    Raises:
        PiggyError: Piggy could not be asked.
    """
    hits = _ask(piggy, [text]) or _departed(text) or [*_promotions(piggy, text), *_by_name(text)]
    hits = hits or _ask_what_is_meant(piggy, text)
    told = [_with_owner(hit) if hit.is_off else hit for hit in hits]
    return [hit.as_seen_by(person) for hit in told]


def _ask_what_is_meant(piggy: PiggyClient, text: str) -> list[Hit]:
    """Find the codes within a text, and what is written so but for the capital letters."""
    hits = find_meant(text, partial(_ask, piggy), attrgetter("meant"))
    return list({(hit.kind, hit.name, hit.url, str(hit.fields)): hit for hit in hits}.values())


def _ask(piggy: PiggyClient, texts: list[str]) -> list[Hit]:
    """Ask side by side for all that these texts could be; bookings are known here alone."""
    asked = [(text, look) for text in texts for look in _ways_to_look(text)]
    hits = gather(*(partial(_try, look, piggy, text) for text, look in asked))
    found = [(text, hit) for (text, _look), hit in zip(asked, hits, strict=True)]
    found += [(text, _by_booking_uuid(text)) for text in texts]
    return [replace(hit, meant=text) for text, hit in found if hit]


def _departed(text: str) -> list[Hit]:
    """Lead to what became of a contact that is no more, by the UUID, address or card it had."""
    return [
        Hit(
            _("Customer"),
            text,
            reverse("contacts:contact", args=[each.contact_uuid]),
            note=each.words,
            meant=text,
        )
        for each in find_departed(text)
    ]


def _by_name(text: str) -> list[Hit]:
    """Find mirrored contacts by a part of what they are called; Piggy cannot be asked for that."""
    found = text_search.find(text)
    return [
        Hit(
            _("Customer"),
            row.called,
            reverse("contacts:contact", args=[row.uuid]),
            note=row.reached_by,
            meant=text if found.is_exact else row.called,
        )
        for row in found.contacts
    ]


def _promotions(piggy: PiggyClient, text: str) -> list[Hit]:
    """Find promotions by words of their names."""
    cached_promotions(piggy)
    kind = _("Promotion")
    return [Hit(kind, each.label, each.url, meant=text) for each in promotions_named(text)]


def _ways_to_look(text: str) -> list[Callable[[PiggyClient, str], Hit | None]]:
    """Give all that a text could be: a code or a card may look like an address or a UUID."""
    ways: list[Callable[[PiggyClient, str], Hit | None]] = [_by_voucher_code, _by_identifier]
    if "@" in text:
        return [_by_email, *ways]
    return [_by_contact_uuid, *ways] if UUID.fullmatch(text) else ways


def _try(
    look: Callable[[PiggyClient, str], Hit | None], piggy: PiggyClient, text: str
) -> Hit | None:
    """Look once; a refusal of what was typed is just no hit."""
    try:
        return look(piggy, text)
    except Rejected as error:
        if error.status == FORBIDDEN:
            raise
        return None


def _by_email(piggy: PiggyClient, text: str) -> Hit:
    return _contact_hit(find_contact_by_email(piggy, email=text))


def _by_contact_uuid(piggy: PiggyClient, text: str) -> Hit:
    return _contact_hit(get_contact(piggy, contact_uuid=text.lower()))


def _contact_hit(contact: Contact) -> Hit:
    url = reverse("contacts:contact", args=[contact.uuid])
    return Hit(_("Customer"), contact.called, url)


def _by_booking_uuid(text: str) -> Hit | None:
    booking = SeenBooking.objects.filter(uuid__in={text, text.lower()}).first()
    if booking is None:
        return None
    return Hit(_("Booking"), describe(booking), reverse("bookings:booking", args=[booking.key]))


def _by_voucher_code(piggy: PiggyClient, text: str) -> Hit:
    voucher = find_voucher(piggy, code=text)
    return _action_hit(_("Voucher"), voucher.name or text, "find-voucher-by-code", code=text)


def _by_identifier(piggy: PiggyClient, text: str) -> Hit:
    """Go to whose it is; an identifier that is nobody's or off goes to its own page."""
    identifier = look_at_contact_identifier(piggy, contact_identifier_value=text)
    kind, name = _("Identifier"), identifier.name or text
    if identifier.contact and identifier.contact.uuid:
        return Hit(kind, name, reverse("contacts:contact", args=[identifier.contact.uuid]))
    hit = _action_hit(kind, name, "update-contact-identifiers", contact_identifier_value=text)
    is_off = identifier.active is False
    note = _("It is switched off.") if is_off else _("It is nobody's yet.")
    return replace(hit, note=note, is_off=is_off)


def _with_owner(hit: Hit) -> Hit:
    """Say whose a card was that is off, as far as that is known here."""
    owner = last_owner(hit.fields["contact_identifier_value"])
    if owner is None:
        return hit
    words = _("It is switched off. When it was last changed here, it belonged to %(name)s.")
    found = _contact_hit(owner)
    return replace(hit, note=words % {"name": found.name}, otherwise=found.url)


def _action_hit(kind: str, name: str, slug: str, **fields: str) -> Hit:
    action = get_action(slug)
    return Hit(kind, name, action.url, action, fields)
