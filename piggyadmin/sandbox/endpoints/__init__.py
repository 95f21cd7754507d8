"""The API's endpoints, one module per group; importing this package puts them on their routes."""

from piggyadmin.sandbox.endpoints import (
    attributes,
    bookings,
    contacts,
    credits,  # noqa: A004  (the API's own name for it)
    forms,
    giftcards,
    identifiers,
    perks,
    prepaid,
    products,
    promotions,
    shops,
    subscriptions,
    verification,
    visits,
    vouchers,
)

__all__ = [
    "attributes",
    "bookings",
    "contacts",
    "credits",
    "forms",
    "giftcards",
    "identifiers",
    "perks",
    "prepaid",
    "products",
    "promotions",
    "shops",
    "subscriptions",
    "verification",
    "visits",
    "vouchers",
]
