"""The flows of the official PHP SDK over the sandbox's socket: whatever its mappers read is there.

One test for each of its resources; the names of paths and fields are those that it sends.
"""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.sandbox import sdk as shapes
from tests.sandbox.sdk import Sdk, check

AMSTERDAM = "c0ffee00-0000-4000-8000-000000000101"
COFFEE = "c0ffee00-0000-4000-8000-000000000201"
MIRA = "c0ffee00-0000-4000-8000-000000000001"
MIRA_EMAIL = "mira.jansen@example.test"
SALE = "c0ffee00-0000-4000-8000-000000000a01"


@pytest.fixture
def sdk(sandbox_server) -> Sdk:
    sandbox_server.reset()
    return Sdk(sandbox_server)


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        ({}, {"uuid": str}),
        ({"uuid": None}, {"uuid": str}),
        ({"uuid": 1}, {"uuid": str}),
        ({"active": 1}, {"active": bool}),
        ({"number": True}, {"number": int}),
        ([{"uuid": "a"}, {}], [{"uuid": str}]),
        ({"attributes": None}, {"attributes": shapes.Map}),
        ({"promotion": {}}, {"promotion": shapes.maybe({"attributes": shapes.Map})}),
        ("2026-03-04T09:30:00", shapes.Moment),
        ("2026-03-04T09:30:00.000000Z", shapes.Moment),
    ],
)
def test_what_a_mapper_could_not_read_is_noticed(data, shape):
    with pytest.raises((AssertionError, ValueError)):
        check(data, shape)


def test_contacts(sdk):
    made = sdk("POST", "contacts", {"uuid": str}, email="new@example.test")
    sdk("POST", "contacts/async", {"uuid": str}, email="newer@example.test")
    sdk("GET", f"contacts/{made['uuid']}", shapes.FULL_CONTACT)
    sdk("GET", "contacts/find-one-by", shapes.FULL_CONTACT, email=MIRA_EMAIL)
    sdk("GET", "contacts/find-or-create", shapes.FULL_CONTACT, email="third@example.test")
    sdk("GET", "contacts/find-or-create/async", {"uuid": str}, email="third@example.test")
    names = {"firstname": "Zoë", "has_dog": True, "allergies": ["nuts", "soy"]}
    path = f"contacts/{made['uuid']}"
    changed = sdk("PUT", path, shapes.FULL_CONTACT, attributes=names)
    assert changed["current_values"]["firstname"] == "Zoë"
    assert sdk("GET", "contacts", [shapes.FULL_CONTACT], page=1, limit=5)
    sdk("GET", f"contacts/{MIRA}/credit-balance", shapes.CREDIT_BALANCE)
    sdk("GET", f"contacts/{MIRA}/prepaid-balance", shapes.PREPAID_BALANCE)
    sdk("GET", f"contacts/{MIRA}/tier", shapes.TIER)
    assert sdk("POST", f"{path}/delete", type="GDPR") is None


def test_anonymous_contacts(sdk):
    made = sdk("POST", "contacts/anonymous", {"uuid": str}, contact_identifier_value="CARD-9")
    sdk("POST", "contacts/anonymous", {"uuid": str})
    path = f"contacts/{made['uuid']}/claim"
    sdk("PUT", path, shapes.FULL_CONTACT, email="claimed@example.test")


def test_contact_identifiers(sdk):
    card = {"contact_identifier_value": "CARD-9"}
    path = "contact-identifiers"
    sdk("POST", path, shapes.IDENTIFIER, **card, contact_identifier_name="Card")
    sdk("PUT", f"{path}/link", shapes.IDENTIFIER, **card, contact_uuid=MIRA)
    assert sdk("GET", f"{path}/find", shapes.IDENTIFIER, **card)["contact"]["uuid"] == MIRA
    sdk("GET", f"contacts/{MIRA}/contact-identifiers", [shapes.IDENTIFIER])
    sdk("PUT", f"{path}/unlink", shapes.IDENTIFIER, **card)
    assert sdk("DELETE", path, **card) is None


