"""What each endpoint needs and says no with, as the API's docs have it; made from one table.

A line names the endpoint, the parameters that it cannot do without (with a value where the usual
one will not do), and the code for what its path names and is not there.
"""

from dataclasses import dataclass
from typing import Any

from piggyadmin.piggy.endpoints import Endpoint, endpoints
from piggyadmin.sandbox.seed import (
    AMSTERDAM_UUID,
    ANONYMOUS_UUID,
    DUPLICATE_UUID,
    MIRA_EMAIL,
    MIRA_UUID,
    PERK_UUID,
    PRODUCT_UUID,
    WELCOME_COFFEE_UUID,
)
from piggyadmin.sandbox.seed_account import GIFTCARD_PROGRAM_UUID
from piggyadmin.sandbox.seed_dealings import (
    GIFTCARD_HASH,
    GIFTCARD_UUID,
    ORDER_UUID,
    SESSION_TOKEN,
    SHIFT_TEAM_UUID,
    SHIFT_TYPE_UUID,
    SHIFT_UUID,
    VISIT_UUID,
    WEBHOOK_UUID,
)
from piggyadmin.sandbox.seed_fixtures import known_uuid

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"

# What the seed has under each placeholder; the others are made, or looked up, by the test.
KNOWN = {
    "anonymous_contact_uuid": ANONYMOUS_UUID,
    "contact_session_token": SESSION_TOKEN,
    "contact_uuid": MIRA_UUID,
    "custom_attribute_name": "plu",
    "giftcard_transaction_uuid": known_uuid(0xB10),
    "giftcard_uuid": GIFTCARD_UUID,
    "order_uuid": ORDER_UUID,
    "perk_uuid": PERK_UUID,
    "product_uuid": PRODUCT_UUID,
    "promotion_uuid": WELCOME_COFFEE_UUID,
    "shift_team_uuid": SHIFT_TEAM_UUID,
    "shift_type_uuid": SHIFT_TYPE_UUID,
    "shift_uuid": SHIFT_UUID,
    "shop_uuid": AMSTERDAM_UUID,
    "visit_uuid": VISIT_UUID,
    "voucher_uuid": known_uuid(0x700),
    "webhook_subscription_uuid": WEBHOOK_UUID,
}

LINE = {
    "external_identifier": "L",
    "name": "Tea",
    "quantity": 1,
    "price": 1,
    "total_amount": 1,
}

# A value for each parameter with which it is accepted.
GOOD: dict[str, Any] = {
    "amount_in_cents": 100,
    "attributes": {"firstname": "Mira"},
    "automation_uuid": "c0ffee00-0000-4000-8000-000000000662",
    "business_profile": {"uuid": AMSTERDAM_UUID},
    "categories": [{"external_identifier": "TEA"}],
    "code": "WELCOME-ACTIVE",
    "contact": {"uuid": MIRA_UUID},
    "contact_identifier_value": "CARD-0001",
    "contact_uuid": MIRA_UUID,
    "contacts": [{"email": "new@example.test"}],
    "credits": 1,
    "data_type": "text",
    "description": "Words",
    "destination_contact_uuid": MIRA_UUID,
    "email": MIRA_EMAIL,
    "ended_at": "2026-04-01T14:00:00Z",
    "entity": "voucher",
    "event_type": "contact_created",
    "external_id": "SHIFT-0001",
    "external_identifier": "NEW-1",
    "giftcard_hash": GIFTCARD_HASH,
    "giftcard_program_uuid": GIFTCARD_PROGRAM_UUID,
    "giftcard_uuid": GIFTCARD_UUID,
    "hash": GIFTCARD_HASH,
    "label": "Label",
    "line_items": [LINE],
    "name": "name",
    "number_of_times": 1,
    "options": [{"label": "Yes", "value": True, "default": True}],
    "order": {"uuid": ORDER_UUID},
    "payment_status": "PAID",
    "products": [{"external_identifier": "NEW-1", "name": "New"}],
    "promotion_uuid": WELCOME_COFFEE_UUID,
    "quantity": 1,
    "release_key": "key",
    "reward_uuid": "c0ffee00-0000-4000-8000-000000000651",
    "shop_id": AMSTERDAM_UUID,
    "shop_uuid": AMSTERDAM_UUID,
    "source_contact_uuid": DUPLICATE_UUID,
    "started_at": "2026-04-01T08:00:00Z",
    "status": "COMPLETED",
    "subscription_type_uuid": "",  # looked up by the test
    "timestamp": "1",
    "total_order_amount": 1,
    "type": "text",
    "unique_id": "R-1",
    "unit_value": 1,
    "url": "https://example.test/hook",
    "version": "v1",
    "visits": [{"contact_email": MIRA_EMAIL, "business_profile_uuid": AMSTERDAM_UUID}],
}

# The code for a record that a parameter names, and that is not there.
NOT_FOUND = {
    "automation_uuid": 60013,
    "contact_uuid": 55031,
    "destination_contact_uuid": 55031,
    "giftcard_program_uuid": 1100,
    "giftcard_uuid": 5001,
    "promotion_uuid": 80002,
    "reward_uuid": 6003,
    "shop_uuid": 1008,
    "source_contact_uuid": 55031,
    "subscription_type_uuid": 55030,
}

