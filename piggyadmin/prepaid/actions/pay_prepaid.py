"""Paying with prepaid money."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.prepaid.booking import PrepaidBooking, PrepaidChange
from piggyadmin.ui.templatetags.ui import cents


@register
class PayPrepaid(PrepaidBooking):
    """Have a contact pay from the prepaid balance."""

    slug = "pay-prepaid"
    label = _("Pay with prepaid")
    summary = _("Takes what a customer pays from the prepaid balance.")
    button = _("Pay")
    button_with_amount = _("Pay %(amount)s")
    icon = "banknote-arrow-down"
    direction = -1
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "amount": "3,20",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
    }

    def preview(self, piggy: PiggyClient, data: Data) -> PrepaidChange:
        """Say what is left.

        Raises:
            Refused: there is too little on it.
        """
        change = super().preview(piggy, data)
        if change.after_cents < 0:
            words = gettext("There is only %(balance)s on it, %(missing)s too little.")
            figures = {
                "balance": cents(change.balance_cents),
                "missing": cents(-change.after_cents),
            }
            raise Refused({"amount": words % figures})
        return change

    def sentence(self, matter: Matter) -> Sentence:
        """Say how much, for whom and where."""
        return Sentence(
            _("%(who)s had %(customer)s pay %(amount)s from prepaid at %(shop)s"),
            _("have %(customer)s pay %(amount)s from prepaid at %(shop)s"),
            self.parts(matter),
        )
