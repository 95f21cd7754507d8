"""New attributes of loyalty transactions, which whoever gives credits can fill in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateForGood, NewRecordForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.actions.create_contact_attribute import CreateContactAttributeForm
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.credits import services
from piggyadmin.custom_attributes.actions.attribute_records import FINAL
from piggyadmin.custom_attributes.forms import in_form
from piggyadmin.ledger.sentences import Matter
from piggyadmin.piggy.client import PiggyClient


class CreateLoyaltyTransactionAttributeForm(NewRecordForm, CreateContactAttributeForm):
    """A new attribute, whose name no other attribute of transactions has."""

    key = "name"
    taken = _("There is an attribute with this name already.")

    def find_same(self, data: Any) -> ContactAttribute | None:
        """Find the attribute of this name."""
        attributes = services.list_loyalty_transaction_attributes(self.piggy)
        return next((each for each in attributes if each.name == data["name"]), None)


@register
class CreateLoyaltyTransactionAttribute(CreateForGood[ContactAttribute]):
    """Add an attribute to every loyalty transaction."""

    slug = "create-loyalty-transaction-attribute"
    entity = "credits"
    label = _("Create an attribute of transactions")
    summary = _("A new field on every gift of credits, such as the number of the receipt.")
    icon = "list-plus"
    form_class = CreateLoyaltyTransactionAttributeForm
    facts_template = "custom_attributes/_attribute.html"
    list_page = "credits:program"
    sample = {"name": "cashier", "label": "Cashier", "data_type": "text"}
    result_type = ContactAttribute
    consequences = FINAL
    done_words = _("%(who)s created the attribute “%(name)s” of transactions")
    wanted_words = _("create the attribute “%(name)s” of transactions")

    def name_in(self, matter: Matter) -> str:
        """Name it as people read it."""
        return str(matter.asked("label") or super().name_in(matter))

    def as_filled(self, record: ContactAttribute) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return in_form(record)

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> ContactAttribute:
        """Make it, called as its name where nothing else is said."""
        asked = {"label": data["name"], **data}
        return services.create_loyalty_transaction_attribute(piggy, **asked)
