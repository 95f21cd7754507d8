"""Putting prepaid money in."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.prepaid.booking import PrepaidBooking


@register
class TopUpPrepaid(PrepaidBooking):
    """Put money on a contact's prepaid balance."""

    slug = "top-up-prepaid"
    label = _("Top up prepaid")
    summary = _("Puts money that was paid at the till on a customer's prepaid balance.")
    button = _("Top up")
    button_with_amount = _("Top up %(amount)s")
    icon = "wallet"
    direction = 1
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "amount": "10,40",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
    }
    is_bulk = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say how much, for whom and where."""
        return Sentence(
            _("%(who)s topped up %(amount)s for %(customer)s at %(shop)s"),
            _("top up %(amount)s for %(customer)s at %(shop)s"),
            self.parts(matter),
        )
