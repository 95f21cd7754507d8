"""Who is mailed a voucher, as Piggy knows them at this moment, and why somebody is not.

It is found out twice: for the preview, and again just before a mail leaves, as people unsubscribe,
use their vouchers and change their addresses in between.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import formats, timezone
from django.utils.translation import gettext

from piggyadmin.contacts.services import get_contact
from piggyadmin.contacts.types import Contact, Subscription
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PASSING, NotFound, PiggyError
from piggyadmin.ui.states import status_word
from piggyadmin.voucher_mails.placeholders import NothingToFillInError, fill_in, in_one_line
from piggyadmin.vouchers.services import find_voucher
from piggyadmin.vouchers.types import Voucher

# What somebody can still use, now or from some day on.
USABLE = {"ACTIVE", "INACTIVE"}


class LeftOut(Exception):  # noqa: N818  (nothing is wrong with that)
    """A voucher is not mailed, and why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Recipient(NamedTuple):
    """Who is mailed, and what the places of the text are filled in with."""

    contact_uuid: str
    email: str
    values: Mapping[str, str]


def find_recipient(piggy: PiggyClient, code: str, *, kind: str) -> Recipient:
    """Find who is mailed the voucher with this code, as one of this kind of messages.

    Raises:
        LeftOut: nobody is.
        PiggyError: Piggy cannot be asked now.
    """
    if not code:
        raise LeftOut(gettext("Its code is no longer kept here."))
    try:
        voucher = find_voucher(piggy, code=code)
        _insist_on_usable(voucher)
        contact = _whose(piggy, voucher)
    except PASSING:
        raise
    except PiggyError as error:
        raise LeftOut(str(error.message)) from error
    email = _address_of(contact)
    _insist_on_wish(contact, kind)
    return Recipient(contact.person_uuid, email, _values(voucher, contact))


def insist_on_values(recipient: Recipient, *texts: str) -> None:
    """Insist on something to fill in for each place of these texts.

    Raises:
        LeftOut: of one of them nothing is known.
    """
    try:
        for text in texts:
            fill_in(text, recipient.values)
    except NothingToFillInError as error:
        words = gettext(
            "There is nothing to write for {%(name)s}. Write {%(name)s|…} in the text, with what "
            "stands there otherwise."
        )
        raise LeftOut(words % {"name": error.name}) from error


def _insist_on_usable(voucher: Voucher) -> None:
    if voucher.status not in USABLE:
        words = gettext("The voucher cannot be used: %(status)s.")
        raise LeftOut(words % {"status": status_word(voucher.status)})


def _whose(piggy: PiggyClient, voucher: Voucher) -> Contact:
    uuid = voucher.contact and voucher.contact.uuid
    if not uuid:
        raise LeftOut(gettext("The voucher is for nobody in particular."))
    try:
        return get_contact(piggy, contact_uuid=uuid)
    except NotFound as error:
        raise LeftOut(gettext("The customer is no longer there.")) from error


def _address_of(contact: Contact) -> str:
    email = contact.own_email
    if not email:
        raise LeftOut(gettext("The customer has no e-mail address."))
    try:
        validate_email(email)
    except ValidationError as error:
        raise LeftOut(gettext("The e-mail address is not one.")) from error
    return email


def _insist_on_wish(contact: Contact, kind: str) -> None:
    """Insist that somebody wants this kind of messages, and has confirmed that where it is asked.

    Raises:
        LeftOut: they do not, or nobody tells.
    """
    told = [each for each in contact.subscriptions if _is_of(each, kind)]
    if any(each.is_wanted is False for each in told):
        raise LeftOut(gettext("The customer has unsubscribed from these messages."))
    if any(each.status == "PENDING_CONFIRMATION" for each in told):
        raise LeftOut(gettext("The customer has not confirmed yet that they want these messages."))
    if not any(each.is_wanted for each in told):
        raise LeftOut(gettext("Piggy does not tell whether the customer wants these messages."))


def _is_of(subscription: Subscription, kind: str) -> bool:
    return bool(subscription.subscription_type and subscription.subscription_type.key == kind)


def _values(voucher: Voucher, contact: Contact) -> dict[str, str]:
    end = voucher.expiration_date
    values = {
        "code": voucher.code,
        "first_name": contact.firstname,
        "last_name": contact.lastname,
        "promotion": (voucher.promotion and voucher.promotion.name) or voucher.name,
        "good_until": formats.date_format(timezone.localtime(end)) if end else "",
    }
    return {name: in_one_line(value) for name, value in values.items()}