def test_verification_and_portal(sdk):
    sdk("POST", "contact-verification/send", email=MIRA_EMAIL)
    (mail,) = sdk.server.mailbox()
    code = {"code": mail["code"], "email": MIRA_EMAIL}
    sdk("POST", "contact-verification/verify", {"uuid": str}, **code)
    assert sdk("GET", f"contact-verification/auth-token/{MIRA}")
    sdk("GET", "contacts-portal/auth-url", {"url": str}, contact_uuid=MIRA)
    session = {"shop_uuid": AMSTERDAM, "contact_uuid": MIRA}
    made = sdk("POST", "portal-sessions", shapes.PORTAL_SESSION, **session)
    sdk("POST", "portal-sessions", shapes.PORTAL_SESSION, shop_uuid=AMSTERDAM)
    sdk("GET", f"portal-sessions/{made['uuid']}", shapes.PORTAL_SESSION)


def test_subscriptions(sdk):
    kinds = sdk("GET", "subscription-types", [shapes.SUBSCRIPTION_TYPE])
    path = f"contact-subscriptions/{MIRA}"
    assert sdk("GET", path, [shapes.SUBSCRIPTION])
    for verb in ("subscribe", "unsubscribe"):
        kind = {"subscription_type_uuid": kinds[0]["uuid"]}
        sdk("PUT", f"{path}/{verb}", shapes.SUBSCRIPTION, **kind)


def test_contact_and_custom_attributes(sdk):
    assert sdk("GET", "contact-attributes", [shapes.ATTRIBUTE])
    size = {"name": "size", "label": "Size", "options": [{"name": "S", "value": "s"}]}
    sdk("POST", "contact-attributes", shapes.ATTRIBUTE, **size, data_type="select")
    assert sdk("GET", "custom-attributes", [shapes.CUSTOM_ATTRIBUTE], entity="contact")
    long = {**size, "entity": "voucher", "type": "select"}
    sdk("POST", "custom-attributes", shapes.CUSTOM_ATTRIBUTE, **long)


def test_credit_receptions(sdk):
    to = {"shop_uuid": AMSTERDAM, "contact_uuid": MIRA}
    path = "credit-receptions"
    made = sdk("POST", path, shapes.RECEPTION, **to, credits=5, receipt_number="R-1")
    assert made["receipt_number"] == "R-1"
    till = {"unit_value": 10.4, "unit_name": "purchase_amount", "pos_transaction_id": SALE}
    sdk("POST", path, shapes.RECEPTION, **to, **till, contact_identifier_value="CARD-0001")
    sdk("POST", f"{path}/{made['uuid']}/reverse", shapes.RECEPTION)
    sdk("GET", f"{path}/calculate", {"credits": int}, **to, unit_value=10.4)


def test_loyalty_tokens(sdk):
    receipt = {"version": "v1", "shop_id": AMSTERDAM, "unique_id": "R-1", "credits": 5}
    url = sdk("POST", "loyalty-tokens", str, **receipt)
    claim = dict(parse_qsl(urlsplit(url).query))
    sdk("POST", "loyalty-tokens/claim", shapes.RECEPTION, **claim, contact_uuid=MIRA)


def test_loyalty_transactions(sdk):
    reward = {"contact_uuid": MIRA, "shop_uuid": AMSTERDAM, "reward_uuid": first_reward(sdk)}
    sdk("POST", "reward-receptions", **reward)
    rows = sdk("GET", "loyalty-transactions", contact_uuid=MIRA, limit=100)
    assert len(rows) == 4
    check_transactions(rows)
    check_transactions(sdk("GET", "loyalty-transactions", limit=100))
    taken = sdk("GET", "loyalty-transactions", type="reward_receptions", limit=100)
    assert len(taken) > 1
    check_transactions(taken)


def check_transactions(rows):
    """Read each as the SDK does, which chooses the mapper by the type."""
    for row in rows:
        is_reception = row["type"] == "credit_reception"
        check(row, shapes.RECEPTION if is_reception else shapes.PHYSICAL_RECEPTION)


