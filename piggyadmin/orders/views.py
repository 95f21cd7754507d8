"""The list of orders, and one order."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts.naming import page_with_names
from piggyadmin.orders.known_returns import waiting_returns
from piggyadmin.orders.services import get_order, list_orders
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.codes import uuid_in_small


class OrderList(PiggyPage):
    """All orders; Piggy cannot filter them."""

    template_name = "orders/list.html"
    entity = "orders"
    title = _("Orders")
    intro = _("What customers bought, as far as Piggy was told of it. Piggy cannot filter them.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": page_with_names(list_orders(piggy, page=self.page, limit=30), "contact")}


class OrderPage(PiggyPage):
    """One order, with its lines, and what came back of it without its credits being taken."""

    template_name = "orders/order.html"
    entity = "orders"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read the order."""
        uuid = uuid_in_small(self.kwargs["order_uuid"])
        return {"order": get_order(piggy, order_uuid=uuid), "returns": waiting_returns(uuid)}
