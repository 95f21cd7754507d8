"""The fields in which attributes and their groups are chosen and described."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.records import ChangedRecordForm, NewRecordForm, RecordKeyField
from piggyadmin.contacts.actions.create_contact_attribute import CreateContactAttributeForm
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.custom_attributes import services
from piggyadmin.custom_attributes.entities import ATTRIBUTED
from piggyadmin.custom_attributes.types import AttributeGroup, CustomAttribute
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CleanCharField, CleanTextField, CodeField, OptionRowsField


def find_attribute(piggy: PiggyClient, *, entity: str, name: str) -> CustomAttribute | None:
    """Find an attribute of an entity by its name; None where there is none.

    Raises:
        PiggyError: as the services do.
    """
    found = services.list_custom_attributes(piggy, entity=entity)
    ours = (each for each in found if each.entity in {None, entity})
    return next((each for each in ours if each.name == name), None)


def in_form(record: ContactAttribute) -> dict[str, Any]:
    """Give what stands of an attribute of any entity in the fields of a form."""
    return {
        "name": record.name or "",
        "label": record.label or "",
        "data_type": record.type or "",
        "description": record.description or "",
        "options": [
            {"label": each.label or each.value or "", "value": each.value or ""}
            for each in record.options
        ],
    }


class EntityField(forms.ChoiceField):
    """What has the attributes."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("Choose…")), *ATTRIBUTED.items()]
        super().__init__(label=_("Of"), choices=choices, **kwargs)


class CustomAttributeForm(ActionForm):
    """Which attribute."""

    entity = EntityField()
    custom_attribute_name = CodeField(
        label=_("Name"), help_text=_("The key that other systems use, such as shoe_size.")
    )


class CreateCustomAttributeForm(NewRecordForm, CreateContactAttributeForm):
    """A new attribute, whose name is still free for what shall have it."""

    key = "name"
    taken = _("There is an attribute with this name already.")
    field_order = ("entity",)
    folded = ("description", "group_name")

    entity = EntityField()
    group_name = CodeField(
        label=_("Group"),
        required=False,
        help_text=_("The name of the group that it stands in, if there is one."),
    )

    def find_same(self, data: Any) -> CustomAttribute | None:
        """Find the attribute of this name."""
        return find_attribute(self.piggy, entity=data["entity"], name=data["name"])


class UpdateCustomAttributeForm(ChangedRecordForm):
    """An attribute, and what shall be different about it."""

    keys = ("entity", "custom_attribute_name")
    folded = ("description", "group_name")

    entity = EntityField(widget=forms.HiddenInput())
    custom_attribute_name = RecordKeyField(label=_("Name"))
    label = CleanCharField(label=_("Label"), help_text=_("What people read."))
    options = OptionRowsField(label=_("Options"), required=False)
    description = CleanTextField(label=_("Description"), required=False, max_length=1000)
    group_name = CodeField(label=_("Group"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial and not self.initial.get("options"):
            del self.fields["options"]

    @property
    def changeable(self) -> list[str]:
        """The fields that can be changed: options only where there are some."""
        return [name for name in super().changeable if name in self.fields]


class CreateAttributeGroupForm(NewRecordForm):
    """A new group, whose name is still free for what shall have it."""

    key = "name"

    entity = EntityField()
    name = CleanCharField(
        label=_("Name"),
        help_text=_("The key that other systems use. It can never be changed."),
    )
    label = CleanCharField(
        label=_("Label"), required=False, help_text=_("What people read. Left open: the name.")
    )

    def find_same(self, data: Any) -> AttributeGroup | None:
        """Find the group of this name."""
        groups = services.list_attribute_groups(self.piggy, entity=data["entity"])
        ours = (each for each in groups if each.entity in {None, data["entity"]})
        return next((each for each in ours if each.name == data["name"]), None)
