"""What reversals of something that a contact has have in common: which one, and once."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.forms import ListOrPasteField
from piggyadmin.ui.templatetags.ui import in_words

OfContact = Callable[[PiggyClient, str], Choices]


class ListOfOneContact(ListOrPasteField):
    """One of the things that the contact of the same form has, from a list, or its UUID."""

    def __init__(self, *, of_contact: OfContact, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("The newest stand in the list; an older one has its UUID in the timeline's file."),
        )
        super().__init__(choices=list, **kwargs)
        self.of_contact = of_contact

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        """List what the contact has, as soon as it is known who that is."""
        self.choices = lambda: self._of(form)
        return super().get_bound_field(form, field_name)

    def _of(self, form: ActionForm) -> Choices:
        found = getattr(form, "cleaned_data", {}).get("contact_uuid")
        uuid = found.uuid if isinstance(found, Contact) else form.initial.get("contact_uuid")
        try:
            return self.of_contact(form.piggy, uuid) if uuid else []
        except PiggyError:
            return []

    def read(self, text: str) -> str:
        """Take a UUID in any capitals for the same one."""
        return uuid_in_small(super().read(text))


def refuse_reversed(slug: str, field: str, uuid: str) -> None:
    """Say who has reversed it here before, and when; Piggy would only refuse.

    Raises:
        Refused: somebody has.
    """
    before = Entry.objects.filter(
        action=slug, status__state__in=HAPPENED, **{f"data__{field}": uuid}
    ).first()
    if before:
        words = gettext("%(name)s has reversed this on %(when)s. Piggy allows it once.")
        who = {"name": before.person_name, "when": in_words(before.created_at)}
        raise Refused({field: words % who})
