"""The search box: what a voucher code, an e-mail, an identifier or a UUID leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action
from piggyadmin.bookings.actions import describe
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.services import (
    UUID,
    find_contact_by_email,
    get_contact,
    look_at_contact_identifier,
)
from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import Rejected
from piggyadmin.piggy.parallel import side_by_side
from piggyadmin.vouchers.services import find_voucher


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is, what it is called, and its page.

    The page may be that of an action, which not everybody may open and whose `fields` are filled
    in; `note` is told to all.
    """

    kind: str
    name: str
    url: str
    action: Action[Any, Any] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def as_seen_by(self, person: User) -> "Hit":
        """Leave the page out where the person may not open it."""
        may_open = self.action is None or self.action.is_allowed_for(person)
        return self if may_open else replace(self, url="")


def search(piggy: PiggyClient, text: str, person: User) -> list[Hit]:
    """Find what a text may mean; a code and an identifier can read the same, so both are asked.

    Raises:
        PiggyError: Piggy could not be asked.
    """
    hits = side_by_side(*(partial(_try, look, piggy, text) for look in _ways_to_look(text)))
    return [hit.as_seen_by(person) for hit in hits if hit]


def _ways_to_look(text: str) -> list[Callable[[PiggyClient, str], Hit | None]]:
    if "@" in text:
        return [_by_email]
    if UUID.fullmatch(text):
        return [_by_contact_uuid, _by_booking_uuid]
    return [_by_voucher_code, _by_identifier]


def _try(
    look: Callable[[PiggyClient, str], Hit | None], piggy: PiggyClient, text: str
) -> Hit | None:
    """Look once; a refusal of what was typed is just no hit."""
    try:
        return look(piggy, text)
    except Rejected:
        return None


def _by_email(piggy: PiggyClient, text: str) -> Hit:
    return _contact_hit(find_contact_by_email(piggy, email=text))


def _by_contact_uuid(piggy: PiggyClient, text: str) -> Hit:
    return _contact_hit(get_contact(piggy, contact_uuid=text))


def _contact_hit(contact: Contact) -> Hit:
    url = reverse("contacts:contact", args=[contact.uuid])
    return Hit(_("Contact"), contact.name or contact.email or contact.uuid or "", url)


def _by_booking_uuid(_piggy: PiggyClient, text: str) -> Hit | None:
    booking = SeenBooking.objects.filter(uuid=text).first()
    if booking is None:
        return None
    return _action_hit(_("Booking"), describe(booking), "update-bookings", booking_uuid=text)


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
    return replace(hit, note=_("It is switched off.") if is_off else _("It is nobody's yet."))


def _action_hit(kind: str, name: str, slug: str, **fields: str) -> Hit:
    action = get_action(slug)
    return Hit(kind, name, action.url, action, fields)
