"""What actions are about: each entity by the name of its app."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Words


class Entity(NamedTuple):
    """What an entity is called, and where it stands."""

    label: Words
    # The address of its entry in the menu.
    place: str


# Their actions live in the app of the same name.
ENTITIES = {
    "automations": Entity(_("Automations"), "/automations/"),
    "bookings": Entity(_("Bookings"), "/bookings/"),
    "credits": Entity(_("Credits"), "/credits/"),
    "custom_attributes": Entity(_("Custom attributes"), "/attributes/"),
    "contacts": Entity(_("Customers"), "/contacts/"),
    "forms": Entity(_("Forms"), "/forms/"),
    "giftcards": Entity(_("Gift cards"), "/giftcards/"),
    "loyalty_tokens": Entity(_("Loyalty codes"), "/loyalty-tokens/"),
    "orders": Entity(_("Orders"), "/orders/"),
    "perks": Entity(_("Perks"), "/perks/"),
    "prepaid": Entity(_("Prepaid"), "/contacts/"),
    "products": Entity(_("Products"), "/products/"),
    "rewards": Entity(_("Rewards"), "/rewards/"),
    "visits": Entity(_("Visits"), "/visits/"),
    "shifts": Entity(_("Shifts"), "/shifts/"),
    "vouchers": Entity(_("Vouchers"), "/vouchers/"),
    "webhooks": Entity(_("Webhooks"), "/webhooks/"),
}
