"""Possible duplicates, on the page of a contact."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import REVIEW_DUPLICATES
from piggyadmin.contacts import flags
from piggyadmin.contacts.flags import Flag
from piggyadmin.contacts.panels import Panel, register
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.models import Pair
from piggyadmin.duplicates.review.rows import others_of_contact, pairs_of_contact


def read_others(person: User, contact_uuid: str) -> dict[str, Any]:
    """Read who else a contact may be, for whoever reviews duplicates."""
    may_review = person.has_perm(REVIEW_DUPLICATES)
    return {"other_ones": others_of_contact(contact_uuid) if may_review else []}


def possible_duplicate(contact: Contact, person: User) -> Iterator[Flag]:
    """Tell whoever reviews duplicates that there may be one, about which nobody has decided."""
    if not person.has_perm(REVIEW_DUPLICATES):
        return
    pairs = pairs_of_contact(contact.person_uuid)
    if any(pair.is_proposed and pair.status in Pair.UNDECIDED for pair in pairs):
        yield Flag(gettext("possible duplicate"), "warning", "users")


register(Panel(_("Duplicates"), "duplicates/_contact_panel.html", 10, here=read_others))
flags.register(possible_duplicate)