def test_loyalty_transaction_attributes(sdk):
    path = "loyalty-transaction-attributes"
    text = {"name": "reference", "label": "Reference", "data_type": "text"}
    sdk("POST", path, shapes.LOYALTY_ATTRIBUTE, **text)
    choice = {**text, "name": "till", "options": [{"label": "One", "value": "1"}]}
    sdk("POST", path, shapes.LOYALTY_ATTRIBUTE, **{**choice, "data_type": "select"})
    assert len(sdk("GET", path, [shapes.LOYALTY_ATTRIBUTE])) == 3


def test_program_units_tiers_and_shops(sdk):
    sdk("GET", "loyalty-program", shapes.PROGRAM)
    sdk("POST", "units", shapes.UNIT, name="litres", label="Litres", is_default=False)
    assert len(sdk("GET", "units", [shapes.UNIT])) == 3
    assert sdk("GET", "tiers", [shapes.TIER])
    assert sdk("GET", "shops", [shapes.SHOP])
    sdk("GET", f"shops/{AMSTERDAM}", shapes.SHOP)
    sdk("GET", "brand-kit", shapes.BRAND_KIT)
    assert sdk("GET", "forms", [shapes.FORM])


def test_perks(sdk):
    assert sdk("GET", "perks", [shapes.PERK])
    options = [{"label": "Yes", "value": True, "default": True}]
    fields = {"label": "Parking", "name": "parking", "dataType": "boolean", "options": options}
    made = sdk("POST", "perks", shapes.PERK, **fields)
    path = f"perks/{made['uuid']}"
    sdk("GET", path, shapes.PERK)
    sdk("PUT", path, shapes.PERK, label="Free parking")
    assert sdk("DELETE", path) is None


def first_reward(sdk, kind="PHYSICAL"):
    rewards = sdk("GET", "rewards", [shapes.REWARD])
    return next(each["uuid"] for each in rewards if each["reward_type"] == kind)


def test_rewards(sdk):
    uuid = first_reward(sdk)
    described = {"label": "Size", "description": "How large", "type": "text"}
    sdk("POST", "reward-attributes", shapes.DESCRIBED_ATTRIBUTE, name="size", **described)
    assert sdk("GET", "reward-attributes", [shapes.DESCRIBED_ATTRIBUTE])
    change = {"title": "A large cookie", "required_credits": 30, "size": "L"}
    changed = sdk("PUT", f"rewards/{uuid}", shapes.REWARD, **change)
    assert (changed["title"], changed["required_credits"], changed["size"]) == (
        *("A large cookie", 30),
        "L",
    )
    sdk("GET", f"rewards/{uuid}", shapes.REWARD)
    assert len(sdk("GET", "rewards", [shapes.REWARD], contact_uuid=MIRA)) == 3


def test_reward_receptions(sdk):
    to = {"contact_uuid": MIRA, "shop_uuid": AMSTERDAM}
    reward = {**to, "reward_uuid": first_reward(sdk)}
    made = sdk("POST", "reward-receptions", shapes.PHYSICAL_RECEPTION, **reward)
    sdk("POST", f"reward-receptions/{made['uuid']}/reverse", shapes.RECEPTION)
    sdk("POST", "credit-receptions", **to, credits=500)
    music = {**to, "reward_uuid": first_reward(sdk, "DIGITAL")}
    sdk("POST", "reward-receptions", shapes.DIGITAL_RECEPTION, **music)


def test_collectable_rewards(sdk):
    reward = {"contact_uuid": MIRA, "shop_uuid": AMSTERDAM, "reward_uuid": first_reward(sdk)}
    made = sdk("POST", "reward-receptions", **reward)
    path = "collectable-rewards"
    (listed,) = sdk("GET", path, [shapes.COLLECTABLE], contact_uuid=MIRA)
    assert (listed["uuid"], listed["has_been_collected"]) == (made["uuid"], False)
    collected = sdk("PUT", f"{path}/collect/{made['uuid']}", shapes.COLLECTED)
    assert collected["status"] == "COLLECTED"
    undone = sdk("POST", f"{path}/{collected['uuid']}/reverse", shapes.COLLECTED)
    assert undone["status"] == "REVERSED"


