"""Possible duplicates, on the page of a contact."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import REVIEW_DUPLICATES
from piggyadmin.contacts import flags
from piggyadmin.contacts.flags import Flag
from piggyadmin.contacts.panels import Panel, register
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.models import Pair


def possible_duplicate(contact: Contact, person: User) -> Iterator[Flag]:
    """Tell whoever reviews duplicates that there may be one, about which nobody has decided."""
    if not person.has_perm(REVIEW_DUPLICATES):
        return
    pairs = Pair.objects.touching([contact.person_uuid]).undecided()
    if pairs.filter(is_proposed=True).exists():
        yield Flag(gettext("possible duplicate"), "warning", "users")


register(Panel(_("Duplicates"), "duplicates/_contact_panel.html", 10))
flags.register(possible_duplicate)
