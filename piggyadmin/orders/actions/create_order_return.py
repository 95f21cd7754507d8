"""Noting what came back of an order, without taking the credits for it yet."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.orders import services
from piggyadmin.orders.actions.create_and_process_order_return import OrderReturnAction, parts_of
from piggyadmin.orders.types import OrderReturn
from piggyadmin.piggy.client import PiggyClient


@register
class CreateOrderReturn(OrderReturnAction[OrderReturn]):
    """Note what came back of an order."""

    slug = "create-order-return"
    label = _("Note what came back of an order")
    summary = _("Keeps what came back of an order. The credits for it are taken later, or not.")
    button = _("Note it")
    icon = "package-open"
    sample = {
        "order_uuid": "ORDER-0001",
        "line_items-0-label": "Oat latte",
        "line_items-0-value": "1",
        "external_identifier": "RETURN-0002",
    }
    result_template = "orders/_return_noted.html"
    result_type = OrderReturn
    is_processed = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say how much came back, of which order, and whose it is."""
        return Sentence(
            _("%(who)s noted that %(amount)s of order %(number)s came back from %(customer)s"),
            _("note that %(amount)s of order %(number)s came back from %(customer)s"),
            parts_of(matter),
        )

    def perform(self, piggy: PiggyClient, data: Data) -> OrderReturn:
        """Note it."""
        return services.create_order_return(piggy, order_return=self.as_new(piggy, data))