# Lists by the keys of their `meta`; all others tell nothing of pages.
META_A = {"page", "limit", "viewing_from", "viewing_to", "last_page", "total"}
META_B = {"current_page", "from", "to", "last_page", "per_page", "total"}
META_C = {"page", "per_page", "last_page", "total"}
PAGED = {
    **dict.fromkeys(("contacts", "loyalty-transactions", "giftcard-transactions"), META_A),
    **dict.fromkeys(("products", "product-categories"), META_A),
    **dict.fromkeys(("vouchers", "prepaid-transactions", "visits"), META_B),
    **dict.fromkeys(("giftcards", "shifts", "shift-teams", "shift-types"), META_C),
}

_ORDER = (
    "external_identifier status payment_status total_order_amount contact business_profile "
    "line_items"
)
_TABLE = """
GET contacts
POST contacts: email
POST contacts/async: email
POST contacts/anonymous
POST contacts/batch: contacts
GET contacts/find-one-by: email
GET contacts/find-or-create: email
GET contacts/find-or-create/async: email
GET contacts/{contact_uuid} 55031
PUT contacts/{contact_uuid} 55031: attributes
POST contacts/{contact_uuid}/delete 55031: type=DEFAULT
PUT contacts/{anonymous_contact_uuid}/claim 55031: email
POST contacts/merge: source_contact_uuid destination_contact_uuid
GET contacts/{contact_uuid}/contact-identifiers 55031
GET contacts/{contact_uuid}/credit-balance 55031
GET contacts/{contact_uuid}/prepaid-balance 55031
GET contacts/{contact_uuid}/tier 55031
GET contact-identifiers/find: contact_identifier_value
POST contact-identifiers: contact_identifier_value
PUT contact-identifiers: contact_identifier_value
PUT contact-identifiers/link: contact_identifier_value contact_uuid
PUT contact-identifiers/unlink: contact_identifier_value
DELETE contact-identifiers: contact_identifier_value
GET contact-attributes
POST contact-attributes: name data_type
GET custom-attributes: entity
POST custom-attributes: entity name label type
PUT custom-attributes/{custom_attribute_name} 60013: entity
GET custom-attribute-groups: entity
POST custom-attribute-groups: entity name
GET contact-subscriptions/{contact_uuid} 55031
PUT contact-subscriptions/{contact_uuid}/subscribe 55031: subscription_type_uuid
PUT contact-subscriptions/{contact_uuid}/unsubscribe 55031: subscription_type_uuid
GET subscription-types
POST contact-verification/send: email
POST contact-verification/verify: code email
GET contact-verification/auth-token/{contact_uuid} 55031
GET contact-session-tokens/{contact_session_token} 60013
POST contact-session-tokens/{contact_session_token}/use 60013
GET contacts-portal/auth-url: contact_uuid
POST portal-sessions: shop_uuid
POST portal-sessions/credit-reception: shop_uuid
POST portal-sessions/top-up-giftcards: shop_uuid
POST portal-sessions/redeem-giftcards: shop_uuid amount_in_cents
POST portal-sessions/pay-prepaid: shop_uuid
POST portal-sessions/top-up-prepaid: shop_uuid
POST portal-sessions/prepaid: shop_uuid
POST portal-sessions/vouchers: shop_uuid
GET portal-sessions/{portal_session_uuid} 1003
POST credit-receptions: shop_uuid contact_uuid credits
POST credit-receptions/{credit_reception_uuid}/reverse 1028
GET credit-receptions/calculate: shop_uuid unit_value
GET loyalty-transactions
GET loyalty-transaction-attributes
POST loyalty-transaction-attributes: name data_type
GET loyalty-program
GET units
POST units: name label
GET tiers
POST loyalty-tokens: version shop_id unique_id
POST loyalty-tokens/claim: version shop_id unique_id timestamp hash contact_uuid
GET perks
POST perks: label name data_type=boolean options
GET perks/{perk_uuid} 110000
PUT perks/{perk_uuid} 110000: label
DELETE perks/{perk_uuid} 110000
GET rewards
GET rewards/{reward_uuid} 6003
PUT rewards/{reward_uuid} 6003
GET reward-attributes
POST reward-attributes: name label type
POST reward-receptions: contact_uuid reward_uuid shop_uuid
POST reward-receptions/{reward_reception_uuid}/reverse 1003
GET collectable-rewards: contact_uuid
PUT collectable-rewards/collect/{loyalty_transaction_uuid} 6003
POST collectable-rewards/{loyalty_transaction_uuid}/reverse 6003
GET vouchers
POST vouchers: promotion_uuid
POST vouchers/batch: promotion_uuid quantity
GET vouchers/find: code
PUT vouchers/{voucher_uuid} 80004: status=ACTIVE
PUT vouchers/update/{voucher_uuid} 80004: status=ACTIVE
POST vouchers/{voucher_uuid}/validate 80004: shop_uuid
POST vouchers/{voucher_uuid}/lock 80004
POST vouchers/{voucher_uuid}/release 80004: release_key
POST vouchers/redeem: code
POST vouchers/multi-redeem: code number_of_times shop_uuid
POST vouchers/{redemption_uuid}/reverse 80004
GET promotions
POST promotions: name description
GET promotions/{promotion_uuid} 80002
GET promotion-attributes
POST promotion-attributes: name label type
GET promotion-attributes/{promotion_attribute_id} 60013
PUT promotion-attributes/{promotion_attribute_id} 60013
GET giftcard-programs
GET giftcards
POST giftcards: type=1 giftcard_program_uuid
GET giftcards/find-one-by: hash
GET giftcards/{giftcard_uuid} 5001
POST giftcards/{giftcard_uuid}/send-by-email 5001: contact_uuid
GET giftcard-transactions: giftcard_hash
POST giftcard-transactions: giftcard_uuid amount_in_cents shop_uuid
GET giftcard-transactions/{giftcard_transaction_uuid} 5010
POST giftcard-transactions/{giftcard_transaction_uuid}/reverse 5010
POST giftcard-transactions/{giftcard_transaction_uuid}/correct 5010
GET prepaid-transactions
POST prepaid-transactions: contact_uuid amount_in_cents shop_uuid
POST prepaid-transactions/{prepaid_transaction_uuid}/reverse 1003
POST bookings: shop_uuid contact_uuid
PUT bookings/{booking_uuid} 60013
GET visits
POST visits: shop_uuid contact_uuid
POST visits/batch: visits
GET visits/{visit_uuid} 60013
PUT visits/{visit_uuid} 60013
GET products
POST products: external_identifier name
POST products/batch: products
GET products/find: external_identifier=SKU-OAT-LATTE
POST products/find-or-create: external_identifier
GET products/{product_uuid} 60013
PUT products/{product_uuid} 60013
DELETE products/{product_uuid} 60013
DELETE products/{external_identifier} 60013
GET product-categories
POST product-categories: external_identifier
POST product-categories/batch: categories
GET product-categories/find: external_identifier=DRINKS
POST product-categories/find-or-create: external_identifier
GET product-categories/{product_category_uuid} 60013
PUT product-categories/{product_category_uuid} 60013
DELETE product-categories/{product_category_uuid} 60013
GET orders
POST orders: <order>
POST orders/create-and-process: <order>
POST orders/simulate: <order>
GET orders/find: external_identifier=ORDER-0001
GET orders/{order_uuid} 60013
PUT orders/{order_uuid} 60013
POST orders/{order_uuid}/process 60013
POST order-returns: external_identifier status order
POST order-returns/create-and-process: external_identifier status order
POST order-returns/{order_return_uuid}/process 60013
GET forms
GET referrals
GET referrals/settings
GET shops
GET shops/{shop_uuid} 1008
GET brand-kit
GET shifts: shop_uuid status=approved
POST shifts: contact_uuid shop_uuid started_at ended_at status=approved
GET shifts/find: external_id
GET shifts/{shift_uuid} 80530
PUT shifts/{shift_uuid} 80530: started_at ended_at status=approved
DELETE shifts/{shift_uuid} 80530
GET shift-teams
POST shift-teams: name
GET shift-teams/find: name=Bar
GET shift-teams/{shift_team_uuid} 80540
PUT shift-teams/{shift_team_uuid} 80540: name
GET shift-types
POST shift-types: name description
GET shift-types/find: name=Morning
GET shift-types/{shift_type_uuid} 80550
PUT shift-types/{shift_type_uuid} 80550: name description
GET automations
POST automations/runs: contact_uuid automation_uuid
GET webhook-subscriptions
POST webhook-subscriptions: name event_type url
GET webhook-subscriptions/{webhook_subscription_uuid} 80300
PUT webhook-subscriptions/{webhook_subscription_uuid} 80300
DELETE webhook-subscriptions/{webhook_subscription_uuid} 80300
"""


@dataclass(frozen=True)
class Contract:
    """What an endpoint needs, with values that will do, and its code for what is not there."""

    endpoint: Endpoint
    required: dict[str, Any]
    code: int | None

    def __str__(self) -> str:
        return self.endpoint.name

    def path(self, values: dict[str, str]) -> str:
        """Give its path with these values in the place of their names."""
        return self.endpoint.path.format(**values)


def contracts() -> list[Contract]:
    """Give the contract of every endpoint.

    Raises:
        KeyError: one of them has none.
    """
    table = _TABLE.replace("<order>", _ORDER)
    lines = dict(_read(line) for line in table.strip().splitlines())
    return [Contract(each, *lines[each.name]) for each in endpoints()]


def _read(line: str) -> tuple[str, tuple[dict[str, Any], int | None]]:
    head, _, rest = line.partition(": ")
    method, path, *codes = head.split()
    given = (each.partition("=") for each in rest.split())
    required = {name: value or GOOD[name] for name, _, value in given}
    return f"{method} {path}", (required, int(codes[0]) if codes else None)