def test_promotions(sdk):
    fields = {"label": "Discount", "description": "In per cent", "type": "number"}
    path = "promotion-attributes"
    made = sdk("POST", path, shapes.DESCRIBED_ATTRIBUTE, name="discount", **fields, options=[])
    assert sdk("GET", path, [shapes.DESCRIBED_ATTRIBUTE])
    one = f"{path}/{made['id']}"
    sdk("GET", one, shapes.DESCRIBED_ATTRIBUTE)
    assert sdk("PUT", one, shapes.DESCRIBED_ATTRIBUTE, label="Off")["label"] == "Off"
    cake = {"name": "Cake", "description": "A slice", "discount": 10, "voucher_limit": 5}
    promotion = sdk("POST", "promotions", shapes.PROMOTION, **cake)
    sdk("GET", f"promotions/{promotion['uuid']}", shapes.PROMOTION)
    assert sdk("GET", "promotions", [shapes.PROMOTION], page=1, limit=30)
    voucher = sdk("POST", "vouchers", shapes.VOUCHER, promotion_uuid=promotion["uuid"])
    assert voucher["promotion"]["attributes"] == {"discount": "10"}


def test_vouchers(sdk):
    fields = {"promotion_uuid": COFFEE, "contact_uuid": MIRA, "custom_attributes": {"plu": "A1"}}
    made = sdk("POST", "vouchers", shapes.VOUCHER, **fields, expiration_date="2999-01-01")
    sdk("POST", "vouchers/batch", {"uuid": str, "status": str}, **fields, quantity=2)
    assert sdk("GET", "vouchers", [shapes.VOUCHER], limit=500)
    code = {"code": made["code"]}
    assert sdk("GET", "vouchers/find", shapes.VOUCHER, **code)["attributes"] == {"plu": "A1"}
    path = f"vouchers/{made['uuid']}"
    sdk("PUT", path, shapes.VOUCHER, status="ACTIVE", custom_attributes={"plu": "B"})
    lock = sdk("POST", f"{path}/lock/", shapes.VOUCHER_LOCK)
    key = {"release_key": lock["lock"]["release_key"]}
    sdk("POST", f"{path}/release/", shapes.VOUCHER_LOCK, **key)
    used = sdk("POST", "vouchers/redeem", shapes.VOUCHER, **code, shop_uuid=AMSTERDAM)
    sdk("POST", f"vouchers/{used['voucher_redemption']['uuid']}/reverse", shapes.VOUCHER)


def test_giftcards(sdk):
    program = sdk("GET", "giftcard-programs", [{"uuid": str, "name": str, "active": bool}])[0]
    new = {"type": 1, "giftcard_program_uuid": program["uuid"]}
    card = sdk("POST", "giftcards", shapes.GIFTCARD, **new)
    sdk("GET", "giftcards/find-one-by", shapes.GIFTCARD, hash=card["hash"])
    path = "giftcard-transactions"
    on = {"giftcard_uuid": card["uuid"], "shop_uuid": AMSTERDAM, "amount_in_cents": 500}
    made = sdk("POST", path, shapes.GIFTCARD_TRANSACTION, **on, custom_attributes={"key": "K"})
    sdk("GET", f"{path}/{made['uuid']}", shapes.GIFTCARD_TRANSACTION)
    of = {"giftcard_hash": card["hash"], "limit": 10}
    assert sdk("GET", path, [shapes.GIFTCARD_TRANSACTION], **of)
    sdk("POST", f"{path}/{made['uuid']}/correct", shapes.GIFTCARD_TRANSACTION)


def test_prepaid_transactions(sdk):
    path = "prepaid-transactions"
    fields = {"contact_uuid": MIRA, "shop_uuid": AMSTERDAM, "amount_in_cents": 100}
    made = sdk("POST", path, shapes.PREPAID_TRANSACTION, **fields)
    assert sdk("GET", path, [shapes.PREPAID_TRANSACTION], contact_uuid=MIRA)
    sdk("POST", f"{path}/{made['uuid']}/reverse", shapes.PREPAID_TRANSACTION)


