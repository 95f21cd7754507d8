"""What Piggy adds to the offers of the search box: vouchers, cards and customers by exact codes.

It is asked beside what is known here, only for what can be such a code, and only while nobody has
to wait for it. An offer tells of no person what was not typed: whose a card or an address is stands
on the page that it leads to, which keeps who looked at whom.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import LOOK_UP
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import (
    find_contact_by_email,
    get_contact,
    look_at_contact_identifier,
)
from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.throttle import without_waiting
from piggyadmin.piggy.types import UUID
from piggyadmin.reference.cached import known_names
from piggyadmin.ui.query_parsing import looks_like_code
from piggyadmin.vouchers.services import cached_promotions, find_voucher
from piggyadmin.vouchers.wording import in_words

# Shorter codes are typed on, or are found by Enter.
SHORTEST_CODE = 5


class Offer(NamedTuple):
    """One thing that Piggy knows by what was typed.

    Where its page is found by a code, that is sent to `address` as `field`, as no code stands in
    an address; `field` is empty where the address is that of the page.
    """

    label: str
    note: str
    icon: str
    address: str
    field: str = ""


Ask = Callable[[PiggyClient], Offer]


def questions(text: str, person: User) -> list[Ask]:
    """List what Piggy is to be asked about a text; nothing where it can be no code of any kind."""
    if not person.has_perm(LOOK_UP):
        return []
    if "@" in text:
        return [partial(_customer_of_address, text)] if _is_whole_address(text) else []
    if UUID.fullmatch(text):
        return [partial(_customer, text)]
    if len(text) < SHORTEST_CODE or len(text.split()) > 1 or not looks_like_code(text):
        return []
    finds_vouchers = get_action("find-voucher-by-code").is_allowed_for(person)
    return [*([partial(_voucher, text)] if finds_vouchers else []), partial(_card, text)]


def ask(piggy: PiggyClient, text: str, person: User) -> list[Offer]:
    """Ask side by side; where Piggy does not answer at once, or is kept for others, it has none."""
    with without_waiting():
        offers = gather(*(partial(_try, each, piggy) for each in questions(text, person)))
    return [offer for offer in offers if offer]


def read_promotions(piggy: PiggyClient) -> None:
    """Have promotions known by their names, where nobody has read them before."""
    if not known_names(piggy, cached_promotions):
        with suppress(PiggyError), without_waiting():
            cached_promotions(piggy)


def _try(question: Ask, piggy: PiggyClient) -> Offer | None:
    try:
        return question(piggy)
    except PiggyError:
        return None


def _is_whole_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _voucher(text: str, piggy: PiggyClient) -> Offer:
    voucher = find_voucher(piggy, code=text)
    note, find = f"{text} · {in_words(voucher)}", get_action("find-voucher-by-code")
    return Offer(voucher.name or gettext("Voucher"), note, "ticket", find.url, "code")


def _card(text: str, piggy: PiggyClient) -> Offer:
    card = look_at_contact_identifier(piggy, contact_identifier_value=text)
    if card.active is False:
        note = gettext("It is switched off.")
    elif card.contact and card.contact.uuid:
        page = _page_of(card.contact)
        return Offer(text, gettext("a customer's card"), "id-card", page)
    else:
        note = gettext("It is nobody's yet.")
    return Offer(text, note, "id-card", reverse("desk:search"), "q")


def _customer_of_address(text: str, piggy: PiggyClient) -> Offer:
    page = _page_of(find_contact_by_email(piggy, email=text))
    return Offer(text, gettext("a customer's address"), "user-round", page)


def _customer(text: str, piggy: PiggyClient) -> Offer:
    page = _page_of(get_contact(piggy, contact_uuid=text.lower()))
    return Offer(text, gettext("a customer's UUID"), "user-round", page)


def _page_of(contact: Contact) -> str:
    return reverse("contacts:contact", args=[contact.uuid])
