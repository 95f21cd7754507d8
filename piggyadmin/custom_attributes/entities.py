"""What can have attributes of its own: those of the docs, and those that later editions add."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Words

ATTRIBUTED: dict[str, Words] = {
    "contact": _("Customers"),
    "voucher": _("Vouchers"),
    "promotion": _("Promotions"),
    "reward": _("Rewards"),
    "booking": _("Bookings"),
    "giftcard": _("Gift cards"),
    "giftcard_transaction": _("Gift card transactions"),
    "business_profile": _("Shops"),
    "prepaid": _("Prepaid"),
    "visit": _("Visits"),
    "shift": _("Shifts"),
}