def test_webhook_subscriptions(sdk):
    path = "webhook-subscriptions"
    fields = {"name": "Mine", "event_type": "contact_updated", "url": "https://example.test/"}
    made = sdk("POST", path, shapes.WEBHOOK, **fields, attributes=["firstname"])
    one = f"{path}/{made['uuid']}"
    assert sdk("GET", one, shapes.WEBHOOK)["properties"] == ["firstname"]
    assert sdk("PUT", one, shapes.WEBHOOK, status="INACTIVE")["status"] == "INACTIVE"
    assert sdk("GET", path, [shapes.WEBHOOK], status="INACTIVE")
    assert sdk("DELETE", one) == []
    assert one.split("/")[1] not in {each["uuid"] for each in sdk("GET", path)}


def test_automations_and_referrals(sdk):
    automations = sdk("GET", "automations", [shapes.AUTOMATION])
    uuid = next(each["uuid"] for each in automations if each["event"] == "contact_updated")
    sdk("POST", "automations/runs", list, contact_uuid=MIRA, automation_uuid=uuid)
    assert sdk("GET", "referrals", [shapes.REFERRAL], status="completed")
    settings = sdk("GET", "referrals/settings", {"completion_event": {"type": str, "data": list}})
    assert settings["referred_contact_incentive"]


def test_products_and_categories(sdk):
    drinks = {"external_identifier": "D", "name": "Drinks"}
    category = sdk("POST", "product-categories", shapes.CATEGORY, **drinks)
    sdk("GET", f"product-categories/{category['uuid']}", shapes.CATEGORY)
    tea = {"external_identifier": "T", "name": "Tea", "categories": [{"uuid": category["uuid"]}]}
    made = sdk("POST", "products", shapes.PRODUCT, **tea)
    sdk("GET", f"products/{made['uuid']}", shapes.PRODUCT)
    sdk("GET", "products/find", shapes.PRODUCT, external_identifier="T")
    sdk("POST", "products/find-or-create", shapes.PRODUCT, external_identifier="T")
    sdk("PUT", f"products/{made['uuid']}", shapes.PRODUCT, name="Mint tea")
    assert sdk("GET", "products", [shapes.PRODUCT], page=1, limit=30)
    assert sdk("DELETE", "products/T") is None


def test_orders_and_returns(sdk):
    """Maps and lists inside each other come form-encoded."""
    line = {"external_identifier": "L", "name": "Tea", "quantity": 2, "price": 300}
    order = {
        "external_identifier": "O-1",
        "status": "COMPLETED",
        "payment_status": "PAID",
        "total_order_amount": 600,
        "contact": {"uuid": MIRA},
        "business_profile": {"uuid": AMSTERDAM},
        "line_items": [{**line, "total_amount": 600, "sub_line_items": []}],
    }
    points = {"points": int, "new_balance": int}
    result = {"type": str, "data": points}
    sdk("POST", "orders/simulate", {"result": result}, **order)
    made = sdk("POST", "orders", shapes.ORDER, **order)
    one = f"orders/{made['uuid']}"
    assert sdk("POST", f"{one}/process", result)["data"]["points"] == 6
    assert sdk("GET", "orders", [shapes.ORDER])
    assert (
        sdk("GET", "orders/find", shapes.ORDER, external_identifier="O-1")["uuid"] == made["uuid"]
    )
    back = {
        "external_identifier": "R-1",
        "status": "COMPLETED",
        "order": {"uuid": made["uuid"]},
        "line_items": [{"uuid": made["line_items"][0]["uuid"], "quantity": 1, "reason": "Cold"}],
    }
    shape = {"return": shapes.ORDER_RETURN, "result": result}
    answer = sdk("POST", "order-returns/create-and-process", shape, **back)
    assert answer["result"]["data"]["points"] == -3
