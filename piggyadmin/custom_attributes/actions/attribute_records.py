"""Making and changing attributes of whatever can have them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.records import CreateForGood, RecordAction, UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.custom_attributes import services
from piggyadmin.custom_attributes.forms import (
    CreateCustomAttributeForm,
    CustomAttributeForm,
    UpdateCustomAttributeForm,
    find_attribute,
    in_form,
)
from piggyadmin.custom_attributes.types import CustomAttribute
from piggyadmin.ledger.operations import Data, PreviewModel, Result
from piggyadmin.ledger.sentences import Matter
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound

FINAL = _(
    "The name and the type are final: they can never be changed, and Piggy offers no way to "
    "delete an attribute."
)


class AttributeAction(RecordAction[Result, PreviewModel]):
    """What is done to an attribute."""

    entity = "custom_attributes"
    facts_template = "custom_attributes/_attribute.html"
    list_page = "custom_attributes:list"
    role = Role.ADMIN

    def find(self, piggy: PiggyClient, data: Data) -> CustomAttribute:
        """Find it by what has it, and by its name."""
        name = data["custom_attribute_name"]
        found = find_attribute(piggy, entity=data["entity"], name=name)
        if found is None:
            raise NotFound
        return found

    def as_filled(self, record: CustomAttribute) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {**in_form(record), "group_name": record.group_name or ""}

    def name_of(self, record: CustomAttribute) -> str:
        """Give what people read."""
        return record.label or record.name or ""


@register
class CreateCustomAttribute(AttributeAction[CustomAttribute, Any], CreateForGood[CustomAttribute]):
    """Make an attribute."""

    slug = "create-custom-attribute"
    label = _("Create an attribute")
    summary = _("A new field on every voucher, booking, reward or other thing.")
    icon = "list-plus"
    form_class = CreateCustomAttributeForm
    sample = {
        "entity": "voucher",
        "name": "table_size",
        "label": "Table size",
        "data_type": "select",
        "options-0-label": "For two",
        "options-0-value": "two",
    }
    result_type = CustomAttribute
    consequences = FINAL
    done_words = _("%(who)s created the attribute “%(name)s”")
    wanted_words = _("create the attribute “%(name)s”")

    def name_in(self, matter: Matter) -> str:
        """Name it as people read it."""
        return str(matter.asked("label") or super().name_in(matter))

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> CustomAttribute:
        """Make it, called as its name where nothing else is said."""
        return services.create_custom_attribute(piggy, **{"label": data["name"], **data})


@register
class UpdateCustomAttribute(AttributeAction[CustomAttribute, Any], UpdateRecord[CustomAttribute]):
    """Change an attribute."""

    slug = "update-custom-attribute"
    label = _("Change an attribute")
    summary = _("Its label, options, description or group. Name and type are final.")
    icon = "pencil"
    keys = ("entity", "custom_attribute_name")
    look_up_form_class = CustomAttributeForm
    form_class = UpdateCustomAttributeForm
    sample = {"entity": "voucher", "custom_attribute_name": "plu", "label": "PLU at the till"}
    result_type = CustomAttribute
    done_words = _("%(who)s changed the attribute “%(name)s”")
    wanted_words = _("change the attribute “%(name)s”")

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> CustomAttribute:
        """Write what differs."""
        which = {key: data[key] for key in self.keys}
        return services.update_custom_attribute(piggy, **which, **changed)
