"""Every endpoint of the API, as far as it is known, and where it is known from.

Nothing is called by way of this list: services say themselves what they call. It is what they, the
sandbox and `docs/coverage.md` are held against.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Origin(StrEnum):
    """Where an endpoint is known from."""

    DOCS = "docs"  # May 2025
    LATER = "later docs"  # 2025 and 2026
    SDK = "SDK"
    OTHER = "integrations"
    # Answers that the platform recorded in 2023, of calls that no docs print: not to be relied on.
    RECORDED = "recorded"


@dataclass(frozen=True)
class Endpoint:
    """One method on one path, which is relative to the API's prefix."""

    group: str
    method: str
    path: str
    origin: Origin

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def is_documented(self) -> bool:
        """Whether anything but a recorded answer tells of it."""
        return self.origin is not Origin.RECORDED

    @property
    def parameters(self) -> list[str]:
        """Names of what stands in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a call goes there."""
        if method != self.method:
            return False
        parts, given = self.path.split("/"), path.split("/")
        return len(parts) == len(given) and all(
            a == b or a.startswith("{") for a, b in zip(parts, given, strict=True)
        )


_TABLE = """
Contacts
    GET contacts: docs
    POST contacts: docs
    POST contacts/async: docs
    POST contacts/anonymous: docs
    POST contacts/batch: recorded
    GET contacts/find-one-by: docs
    GET contacts/find-or-create: docs
    GET contacts/find-or-create/async: docs
    GET contacts/{contact_uuid}: docs
    PUT contacts/{contact_uuid}: docs
    POST contacts/{contact_uuid}/delete: docs
    PUT contacts/{anonymous_contact_uuid}/claim: docs
    POST contacts/merge: docs
    GET contacts/{contact_uuid}/contact-identifiers: docs
    GET contacts/{contact_uuid}/credit-balance: docs
    GET contacts/{contact_uuid}/prepaid-balance: docs
    GET contacts/{contact_uuid}/tier: docs
Contact identifiers
    GET contact-identifiers/find: docs
    POST contact-identifiers: docs
    PUT contact-identifiers: docs
    PUT contact-identifiers/link: docs
    PUT contact-identifiers/unlink: docs
    DELETE contact-identifiers: docs
Attributes
    GET contact-attributes: SDK
    POST contact-attributes: SDK
    GET custom-attributes: docs
    POST custom-attributes: docs
    PUT custom-attributes/{custom_attribute_name}: docs
    GET custom-attribute-groups: later docs
    POST custom-attribute-groups: later docs
Subscriptions
    GET contact-subscriptions/{contact_uuid}: docs
    PUT contact-subscriptions/{contact_uuid}/subscribe: docs
    PUT contact-subscriptions/{contact_uuid}/unsubscribe: docs
    GET subscription-types: docs
Verification and tokens
    POST contact-verification/send: docs
    POST contact-verification/verify: docs
    GET contact-verification/auth-token/{contact_uuid}: docs
    GET contact-session-tokens/{contact_session_token}: docs
    POST contact-session-tokens/{contact_session_token}/use: docs
Contacts Portal
    GET contacts-portal/auth-url: docs
    POST portal-sessions: docs
    POST portal-sessions/credit-reception: docs
    POST portal-sessions/top-up-giftcards: docs
    POST portal-sessions/redeem-giftcards: docs
    POST portal-sessions/pay-prepaid: docs
    POST portal-sessions/top-up-prepaid: docs
    POST portal-sessions/prepaid: recorded
    POST portal-sessions/vouchers: docs
    GET portal-sessions/{portal_session_uuid}: docs
Credits
    POST credit-receptions: docs
    POST credit-receptions/{credit_reception_uuid}/reverse: docs
    GET credit-receptions/calculate: docs
    GET loyalty-transactions: docs
    GET loyalty-transaction-attributes: docs
    POST loyalty-transaction-attributes: docs
Loyalty program
    GET loyalty-program: docs
    GET units: docs
    POST units: docs
    GET tiers: docs
    POST loyalty-tokens: SDK
    POST loyalty-tokens/claim: SDK
Perks
    GET perks: docs
    POST perks: docs
    GET perks/{perk_uuid}: docs
    PUT perks/{perk_uuid}: docs
    DELETE perks/{perk_uuid}: docs
Rewards
    GET rewards: docs
    GET rewards/{reward_uuid}: docs
    PUT rewards/{reward_uuid}: docs
    GET reward-attributes: SDK
    POST reward-attributes: SDK
    POST reward-receptions: docs
    POST reward-receptions/{reward_reception_uuid}/reverse: docs
    GET collectable-rewards: docs
    PUT collectable-rewards/collect/{loyalty_transaction_uuid}: docs
    POST collectable-rewards/{loyalty_transaction_uuid}/reverse: later docs
Vouchers
    GET vouchers: docs
    POST vouchers: docs
    POST vouchers/batch: docs
    GET vouchers/find: docs
    PUT vouchers/{voucher_uuid}: later docs
    PUT vouchers/update/{voucher_uuid}: docs
    POST vouchers/{voucher_uuid}/validate: later docs
    POST vouchers/{voucher_uuid}/lock: docs
    POST vouchers/{voucher_uuid}/release: docs
    POST vouchers/redeem: docs
    POST vouchers/multi-redeem: docs
    POST vouchers/{redemption_uuid}/reverse: docs
Promotions
    GET promotions: docs
    POST promotions: docs
    GET promotions/{promotion_uuid}: docs
    GET promotion-attributes: SDK
    POST promotion-attributes: SDK
    GET promotion-attributes/{promotion_attribute_id}: SDK
    PUT promotion-attributes/{promotion_attribute_id}: SDK
Gift cards
    GET giftcard-programs: docs
    GET giftcards: docs
    POST giftcards: docs
    GET giftcards/find-one-by: docs
    GET giftcards/{giftcard_uuid}: docs
    POST giftcards/{giftcard_uuid}/send-by-email: docs
    GET giftcard-transactions: docs
    POST giftcard-transactions: docs
    GET giftcard-transactions/{giftcard_transaction_uuid}: docs
    POST giftcard-transactions/{giftcard_transaction_uuid}/reverse: docs
    POST giftcard-transactions/{giftcard_transaction_uuid}/correct: recorded
Prepaid
    GET prepaid-transactions: docs
    POST prepaid-transactions: docs
    POST prepaid-transactions/{prepaid_transaction_uuid}/reverse: docs
Bookings
    POST bookings: docs
    PUT bookings/{booking_uuid}: docs
Visits
    GET visits: later docs
    POST visits: docs
    POST visits/batch: recorded
    GET visits/{visit_uuid}: later docs
    PUT visits/{visit_uuid}: docs
Products
    GET products: SDK
    POST products: SDK
    POST products/batch: SDK
    GET products/find: SDK
    POST products/find-or-create: SDK
    GET products/{product_uuid}: SDK
    PUT products/{product_uuid}: SDK
    DELETE products/{product_uuid}: SDK
    DELETE products/{external_identifier}: recorded
    GET product-categories: SDK
    POST product-categories: SDK
    POST product-categories/batch: SDK
    GET product-categories/find: SDK
    POST product-categories/find-or-create: SDK
    GET product-categories/{product_category_uuid}: SDK
    PUT product-categories/{product_category_uuid}: SDK
    DELETE product-categories/{product_category_uuid}: SDK
Orders
    GET orders: docs
    POST orders: docs
    POST orders/create-and-process: docs
    POST orders/simulate: docs
    GET orders/find: docs
    GET orders/{order_uuid}: docs
    PUT orders/{order_uuid}: later docs
    POST orders/{order_uuid}/process: docs
    POST order-returns: SDK
    POST order-returns/create-and-process: SDK
    POST order-returns/{order_return_uuid}/process: SDK
Forms
    GET forms: docs
Referrals
    GET referrals: docs
    GET referrals/settings: later docs
Shops
    GET shops: docs
    GET shops/{shop_uuid}: docs
Brand kit
    GET brand-kit: docs
Shifts
    GET shifts: docs
    POST shifts: docs
    GET shifts/find: docs
    GET shifts/{shift_uuid}: docs
    PUT shifts/{shift_uuid}: docs
    DELETE shifts/{shift_uuid}: docs
    GET shift-teams: docs
    POST shift-teams: docs
    GET shift-teams/find: docs
    GET shift-teams/{shift_team_uuid}: docs
    PUT shift-teams/{shift_team_uuid}: docs
    GET shift-types: docs
    POST shift-types: docs
    GET shift-types/find: docs
    GET shift-types/{shift_type_uuid}: docs
    PUT shift-types/{shift_type_uuid}: docs
Automations
    GET automations: docs
    POST automations/runs: docs
Webhook subscriptions
    GET webhook-subscriptions: docs
    POST webhook-subscriptions: docs
    GET webhook-subscriptions/{webhook_subscription_uuid}: docs
    PUT webhook-subscriptions/{webhook_subscription_uuid}: docs
    DELETE webhook-subscriptions/{webhook_subscription_uuid}: docs
"""


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """List all endpoints, by group."""
    return tuple(_read(_TABLE))


def _read(table: str) -> Iterator[Endpoint]:
    group = ""
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            group = line
            continue
        name, origin = line.split(": ")
        method, path = name.split()
        yield Endpoint(group, method, path, Origin(origin))


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """Find where a call goes: of several patterns, to the one with the fewest placeholders."""
    near = _by_beginning().get(path.partition("/")[0], ())
    found = [each for each in near if each.matches(method, path)]
    return min(found, key=lambda each: len(each.parameters), default=None)


@cache
def _by_beginning() -> dict[str, list[Endpoint]]:
    """Give the endpoints by the first step of their paths: each call is looked for among them."""
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for each in endpoints():
        found[each.path.partition("/")[0]].append(each)
    return dict(found)
