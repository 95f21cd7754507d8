"""Fills the sandbox with what an account has before anybody joins: shops, promotions, products."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from piggyadmin.sandbox.models import (
    Attribute,
    Automation,
    Form,
    GiftcardProgram,
    LoyaltyProgram,
    Perk,
    Product,
    ProductCategory,
    Promotion,
    Reward,
    Shop,
    SubscriptionType,
    Tier,
    Unit,
)

AMSTERDAM_UUID = "c0ffee00-0000-4000-8000-000000000101"
WEB_SHOP_UUID = "c0ffee00-0000-4000-8000-000000000102"
WELCOME_COFFEE_UUID = "c0ffee00-0000-4000-8000-000000000201"
SOLD_OUT_UUID = "c0ffee00-0000-4000-8000-000000000202"
PERK_UUID = "c0ffee00-0000-4000-8000-000000000401"
PRODUCT_UUID = "c0ffee00-0000-4000-8000-000000000501"
PRODUCT_CATEGORY_UUID = "c0ffee00-0000-4000-8000-000000000511"
GIFTCARD_PROGRAM_UUID = "c0ffee00-0000-4000-8000-000000000601"

WELCOME_COFFEE_LIMIT = 5_000  # vouchers
SOLD_OUT_LIMIT = 25
DAY = 24 * 60 * 60  # seconds

_SHOPS = (
    ("Amsterdam", "physical", "AMS", "Prinsengracht", "263", "1016 GV", "Amsterdam", "NL"),
    ("Web shop", "web", "WEB", "Kerkstraat", "1", "1017 GA", "Amsterdam", "NL"),
    ("Utrecht", "physical", "UTR", "Voorstraat", "14", "3512 AN", "Utrecht", "NL"),
    ("Rotterdam", "physical", "RTM", "Meent", "88", "3011 JP", "Rotterdam", "NL"),
    ("Hamburg", "physical", "HAM", "Lange Straße", "7", "20095", "Hamburg", "DE"),
    ("London", "physical", "LDN", "Church Street", "31", "NW8 8EP", "London", "GB"),
    ("Festival stall", "physical", "FST", "", "", "", "Amsterdam", "NL"),
)
_SHOP_UUIDS = {"Amsterdam": AMSTERDAM_UUID, "Web shop": WEB_SHOP_UUID}
_WITHOUT_LOYALTY = {"Festival stall"}

_TIERS = (
    ("Bronze", "Everybody begins here"),
    ("Silver", "From 100 credits received"),
    ("Gold", "From 250 credits received"),
)

# Name, description, voucher limit, limit per contact, days that a voucher lasts, uses of each.
_PROMOTIONS = (
    ("Welcome coffee", "A coffee of your choice", WELCOME_COFFEE_LIMIT, None, 90, 1),
    ("Sold out", "A tote bag, while stocks last", SOLD_OUT_LIMIT, None, None, 1),
    ("Birthday cake", "A slice of cake on your birthday", None, None, 30, 1),
    ("Summer scoop", "One scoop of ice cream", 50_000, 5, 60, 1),
    ("Bring a friend", "Two lunches for one", 20_000, 1, 45, 1),
    ("Ten coffees", "A card of ten coffees", None, None, 365, 10),
)
_CLOSED_PROMOTION = ("Grand opening", "A croissant on our first day", 100_000, None, 7, 1)

_PRODUCTS = {
    ("DRINKS", "Drinks"): (
        *("Oat latte", "Espresso", "Cappuccino", "Flat white", "Cortado", "Filter coffee"),
        *("Chai latte", "Mint tea", "Ginger tea", "Hot chocolate", "Iced coffee", "Lemonade"),
    ),
    ("BAKERY", "Bakery"): (
        *("Croissant", "Pain au chocolat", "Cinnamon bun", "Banana bread", "Apple pie"),
        *("Carrot cake", "Brownie", "Sourdough loaf"),
    ),
    ("LUNCH", "Lunch"): (
        *("Cheese sandwich", "Avocado toast", "Tomato soup", "Lentil salad", "Quiche"),
        *("Falafel wrap", "Egg roll"),
    ),
    ("BEANS", "Beans and leaves"): (
        *("House blend 250 g", "House blend 1 kg", "Ethiopia 250 g", "Colombia 250 g"),
        *("Decaf 250 g", "Earl Grey 100 g"),
    ),
    ("GIFTS", "Gifts"): ("Mug", "Tote bag", "Reusable cup", "Coffee grinder", "Gift box"),
}
_DESCRIPTIONS = {"Oat latte": "Espresso with oat milk, 250 ml"}

_FORMS = (
    ("Intake", "PUBLISHED", "PUBLIC"),
    ("Customer satisfaction", "PUBLISHED", "PUBLIC"),
    ("Staff feedback", "PUBLISHED", "PRIVATE"),
    ("Allergies", "DRAFT", "PUBLIC"),
    ("Mystery guest", "DRAFT", "PRIVATE"),
    ("Summer prize draw", "BIN", "PUBLIC"),
    ("Old intake", "BIN", "PRIVATE"),
)


_REWARDS = (
    ("A cookie", "PHYSICAL", 25),
    ("A cappuccino", "PHYSICAL", 50),
    ("A mug", "PHYSICAL", 100),
    ("A month of music", "DIGITAL", 500),
)
_REWARD_UUIDS = "c0ffee00-0000-4000-8000-00000000065"
_AUTOMATIONS = (
    ("Birthday", "birthday", "active"),
    ("Say hello", "contact_updated", "active"),
    ("Summer", "contact_updated", "inactive"),
)
_AUTOMATION_UUIDS = "c0ffee00-0000-4000-8000-00000000066"


@dataclass(frozen=True)
class Account:
    """What contacts, transactions and vouchers refer to."""

    shops: list[Shop]
    purchase_amount: Unit
    visits: Unit
    tiers: list[Tier]
    newsletter: SubscriptionType
    offers: SubscriptionType
    service: SubscriptionType
    promotions: dict[str, Promotion]
    rewards: dict[int, Reward]  # by their price in credits


def new_uuid(rng: Random) -> str:
    """Make a UUID that the same seed gives again."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def fill_account(rng: Random, begun_at: datetime) -> Account:
    """Make everything that there is once per account; all of it dates from `begun_at`."""
    LoyaltyProgram.objects.create(name="Piggy Coffee", max_amount=10_000)
    _make_attributes(begun_at)
    _make_perks(rng)
    _make_products(rng)
    _make_forms(rng)
    _make_giftcard_program()
    _make_automations(begun_at)
    return Account(
        shops=_make_shops(rng),
        purchase_amount=_make_unit("purchase_amount", "Purchase amount", "€", 1, begun_at),
        visits=_make_unit("visits", "Visits", "", 10, begun_at),
        tiers=_make_tiers(rng),
        newsletter=_make_subscription_type(rng, "Newsletter", "News, once a month", "OPT_IN"),
        offers=_make_subscription_type(rng, "Offers", "Personal offers", "DOUBLE_OPT_IN"),
        service=_make_subscription_type(rng, "Service", "About your purchases", "OPT_OUT"),
        promotions=_make_promotions(rng, begun_at),
        rewards=_make_rewards(),
    )


