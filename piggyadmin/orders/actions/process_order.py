"""Giving the credits for an order that is there."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, Preview, Quantity, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.orders import services
from piggyadmin.orders.actions.create_order import simulated
from piggyadmin.orders.forms import OrderField
from piggyadmin.orders.types import OrderResult
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.templatetags.ui import in_words, number


class OrderToProcess(Preview):
    """What an order would give, in credits; its amount in cents."""

    contact: Contact | None
    order_uuid: str
    number: str
    total: int
    gives: int | None  # None where Piggy has not told
    new_balance: int | None

    @property
    def gives_unknown(self) -> bool:
        """Whether nobody can tell how many it gives."""
        return self.gives is None

    @property
    def button(self) -> str:
        """Repeat on the button how many credits it gives."""
        if self.gives is None:
            return str(ProcessOrder.button)
        words = ngettext("Give %(count)s credit", "Give %(count)s credits", self.gives)
        return words % {"count": number(self.gives)}

    def decisive(self) -> dict[str, Any]:
        """Agree to which order, and what it gives."""
        return {"order": self.order_uuid, "gives": self.gives}


class ProcessOrderForm(ActionForm):
    """Which order."""

    order_uuid = OrderField()


@register
class ProcessOrder(Action[OrderResult, OrderToProcess]):
    """Give the credits for an order."""

    slug = "process-order"
    entity = "orders"
    label = _("Give the credits for an order")
    summary = _("Processes an order that is at Piggy already. It gives its credits once.")
    button = _("Process the order")
    icon = "hand-coins"
    effect = Effect.WRITE
    credits_moved = Quantity(("preview.gives",))
    role = Role.STAFF
    form_class = ProcessOrderForm
    sample = {"order_uuid": "ORDER-0001"}
    preview_template = "orders/_to_process.html"
    result_template = "orders/_processed.html"
    result_type = OrderResult
    cannot_be_settled = _(
        "Piggy does not tell whether an order was processed. Look at the customer's credits, then "
        "decide. Piggy refuses to process it twice, so that asking once more does no harm."
    )

    def subjects(self, data: Data, preview: OrderToProcess | None) -> dict[str, str]:  # noqa: ARG002
        """Whose order it is."""
        contact = preview.contact if preview else None
        return {"contact": contact.uuid} if contact and contact.uuid else {}

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose order, and which."""
        return Sentence(
            _("%(who)s gave %(customer)s the credits for order %(number)s"),
            _("give %(customer)s the credits for order %(number)s"),
            {"customer": matter.customer(), "number": matter.preview.get("number") or ""},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> OrderToProcess:
        """Let Piggy simulate it, which keeps nothing.

        Raises:
            Refused: it was cancelled, or processed from here before.
        """
        uuid = data["order_uuid"]
        order = services.get_order(piggy, order_uuid=uuid)
        if order.status == "CANCELLED":
            words = gettext("This order was cancelled. No credits are given for it.")
            raise Refused({"order_uuid": words})
        _refuse_processed(uuid)
        worth = simulated(piggy, order)
        return OrderToProcess(
            contact=order.contact,
            order_uuid=uuid,
            number=order.reference or order.external_identifier or uuid,
            total=order.total_order_amount or 0,
            gives=worth.points,
            new_balance=worth.new_balance,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> OrderResult:
        """Give them."""
        return services.process_order(piggy, order_uuid=data["order_uuid"])


def _refuse_processed(order_uuid: str) -> None:
    """Say who has processed it from here."""
    before = Entry.objects.filter(
        action=ProcessOrder.slug, data__order_uuid=order_uuid, status__state__in=HAPPENED
    ).first()
    if before:
        words = gettext("The credits for this order were given already, by %(name)s on %(when)s.")
        parts = {"name": before.person_name, "when": in_words(before.created_at)}
        raise Refused({"order_uuid": words % parts})
