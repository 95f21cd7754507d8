"""Looking an order up."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.orders import services
from piggyadmin.orders.types import Order
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField


class FindOrderForm(ActionForm):
    """Its number."""

    external_identifier = CodeField(
        label=_("Order"), help_text=_("Its number in your own system, or its UUID.")
    )


@register
class FindOrder(Action[Order, None]):
    """Find an order."""

    slug = "find-order"
    entity = "orders"
    label = _("Find an order")
    summary = _("What was bought, by the order's number in your own system, or by UUID.")
    button = _("Find")
    icon = "receipt"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = FindOrderForm
    sample = {"external_identifier": "ORDER-0001"}
    result_template = "orders/_found.html"

    def perform(self, piggy: PiggyClient, data: Data) -> Order:
        """Ask for exactly this one."""
        return services.resolve_order(piggy, query=data["external_identifier"])