def _make_shops(rng: Random) -> list[Shop]:
    keys = ("street", "house_number", "postal_code", "city", "country")
    rows = [
        Shop(
            uuid=_SHOP_UUIDS.get(name) or new_uuid(rng),
            name=name,
            type=kind,
            reference=reference,
            address=dict(zip(keys, address, strict=True)),
            has_loyalty_program=name not in _WITHOUT_LOYALTY,
        )
        for name, kind, reference, *address in _SHOPS
    ]
    return [row for row in Shop.objects.bulk_create(rows) if row.has_loyalty_program]


def _make_unit(name: str, label: str, prefix: str, worth: int, begun_at: datetime) -> Unit:
    return Unit.objects.create(
        name=name,
        label=label,
        prefix=prefix,
        is_default=name == "purchase_amount",
        credits_per_unit=Decimal(worth),
        created_at=begun_at,
    )


def _make_tiers(rng: Random) -> list[Tier]:
    rows = [
        Tier(uuid=new_uuid(rng), name=name, description=description, position=position)
        for position, (name, description) in enumerate(_TIERS, start=1)
    ]
    return Tier.objects.bulk_create(rows)


def _make_subscription_type(
    rng: Random, name: str, description: str, strategy: str
) -> SubscriptionType:
    return SubscriptionType.objects.create(
        uuid=new_uuid(rng), name=name, description=description, strategy=strategy
    )


