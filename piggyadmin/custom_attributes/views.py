"""The page of attributes and their groups, by what has them."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.record_views import RecordList
from piggyadmin.contacts.actions.create_contact_attribute import DATA_TYPES
from piggyadmin.custom_attributes.entities import ATTRIBUTED
from piggyadmin.custom_attributes.services import list_attribute_groups, list_custom_attributes
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.filters import FilteredList, StatedFilter

SHOWN_FIRST = "contact"


class AttributeFilter(StatedFilter):
    """Of what to show the attributes."""

    own_words = frozenset({"entity"})

    entity = forms.ChoiceField(label=_("Of"), required=False, choices=list(ATTRIBUTED.items()))


class AttributeList(RecordList, FilteredList):
    """The attributes of one entity, and the groups that they stand in."""

    template_name = "custom_attributes/list.html"
    filter_class = AttributeFilter
    list_name = "custom_attributes:list"
    entity = "custom_attributes"
    title = _("Attributes")
    intro = _("The fields that customers, vouchers, rewards and other things have.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read attributes and groups side by side."""
        form = AttributeFilter(self.query)
        entity = form.values.get("entity") or SHOWN_FIRST
        attributes, groups = gather(
            partial(list_custom_attributes, piggy, entity=entity),
            partial(list_attribute_groups, piggy, entity=entity),
        )
        return {
            "rows": [(each, DATA_TYPES.get(each.type or "", each.type)) for each in attributes],
            "groups": groups,
            "chosen": entity,
            "form": form,
            "list_name": self.list_name,
        }
