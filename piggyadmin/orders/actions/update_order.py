"""Changing how far an order is, and whether it was paid."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Words
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.orders import services
from piggyadmin.orders.forms import PAYMENT_STATUSES, STATUSES, OrderField
from piggyadmin.orders.types import Order
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.states import status_choices, status_word

LABELS: dict[str, Words] = {"status": _("State of the order"), "payment_status": _("Payment")}


def _or_as_it_is(statuses: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [("", _("As it is")), *status_choices(statuses)]


class UpdateOrderForm(ActionForm):
    """Which order, and what shall be different."""

    order_uuid = OrderField()
    status = forms.ChoiceField(
        label=LABELS["status"], required=False, choices=partial(_or_as_it_is, STATUSES)
    )
    payment_status = forms.ChoiceField(
        label=LABELS["payment_status"],
        required=False,
        choices=partial(_or_as_it_is, PAYMENT_STATUSES),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on something to change."""
        data = super().clean()
        if not self.errors and not data.get("status") and not data.get("payment_status"):
            self.add_error(None, _("Nothing to change: choose how far it is, or the payment."))
        return data


@register
class UpdateOrder(Action[Order, None]):
    """Change how far an order is, and whether it was paid."""

    slug = "update-order"
    entity = "orders"
    label = _("Change an order")
    summary = _("How far an order is, and whether it was paid. The rest of it cannot change.")
    button = _("Save")
    icon = "pencil"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = UpdateOrderForm
    sample = {"order_uuid": "ORDER-0001", "status": "PENDING", "payment_status": "UNPAID"}
    result_template = "orders/_changed.html"
    result_type = Order

    def sentence(self, matter: Matter) -> Sentence:
        """Say what it was set to."""
        words = [status_word(matter.asked(name)) for name in LABELS if matter.asked(name)]
        return Sentence(
            _("%(who)s set an order to %(state)s"),
            _("set an order to %(state)s"),
            {"state": ", ".join(words)},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Order:
        """Send what was chosen."""
        asked = {name: data[name] or None for name in LABELS}
        return services.update_order(piggy, order_uuid=data["order_uuid"], **asked)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the order with what was asked."""
        order = services.get_order(piggy, order_uuid=entry.data["order_uuid"])
        evidence = [
            Evidence(
                what=str(label),
                value=status_word(getattr(order, name)),
                fits=entry.data[name] in {"", getattr(order, name)},
            )
            for name, label in LABELS.items()
        ]
        if all(each.fits for each in evidence):
            return done(gettext("It is as it was asked to be."), *evidence, result=order)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
        if changed_since(entry, "order_uuid").exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, *evidence)
        return not_done(gettext("It is not as it was asked to be."), *evidence)
