"""New groups, under which attributes stand."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateForGood
from piggyadmin.actions.registry import register
from piggyadmin.custom_attributes import services
from piggyadmin.custom_attributes.forms import CreateAttributeGroupForm
from piggyadmin.custom_attributes.types import AttributeGroup
from piggyadmin.ledger.sentences import Matter
from piggyadmin.piggy.client import PiggyClient


@register
class CreateAttributeGroup(CreateForGood[AttributeGroup]):
    """Make a group of attributes."""

    slug = "create-attribute-group"
    entity = "custom_attributes"
    label = _("Create a group")
    summary = _("A heading under which attributes stand.")
    icon = "group"
    form_class = CreateAttributeGroupForm
    facts_template = "custom_attributes/_group.html"
    list_page = "custom_attributes:list"
    sample = {"entity": "voucher", "name": "till", "label": "At the till"}
    result_type = AttributeGroup
    consequences = _("Its name is final, and Piggy offers no way to delete a group.")
    done_words = _("%(who)s created the attribute group “%(name)s”")
    wanted_words = _("create the attribute group “%(name)s”")

    def name_in(self, matter: Matter) -> str:
        """Name it as people read it."""
        return str(matter.asked("label") or super().name_in(matter))

    def as_filled(self, record: AttributeGroup) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {"name": record.name or "", "label": record.label or ""}

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> AttributeGroup:
        """Make it."""
        return services.create_attribute_group(piggy, **data)
