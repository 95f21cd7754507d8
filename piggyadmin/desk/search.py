"""The search box: what a voucher code, an e-mail, an identifier or a UUID leads to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from piggyadmin.actions.registry import get_action
from piggyadmin.bookings.actions import describe
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.services import (
    UUID,
    find_contact_by_email,
    find_contact_identifier,
    get_contact,
)
from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import Rejected
from piggyadmin.piggy.parallel import side_by_side
from piggyadmin.vouchers.services import find_voucher


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is, what it is called, and its page."""

    kind: str
    name: str
    url: str


def search(piggy: PiggyClient, text: str) -> list[Hit]:
    """Find what a text may mean; a code and an identifier can read the same, so both are asked.

    Raises:
        PiggyError: Piggy could not be asked.
    """
    hits = side_by_side(*(partial(_try, look, piggy, text) for look in _ways_to_look(text)))
    return [hit for hit in hits if hit]


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
    return Hit(_("Booking"), describe(booking), _page("update-bookings", booking_uuid=booking.uuid))


def _by_voucher_code(piggy: PiggyClient, text: str) -> Hit:
    voucher = find_voucher(piggy, code=text)
    return Hit(_("Voucher"), voucher.name or text, _page("find-voucher-by-code", code=text))


def _by_identifier(piggy: PiggyClient, text: str) -> Hit:
    """Go to whose it is; an identifier that is nobody's goes to its own page."""
    identifier = find_contact_identifier(piggy, contact_identifier_value=text)
    if identifier.contact and identifier.contact.uuid:
        url = reverse("contacts:contact", args=[identifier.contact.uuid])
    else:
        url = _page("update-contact-identifiers", contact_identifier_value=text)
    return Hit(_("Identifier"), identifier.name or text, url)


def _page(slug: str, **fields: str) -> str:
    return f"{get_action(slug).url}?{urlencode(fields)}"