def _make_promotions(rng: Random, begun_at: datetime) -> dict[str, Promotion]:
    uuids = {"Welcome coffee": WELCOME_COFFEE_UUID, "Sold out": SOLD_OUT_UUID}
    rows = [
        Promotion(
            uuid=uuids.get(name) or new_uuid(rng),
            name=name,
            description=description,
            voucher_limit=limit,
            limit_per_contact=limit_per_contact,
            expiration_duration=days * DAY if days else None,
            type="SINGLE_USE" if uses == 1 else "MULTI_USE",
            redemptions_per_voucher=uses,
            active=name != _CLOSED_PROMOTION[0],
            created_at=begun_at,
        )
        for name, description, limit, limit_per_contact, days, uses in (
            *_PROMOTIONS,
            _CLOSED_PROMOTION,
        )
    ]
    return {row.name: row for row in Promotion.objects.bulk_create(rows)}


def _options(*labels: str) -> list[dict[str, str]]:
    return [{"label": each, "value": each.lower().replace(" ", "_")} for each in labels]


def _make_attributes(begun_at: datetime) -> None:
    drinks = _options("Coffee", "Tea", "Oat latte", "Hot chocolate")
    allergies = _options("Gluten", "Lactose", "Nuts", "Soy")
    rows: tuple[tuple[str, str, str, str, list[dict[str, str]]], ...] = (
        ("contact", "favourite_drink", "Favourite drink", "select", drinks),
        ("contact", "allergies", "Allergies", "multi_select", allergies),
        ("contact", "has_dog", "Brings a dog", "boolean", []),
        ("contact", "company", "Company", "text", []),
        ("voucher", "plu", "PLU", "text", []),
        ("loyalty_transaction", "receipt_number", "Receipt number", "text", []),
        ("booking", "table_preference", "Table", "select", _options("Window", "Terrace", "Bar")),
    )
    Attribute.objects.bulk_create(
        Attribute(
            entity=entity,
            name=name,
            label=label,
            type=kind,
            options=options,
            position=position,
            created_at=begun_at + timedelta(hours=position),
        )
        for position, (entity, name, label, kind, options) in enumerate(rows)
    )


def _make_perks(rng: Random) -> None:
    percentages = (("None", "none"), ("5%", "five"), ("10%", "ten"))
    Perk.objects.create(
        uuid=PERK_UUID,
        label="Discount",
        name="discount",
        data_type="single_select",
        options=[
            {"label": label, "value": value, "default": value == "none"}
            for label, value in percentages
        ],
    )
    Perk.objects.create(
        uuid=new_uuid(rng),
        label="Free delivery",
        name="free_delivery",
        data_type="boolean",
        options=[
            {"label": "Yes", "value": True, "default": False},
            {"label": "No", "value": False, "default": True},
        ],
    )


def _make_products(rng: Random) -> None:
    for (key, group), labels in _PRODUCTS.items():
        drawn = new_uuid(rng)  # for all, so that what is drawn after it stays as it is
        uuid = PRODUCT_CATEGORY_UUID if key == "DRINKS" else drawn
        category = ProductCategory.objects.create(uuid=uuid, external_identifier=key, name=group)
        rows = [
            Product(
                uuid=PRODUCT_UUID if name == "Oat latte" else new_uuid(rng),
                external_identifier="SKU-" + name.upper().replace(" ", "-"),
                name=name,
                description=_DESCRIPTIONS.get(name, ""),
            )
            for name in labels
        ]
        category.product_set.set(Product.objects.bulk_create(rows))


def _make_giftcard_program() -> None:
    GiftcardProgram.objects.create(
        uuid=GIFTCARD_PROGRAM_UUID,
        name="Gift card",
        max_amount_in_cents=15_000,
        expiration_days=730,
    )


def _make_rewards() -> dict[int, Reward]:
    rows = [
        Reward(uuid=f"{_REWARD_UUIDS}{number}", title=title, type=kind, required_credits=price)
        for number, (title, kind, price) in enumerate(_REWARDS, start=1)
    ]
    Reward.objects.bulk_create(rows)
    return {row.required_credits: row for row in rows}


def _make_automations(begun_at: datetime) -> None:
    Automation.objects.bulk_create(
        Automation(
            uuid=f"{_AUTOMATION_UUIDS}{number}",
            name=name,
            event=event,
            status=status,
            created_at=begun_at,
            updated_at=begun_at,
        )
        for number, (name, event, status) in enumerate(_AUTOMATIONS, start=1)
    )


def _make_forms(rng: Random) -> None:
    rows = []
    for name, status, kind in _FORMS:
        uuid = new_uuid(rng)
        url = f"https://example.test/forms/{uuid}"
        rows.append(Form(uuid=uuid, name=name, status=status, type=kind, url=url))
    Form.objects.bulk_create(rows)
