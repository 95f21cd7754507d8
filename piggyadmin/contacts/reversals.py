"""What is done with one of the things that a contact has: which one; and reversals, once."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.forms import ActionForm, Choices
from piggyadmin.actions.registry import actions
from piggyadmin.contacts.forms import ContactField, ContactForm
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, PreviewModel, Refused, Result
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.forms import ListOrPasteField
from piggyadmin.ui.templatetags.ui import in_words

OfContact = Callable[[PiggyClient, str], Choices]


class ListOfOneContact(ListOrPasteField):
    """One of the things that the contact of the same form has, from a list, or its UUID."""

    def __init__(self, *, of_contact: OfContact, reversed_by: str = "", **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("The newest stand in the list; an older one has its UUID in the timeline's file."),
        )
        super().__init__(choices=list, **kwargs)
        self.widget.none_words = _("There is nothing to choose from for this customer.")
        self.of_contact = of_contact
        # The action that takes one of them back, once; none where Piggy's list tells by itself.
        self.reversed_by = reversed_by

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        """List what the contact has, as soon as it is known who that is."""
        self.choices = lambda: self._of(form, field_name)
        return super().get_bound_field(form, field_name)

    def _of(self, form: ActionForm, name: str) -> Choices:
        found = getattr(form, "cleaned_data", {}).get("contact_uuid")
        uuid = found.uuid if isinstance(found, Contact) else form.initial.get("contact_uuid")
        several = self.of_contact(form.piggy, uuid) if uuid else []
        if not several or not self.reversed_by:
            return several
        spent = reversed_of(uuid or "", {self.reversed_by: name})
        return [choice for choice in several if choice[0] not in {*spent, *spent.values()}]

    def read(self, text: str) -> str:
        """Take a UUID in any capitals for the same one."""
        return uuid_in_small(super().read(text))


def reversals() -> dict[str, str]:
    """Give every action that reverses something, with the field that says what."""
    return {each.slug: each.field for each in actions() if isinstance(each, ReversalAction)}


def reversed_of(contact_uuid: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Give what of a contact was reversed here before by some actions, each with its field.

    Each with what Piggy booked against it, which is empty where that is not known.
    """
    done = Entry.objects.filter(status__state__in=HAPPENED, events__kind__in=HAPPENED)
    rows = done.filter(action__in=fields, data__contact_uuid=contact_uuid).values_list(
        "action", "data", "events__detail__result__uuid"
    )
    found = ((data.get(fields[action]), booked) for action, data, booked in rows)
    return {str(uuid): str(booked or "") for uuid, booked in found if uuid}


def reversal_of(slug: str, field: str, uuid: str) -> Entry | None:
    """Find the entry by which something was reversed here, if it was."""
    done = Entry.objects.filter(action=slug, status__state__in=HAPPENED)
    return done.filter(**{f"data__{field}": uuid}).first()


def refuse_reversed(slug: str, field: str, uuid: str) -> None:
    """Say who has reversed it here before, and when; Piggy would only refuse.

    Raises:
        Refused: somebody has.
    """
    before = reversal_of(slug, field, uuid)
    if before:
        words = gettext("%(name)s has reversed this on %(when)s. Piggy allows it once.")
        who = {"name": before.person_name, "when": in_words(before.created_at)}
        raise Refused({field: words % who})


class OneOfContactForm(ContactForm):
    """Which of the things that a contact has; a subclass lists them."""

    # It was found first: of another one other things would have to stand in the list.
    contact_uuid = ContactField(widget=forms.TextInput(attrs={"readonly": True}))


class OneOfContactAction(Action[Result, PreviewModel], Generic[Result, PreviewModel]):
    """Do something with one thing of a contact: whose is asked first, then which one."""

    # The field that says which one, in both forms.
    field: ClassVar[str]

    effect = Effect.WRITE
    role = Role.STAFF
    found_template = "contacts/_whose.html"

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same one."""
        return [data[self.field]]

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:  # noqa: ARG002
        """Say of whom those are that stand in the list."""
        contact, which = data["contact_uuid"], {self.field: data[self.field]}
        return LookUp(initial={"contact_uuid": contact.uuid, **which}, found=contact)


class ReversalAction(OneOfContactAction[Result, PreviewModel], Generic[Result, PreviewModel]):
    """Take back something of a contact, wholly and once."""

    button = _("Reverse it")
    icon = "undo-2"
    asks_reason = True

    def done_before(self, data: Mapping[str, str]) -> Entry | None:
        """Give what reversed the same."""
        return reversal_of(self.slug, self.field, data[self.field])
