"""New attributes of contacts."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Refused
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CleanCharField, CleanTextField, DataTypeSelect, OptionRowsField

# The 21 data types (docs), with a word for people.
DATA_TYPES = {
    "text": _("Text"),
    "long_text": _("Long text"),
    "rich_text": _("Formatted text"),
    "number": _("Whole number"),
    "float": _("Decimal number"),
    "boolean": _("Yes or no"),
    "select": _("One of several options"),
    "multi_select": _("Some of several options"),
    "date": _("Date"),
    "date_time": _("Date and time"),
    "date_range": _("Period of days"),
    "time_range": _("Period of the day"),
    "birth_date": _("Date of birth"),
    "email": _("E-mail address"),
    "phone": _("Phone number"),
    "url": _("Web address"),
    "color": _("Colour"),
    "identifier": _("Identifier"),
    "license_plate": _("License plate"),
    "file_upload": _("File"),
    "media_upload": _("Picture or video"),
}
WITH_OPTIONS = {"select", "multi_select"}


class CreateContactAttributeForm(ActionForm):
    """What a new attribute is called and holds."""

    folded: tuple[str, ...] = ("description",)

    name = CleanCharField(
        label=_("Name"),
        help_text=_("The key that other systems use, such as shoe_size. It can never be changed."),
    )
    label = CleanCharField(
        label=_("Label"), required=False, help_text=_("What people read. Left open: the name.")
    )
    data_type = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("Choose…")), *DATA_TYPES.items()],
        help_text=_("It can never be changed."),
        widget=DataTypeSelect(with_options=WITH_OPTIONS),
    )
    description = CleanTextField(label=_("Description"), required=False, max_length=1000)
    options = OptionRowsField(
        label=_("Options"), required=False, help_text=_("For “one” or “some of several options”.")
    )

    def clean(self) -> dict[str, Any]:
        """Insist on options where there is a choice, and on none elsewhere."""
        data = super().clean()
        if {"options", "data_type"} & set(self.errors):
            return data
        has_choice = data.get("data_type") in WITH_OPTIONS
        if has_choice and not data["options"]:
            self.add_error("options", _("This type needs at least one option."))
        elif data["options"] and not has_choice:
            self.add_error("options", _("Only “one” or “some of several options” has options."))
        return data


class AttributeToCreate(Preview):
    """An attribute that would be there for good."""

    name: str
    label: str
    type_label: str
    options: list[dict[str, str]]

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Create 1 attribute")


@register
class CreateContactAttribute(Action[ContactAttribute, AttributeToCreate]):
    """Add an attribute to every contact."""

    slug = "create-contact-attribute"
    entity = "contacts"
    label = _("Create a customer attribute")
    summary = _("A new field on every customer. Its name and type are final.")
    button = _("Create for good")
    icon = "list-plus"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = CreateContactAttributeForm
    sample = {
        "name": "shoe_size",
        "label": "Shoe size",
        "data_type": "select",
        "options-0-label": "42",
        "options-0-value": "42",
    }
    preview_template = "contacts/_attribute_to_create.html"
    result_template = "contacts/_attribute.html"
    result_type = ContactAttribute

    def sentence(self, matter: Matter) -> Sentence:
        """Say what it is called."""
        return Sentence(
            _("%(who)s created the customer attribute “%(label)s”"),
            _("create the customer attribute “%(label)s”"),
            {"label": matter.asked("label") or matter.asked("name")},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the attribute is there; right before it was asked for it was not."""
        asked = entry.data
        attributes = services.list_contact_attributes(piggy)
        found = next((each for each in attributes if each.name == asked["name"]), None)
        if found:
            fits = _is_as_asked(found, asked)
            evidence = Evidence(
                what=found.name or "", value=f"{found.label} ({found.type})", fits=fits
            )
            if not fits or changed_since(entry, "name").exists():
                words = gettext("There is one of this name, but it may be somebody else's.")
                return undecided(words, evidence)
            return done(gettext("The attribute is there."), evidence, result=found)
        if not has_settled(entry):
            return undecided(gettext("The attribute is not there yet."))
        return not_done(gettext("The attribute is not there."))

    def preview(self, piggy: PiggyClient, data: Data) -> AttributeToCreate:
        """Refuse a name that is taken, and show once more what is final."""
        taken = {attribute.name for attribute in services.list_contact_attributes(piggy)}
        if data["name"] in taken:
            raise Refused({"name": gettext("There is an attribute with this name already.")})
        return AttributeToCreate(
            name=data["name"],
            label=data["label"] or data["name"],
            type_label=str(DATA_TYPES[data["data_type"]]),
            options=data["options"],
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ContactAttribute:
        """Create it."""
        return services.create_contact_attribute(
            piggy,
            name=data["name"],
            data_type=data["data_type"],
            label=data["label"] or data["name"],
            description=data["description"] or None,
            options=data["options"] or None,
        )


def _is_as_asked(found: ContactAttribute, asked: dict[str, Any]) -> bool:
    """Compare an attribute with what was asked for; its description is free text."""
    options = {each.value for each in found.options}
    return (
        found.type == asked["data_type"]
        and found.label == (asked["label"] or asked["name"])
        and options == {each["value"] for each in asked["options"]}
    )
