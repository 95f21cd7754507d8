"""What really happened: how often the sandbox carried each action out."""

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.sandbox.server import SandboxServer

Truth = Callable[[SandboxServer], int]
MIRA_CREDITS, DUPLICATE_CREDITS = 120, 30
# Of the welcome coffee, to begin with.
MIRA_VOUCHERS = 2
MIRA_CREDITS, DUPLICATE_CREDITS, ANONYMOUS_CREDITS = 120, 30, 45
MIRA_PREPAID = 1_250  # cents


def _contact(sandbox: SandboxServer, email: str) -> dict[str, Any] | None:
    answer = sandbox.request("GET", "contacts/find-one-by", params={"email": email})
    return answer.json()["data"] if answer.ok else None


def _credits(sandbox: SandboxServer) -> int:
    mira = _contact(sandbox, seed.MIRA_EMAIL)
    assert mira
    return int(mira["credit_balance"]["balance"])


def claimed(sandbox: SandboxServer) -> int:
    contact = _contact(sandbox, SAMPLES["claim-anonymous-contact"]["email"])
    assert contact is None or contact["uuid"] == seed.ANONYMOUS_UUID
    return int(contact is not None)


def booked(sandbox: SandboxServer) -> int:
    return sum((each["starts_at"] or "").startswith("2030-04-01") for each in sandbox.bookings())


def attributes(sandbox: SandboxServer) -> int:
    names = [each["name"] for each in sandbox.api("GET", "contact-attributes")]
    return names.count("shoe_size")


def credits_given(sandbox: SandboxServer) -> int:
    """By the balance; its transactions must add up to the same."""
    times, rest = divmod(_credits(sandbox) - MIRA_CREDITS, 25)
    assert rest == 0
    page = {"contact_uuid": seed.MIRA_UUID, "limit": 100}
    found = sandbox.api("GET", "loyalty-transactions", params=page)
    assert sum(each["credits"] for each in found) == _credits(sandbox)
    return times


def receipt_claimed(sandbox: SandboxServer) -> int:
    return _times(_credits(sandbox) - MIRA_CREDITS, 15)


def reception_reversed(sandbox: SandboxServer) -> int:
    """By the balance: Mira was given 30 credits by it; her transactions must add up to the same."""
    times, rest = divmod(MIRA_CREDITS - _credits(sandbox), 30)
    assert rest == 0
    page = {"contact_uuid": seed.MIRA_UUID, "limit": 100}
    found = sandbox.api("GET", "loyalty-transactions", params=page)
    assert sum(each["credits"] for each in found) == _credits(sandbox)
    return times


def batches(sandbox: SandboxServer) -> int:
    """By the promotion's listing: nothing else in a fresh sandbox is good from that day on."""
    page = {"promotion_uuid": seed.WELCOME_COFFEE_UUID, "limit": 100}
    found = sandbox.api("GET", "vouchers", params=page)
    new = [each for each in found if (each["activation_date"] or "")[:4] in {"2029", "2030"}]
    times, rest = divmod(len(new), 5)
    assert rest == 0
    return times


def products(sandbox: SandboxServer) -> int:
    found = sandbox.api("GET", "products", params={"limit": 100})
    return [each["external_identifier"] for each in found].count("SKU-NEW")


def merged(sandbox: SandboxServer) -> int:
    """By both contacts; the credits of both are always somewhere."""
    source = _contact(sandbox, seed.DUPLICATE_EMAIL)
    while True:
        now, before, source = _credits(sandbox), source, _contact(sandbox, seed.DUPLICATE_EMAIL)
        if before == source:  # it did not happen between the looks
            assert now == MIRA_CREDITS + (0 if source else DUPLICATE_CREDITS)
            return int(source is None)


def _collected(sandbox: SandboxServer, uuid: str) -> bool:
    page = {"contact_uuid": seed.ANONYMOUS_UUID}
    found = sandbox.api("GET", "collectable-rewards", params=page)
    return bool(next(each["has_been_collected"] for each in found if each["uuid"] == uuid))


def collected(sandbox: SandboxServer) -> int:
    return int(_collected(sandbox, SAMPLES["collect-reward"]["loyalty_transaction_uuid"]))


def collection_reversed(sandbox: SandboxServer) -> int:
    return int(not _collected(sandbox, SAMPLES["reverse-collection"]["loyalty_transaction_uuid"]))


def reward_given(sandbox: SandboxServer) -> int:
    """By the balance, and by the rewards to collect."""
    times = _times(_credits(sandbox) - MIRA_CREDITS, -50)
    page = {"contact_uuid": seed.MIRA_UUID}
    assert len(sandbox.api("GET", "collectable-rewards", params=page)) == times
    return times


def reward_reversed(sandbox: SandboxServer) -> int:
    path = f"contacts/{seed.ANONYMOUS_UUID}/credit-balance"
    return _times(sandbox.api("GET", path)["balance"] - ANONYMOUS_CREDITS, 25)


def _prepaid(sandbox: SandboxServer) -> int:
    """By the balance, in cents; its transactions must add up to the same."""
    page = {"contact_uuid": seed.MIRA_UUID, "limit": 30}
    found = sandbox.api("GET", "prepaid-transactions", params=page)
    told = sandbox.api("GET", f"contacts/{seed.MIRA_UUID}/prepaid-balance")["balance_in_cents"]
    assert sum(each["amount_in_cents"] for each in found) == told
    return int(told) - MIRA_PREPAID


def _times(changed: int, once: int) -> int:
    times, rest = divmod(changed, once)
    assert rest == 0
    return times


def paid(sandbox: SandboxServer) -> int:
    return _times(_prepaid(sandbox), -320)


def topped_up(sandbox: SandboxServer) -> int:
    return _times(_prepaid(sandbox), 1_040)


def prepaid_reversed(sandbox: SandboxServer) -> int:
    return _times(_prepaid(sandbox), -MIRA_PREPAID)


def mails(sandbox: SandboxServer) -> int:
    return sum(each["to"] == seed.MIRA_EMAIL for each in sandbox.mailbox())


def booking_changed(sandbox: SandboxServer) -> int:
    return sum(
        each["uuid"] == seed.BOOKING_UUID and each["number_of_people"] == 6
        for each in sandbox.bookings()
    )


def booking_is(status: str) -> Truth:
    """Count whether the booking at hand has come to a status."""
    return lambda sandbox: sum(
        each["uuid"] == seed.BOOKING_UUID and each["status"] == status
        for each in sandbox.bookings()
    )


def identifier_changed(sandbox: SandboxServer) -> int:
    found = sandbox.api(
        "GET", "contact-identifiers/find", params={"contact_identifier_value": "CARD-0001"}
    )
    return int(found["name"] == "Golden card")


def unsubscribed(sandbox: SandboxServer) -> int:
    told = sandbox.api("GET", f"contact-subscriptions/{seed.MIRA_UUID}")
    kinds = {each["subscription_type"]["uuid"]: each["is_subscribed"] for each in told}
    return int(not kinds[SAMPLES["update-contact-subscription"]["subscription_type_uuid"]])


def deleted(sandbox: SandboxServer) -> int:
    """By the contact that is gone; nobody else has lost anything."""
    assert _credits(sandbox) == MIRA_CREDITS
    return int(_contact(sandbox, seed.DUPLICATE_EMAIL) is None)


def contact_changed(sandbox: SandboxServer) -> int:
    mira = _contact(sandbox, seed.MIRA_EMAIL)
    assert mira
    values = mira["current_values"]
    changed = values["phonenumber"] == SAMPLES["update-contact"]["phonenumber"]
    assert changed == (values["favourite_drink"] == "coffee")
    assert values["firstname"] == "Mira"
    return int(changed)


# --- Records: what is made, changed and deleted as it is ---


def there(path: str, **facts: Any) -> Truth:
    """Count the records of a list that hold these facts."""

    def truth(sandbox: SandboxServer) -> int:
        rows = sandbox.api("GET", path, params={"limit": 100})
        return sum(all(row[name] == value for name, value in facts.items()) for row in rows)

    return truth


def gone(path: str) -> Truth:
    """Tell whether a record is there no more."""

    def truth(sandbox: SandboxServer) -> int:
        return int(not sandbox.request("GET", path).ok)

    return truth


def _voucher(sandbox: SandboxServer, code: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.api("GET", "vouchers/find", params={"code": code})
    return found


def voucher_is(status: str, code: str) -> Truth:
    """Give the truth of what a voucher was made to be."""
    return lambda sandbox: int(_voucher(sandbox, code)["status"] == status)


def voucher_extended(sandbox: SandboxServer) -> int:
    end = _voucher(sandbox, SAMPLES["extend-voucher"]["code"])["expiration_date"]
    return int(end.startswith(("2030-12-31", "2031-01-01")))


def voucher_used(sandbox: SandboxServer) -> int:
    return int(_voucher(sandbox, SAMPLES["redeem-voucher"]["code"])["times_redeemed"])


def use_reversed(sandbox: SandboxServer) -> int:
    code = SAMPLES["reverse-voucher-redemption"]["code"]
    return 1 - int(_voucher(sandbox, code)["times_redeemed"])


def vouchers_made(sandbox: SandboxServer) -> int:
    """By the listing of what Mira has of this promotion."""
    page = {"promotion_uuid": seed.WELCOME_COFFEE_UUID, "contact_uuid": seed.MIRA_UUID}
    found = sandbox.api("GET", "vouchers", params=page | {"limit": 100})
    return len(found) - MIRA_VOUCHERS


def voucher_replaced(sandbox: SandboxServer) -> int:
    """By the new one; the old one can be used as long as there is none, unless nobody knows."""
    made = vouchers_made(sandbox)
    assert not made or _voucher(sandbox, SAMPLES["replace-voucher"]["code"])["status"] != "ACTIVE"
    return made


def address_made(sandbox: SandboxServer) -> int:
    """By the contact that has the new one; the merge into it is a run of its own."""
    return int(_contact(sandbox, SAMPLES["change-email-address"]["email"]) is not None)


def contact_created(sandbox: SandboxServer) -> int:
    return int(_contact(sandbox, SAMPLES["create-contact"]["email"]) is not None)


def anonymous_created(sandbox: SandboxServer) -> int:
    """By the card that it was made with."""
    card = SAMPLES["create-anonymous-contact"]["contact_identifier_value"]
    return int(_owner(sandbox, card) not in {None, seed.MIRA_UUID})


def card_added(sandbox: SandboxServer) -> int:
    card = SAMPLES["create-contact-identifier"]["contact_identifier_value"]
    return int(_owner(sandbox, card) == seed.MIRA_UUID)


def card_gone(sandbox: SandboxServer) -> int:
    """By what Mira has left, be the card nobody's or no more."""
    return int("CARD-0001" not in _cards_of_mira(sandbox))


def card_off(sandbox: SandboxServer) -> int:
    """By the lost card; the new one is a step of its own."""
    return int(_cards_of_mira(sandbox)["CARD-0001"] is False)


def _cards_of_mira(sandbox: SandboxServer) -> dict[str, bool]:
    """Tell of each of her cards whether it is on."""
    cards = sandbox.api("GET", f"contacts/{seed.MIRA_UUID}/contact-identifiers")
    return {each["value"]: each["active"] for each in cards}


def _owner(sandbox: SandboxServer, card: str) -> str | None:
    asked = {"contact_identifier_value": card}
    answer = sandbox.request("GET", "contact-identifiers/find", params=asked)
    owner = answer.json()["data"]["contact"] if answer.ok else None
    return owner and owner["uuid"]


def _visits(sandbox: SandboxServer) -> list[dict[str, Any]]:
    page = {"contact_uuid": seed.MIRA_UUID, "limit": 100}
    return list(sandbox.api("GET", "visits", params=page))


def visited(sandbox: SandboxServer) -> int:
    return sum((each["starts_at"] or "").startswith("2025-04-01") for each in _visits(sandbox))


def visit_changed(sandbox: SandboxServer) -> int:
    wanted = SAMPLES["update-visit"]
    return sum(
        (each["uuid"], each["source"]) == (wanted["visit_uuid"], wanted["source"])
        for each in _visits(sandbox)
    )


GIFTCARD_UUID = "c0ffee00-0000-4000-8000-000000000b01"
GIFTCARD_CENTS = 2_500


def _giftcard_transactions(sandbox: SandboxServer, amount: int) -> int:
    """By the card's listing; what is on the card must add up to the same."""
    found = sandbox.api("GET", "giftcard-transactions", params={"giftcard_hash": "GIFT-0001"})
    card = sandbox.api("GET", f"giftcards/{GIFTCARD_UUID}")
    amounts = [each["amount_in_cents"] for each in found]
    assert sum(amounts) == card["amount_in_cents"]
    return amounts.count(amount)


def giftcards_made(sandbox: SandboxServer) -> int:
    return len(sandbox.api("GET", "giftcards")) - 3


def paid_with_giftcard(sandbox: SandboxServer) -> int:
    return _giftcard_transactions(sandbox, -500)


def giftcard_reversed(sandbox: SandboxServer) -> int:
    return _giftcard_transactions(sandbox, -GIFTCARD_CENTS)


ORDER_UUID = "c0ffee00-0000-4000-8000-000000000d01"
ORDER_CREDITS = 8


def orders_made(sandbox: SandboxServer) -> int:
    return len(sandbox.api("GET", "orders")) - 1


def orders_made_with_credits(sandbox: SandboxServer) -> int:
    times = orders_made(sandbox)
    assert _credits(sandbox) == MIRA_CREDITS + times * ORDER_CREDITS
    return times


def order_taken_back(sandbox: SandboxServer) -> int:
    """By what was booked for it: of an order that gave nothing, it takes nothing."""
    page = {"contact_uuid": seed.MIRA_UUID, "limit": 100}
    found = sandbox.api("GET", "loyalty-transactions", params=page)
    return [each["credits"] for each in found].count(0)


def order_return_noted(sandbox: SandboxServer) -> int:
    """By its number, which counts once; with a line that there is not it is never taken."""
    asked = {
        "external_identifier": SAMPLES["create-order-return"]["external_identifier"],
        "status": "COMPLETED",
        "order": {"external_identifier": "ORDER-0001"},
        "line_items": [{"uuid": "no-line", "quantity": 1}],
    }
    # By another path than the one whose calls are counted.
    path = "order-returns/create-and-process"
    errors = sandbox.request("POST", path, json=asked).json()["errors"]
    return int("external_identifier" in errors)


def order_processed(sandbox: SandboxServer) -> int:
    times, rest = divmod(_credits(sandbox) - MIRA_CREDITS, ORDER_CREDITS)
    assert rest == 0
    return times


def order_changed(sandbox: SandboxServer) -> int:
    order = sandbox.api("GET", f"orders/{ORDER_UUID}")
    changed = order["status"] == "PENDING"
    assert changed == (order["payment_status"] == "UNPAID")
    return int(changed)


def _shifts(sandbox: SandboxServer, status: str) -> list[dict[str, Any]]:
    page = {"shop_uuid": seed.AMSTERDAM_UUID, "status": status}
    found: list[dict[str, Any]] = sandbox.api("GET", "shifts", params=page)
    return found


def shifts_planned(sandbox: SandboxServer) -> int:
    found = [each["started_at"] for each in _shifts(sandbox, "approved")]
    return sum(each.startswith("2030-04-01") for each in found)


def shift_changed(sandbox: SandboxServer) -> int:
    found = {each["external_id"]: each for each in _shifts(sandbox, "pending")}
    changed = "SHIFT-0001" in found
    assert not changed or found["SHIFT-0001"]["break_in_minutes"] == 45
    return int(changed)


def shift_deleted(sandbox: SandboxServer) -> int:
    """By the shift that is gone; no other one is."""
    found = [each["external_id"] for each in _shifts(sandbox, "approved")]
    assert "SHIFT-0001" in found
    return int("SHIFT-0002" not in found)


def _named(sandbox: SandboxServer, path: str, name: str) -> int:
    return [each["name"] for each in sandbox.api("GET", path)].count(name)


def shift_teams(sandbox: SandboxServer) -> int:
    return _named(sandbox, "shift-teams", "Kitchen")


def shift_types(sandbox: SandboxServer) -> int:
    return _named(sandbox, "shift-types", "Evening")


# The method and path of each write, and how often it was carried out. A token whose answer was
# lost is in nobody's hands, and what was said of a code in nobody's ears: there the test looks at
# what it got itself.
WRITES: dict[str, tuple[str, str, Truth | None]] = {
    "activate-voucher": (
        "PUT",
        "^vouchers/[^/]+$",
        voucher_is("ACTIVE", SAMPLES["activate-voucher"]["code"]),
    ),
    "change-email-address": ("POST", "^contacts$", address_made),
    "claim-loyalty-token": ("POST", "^loyalty-tokens/claim$", receipt_claimed),
    "claim-anonymous-contact": ("PUT", "^contacts/[^/]+/claim$", claimed),
    "create-anonymous-contact": ("POST", "^contacts/anonymous$", anonymous_created),
    "collect-reward": ("PUT", "^collectable-rewards/collect/", collected),
    "cancel-booking": ("PUT", "^bookings/", booking_is("canceled")),
    "check-in-booking": ("PUT", "^bookings/", booking_is("in progress")),
    "complete-booking": ("PUT", "^bookings/", booking_is("completed")),
    "create-and-process-order": (
        "POST",
        "^orders/create-and-process$",
        orders_made_with_credits,
    ),
    "create-and-process-order-return": (
        "POST",
        "^order-returns/create-and-process$",
        order_taken_back,
    ),
    "create-booking": ("POST", "^bookings$", booked),
    "create-contact": ("POST", "^contacts$", contact_created),
    "create-contact-attribute": ("POST", "^contact-attributes$", attributes),
    "create-attribute-group": (
        "POST",
        "^custom-attribute-groups$",
        there("custom-attribute-groups?entity=voucher", name="till", label="At the till"),
    ),
    "create-custom-attribute": (
        "POST",
        "^custom-attributes$",
        there("custom-attributes?entity=voucher", name="table_size", type="select"),
    ),
    "create-credit-reception": ("POST", "^credit-receptions$", credits_given),
    "create-loyalty-transaction-attribute": (
        "POST",
        "^loyalty-transaction-attributes$",
        there("loyalty-transaction-attributes", name="cashier"),
    ),
    "create-perk": ("POST", "^perks$", there("perks", name="free_refill")),
    "create-product": (
        "POST",
        "^products$",
        there("products", external_identifier="SKU-MADE", description="250 ml"),
    ),
    "create-product-category": (
        "POST",
        "^product-categories$",
        there("product-categories", external_identifier="TEAS", name="Teas"),
    ),
    "create-promotion": (
        "POST",
        "^promotions$",
        there("promotions", name="Second scoop", expiration_duration=30 * 24 * 60 * 60),
    ),
    "create-webhook-subscription": (
        "POST",
        "^webhook-subscriptions$",
        there("webhook-subscriptions", name="Till in Utrecht"),
    ),
    "create-unit": ("POST", "^units$", there("units", name="litres", label="Litres")),
    "create-voucher": ("POST", "^vouchers$", vouchers_made),
    "create-contact-identifier": ("POST", "^contact-identifiers$", card_added),
    "create-portal-session": ("POST", "^portal-sessions$", None),
    "create-reward-reception": ("POST", "^reward-receptions$", reward_given),
    "create-visit": ("POST", "^visits$", visited),
    "create-giftcard": ("POST", "^giftcards$", giftcards_made),
    "create-giftcard-transaction": ("POST", "^giftcard-transactions$", paid_with_giftcard),
    "create-loyalty-token": ("POST", "^loyalty-tokens$", None),
    "create-order": ("POST", "^orders$", orders_made),
    "create-order-return": ("POST", "^order-returns$", order_return_noted),
    "create-shift": ("POST", "^shifts$", shifts_planned),
    "create-shift-team": ("POST", "^shift-teams$", shift_teams),
    "create-shift-type": ("POST", "^shift-types$", shift_types),
    "create-vouchers-batch": ("POST", "^vouchers/batch$", batches),
    "deactivate-voucher": (
        "PUT",
        "^vouchers/[^/]+$",
        voucher_is("DEACTIVATED", SAMPLES["deactivate-voucher"]["code"]),
    ),
    "delete-contact": ("POST", "^contacts/[^/]+/delete$", deleted),
    "delete-perk": ("DELETE", "^perks/", gone(f"perks/{seed.PERK_UUID}")),
    "delete-product": ("DELETE", "^products/", gone(f"products/{seed.PRODUCT_UUID}")),
    "delete-product-category": (
        "DELETE",
        "^product-categories/",
        gone(f"product-categories/{seed.PRODUCT_CATEGORY_UUID}"),
    ),
    "delete-webhook-subscription": (
        "DELETE",
        "^webhook-subscriptions/",
        gone("webhook-subscriptions/c0ffee00-0000-4000-8000-000000000f01"),
    ),
    "extend-voucher": ("PUT", "^vouchers/[^/]+$", voucher_extended),
    "delete-shift": ("DELETE", "^shifts/[^/]+$", shift_deleted),
    "find-or-create-products": ("POST", "^products/find-or-create$", products),
    "get-contact-auth-token": ("GET", "^contact-verification/auth-token/", None),
    "lock-voucher": (
        "POST",
        "^vouchers/[^/]+/lock$",
        voucher_is("LOCKED", SAMPLES["lock-voucher"]["code"]),
    ),
    "merge-contacts": ("POST", "^contacts/merge$", merged),
    "run-automation": ("POST", "^automations/runs$", mails),
    "redeem-voucher": ("POST", "^vouchers/redeem$", voucher_used),
    "release-voucher": (
        "POST",
        "^vouchers/[^/]+/release$",
        voucher_is("ACTIVE", SAMPLES["release-voucher"]["code"]),
    ),
    "replace-voucher": ("POST", "^vouchers$", voucher_replaced),
    "reverse-voucher-redemption": ("POST", "^vouchers/[^/]+/reverse$", use_reversed),
    "delete-contact-identifier": ("DELETE", "^contact-identifiers$", card_gone),
    "get-portal-address": ("GET", "^contacts-portal/auth-url$", None),
    "replace-lost-card": ("PUT", "^contact-identifiers$", card_off),
    "process-order-return": ("POST", "^order-returns/[^/]+/process$", order_taken_back),
    "process-order": ("POST", "^orders/[^/]+/process$", order_processed),
    "reverse-giftcard-transaction": (
        "POST",
        "^giftcard-transactions/[^/]+/reverse$",
        giftcard_reversed,
    ),
    "send-giftcard": ("POST", "^giftcards/[^/]+/send-by-email$", mails),
    "send-contact-verification-email": ("POST", "^contact-verification/send$", mails),
    "unlink-contact-identifier": ("PUT", "^contact-identifiers/unlink$", card_gone),
    "pay-prepaid": ("POST", "^prepaid-transactions$", paid),
    "reverse-collection": (
        "POST",
        "^collectable-rewards/[^/]+/reverse$",
        collection_reversed,
    ),
    "reverse-credit-reception": (
        "POST",
        "^credit-receptions/[^/]+/reverse$",
        reception_reversed,
    ),
    "reverse-prepaid-transaction": (
        "POST",
        "^prepaid-transactions/[^/]+/reverse$",
        prepaid_reversed,
    ),
    "reverse-reward-reception": (
        "POST",
        "^reward-receptions/[^/]+/reverse$",
        reward_reversed,
    ),
    "top-up-prepaid": ("POST", "^prepaid-transactions$", topped_up),
    "update-bookings": ("PUT", "^bookings/", booking_changed),
    "update-contact": ("PUT", "^contacts/[^/]+$", contact_changed),
    "update-contact-identifiers": ("PUT", "^contact-identifiers$", identifier_changed),
    "update-contact-subscription": ("PUT", "^contact-subscriptions/", unsubscribed),
    "update-custom-attribute": (
        "PUT",
        "^custom-attributes/",
        there("custom-attributes?entity=voucher", name="plu", label="PLU at the till"),
    ),
    "update-perk": ("PUT", "^perks/", there("perks", label="Discount on everything")),
    "update-product": (
        "PUT",
        "^products/",
        there("products", name="Oat latte, large", description="350 ml"),
    ),
    "update-reward": (
        "PUT",
        "^rewards/",
        there("rewards", title="A large cookie", required_credits=30),
    ),
    "update-webhook-subscription": (
        "PUT",
        "^webhook-subscriptions/",
        there("webhook-subscriptions", name="Stock", status="INACTIVE"),
    ),
    "update-product-category": (
        "PUT",
        "^product-categories/",
        there("product-categories", external_identifier="DRINKS", name="Hot drinks"),
    ),
    "use-session-token": ("POST", "^contact-session-tokens/[^/]+/use$", None),
    "verify-contact-code": ("POST", "^contact-verification/verify$", None),
    "update-visit": ("PUT", "^visits/", visit_changed),
    "update-shift-team": (
        "PUT",
        "^shift-teams/",
        there("shift-teams", name="Bar and terrace"),
    ),
    "update-shift-type": (
        "PUT",
        "^shift-types/",
        there("shift-types", name="Early", description="Opens the shop"),
    ),
    "update-shift": ("PUT", "^shifts/[^/]+$", shift_changed),
    "update-order": ("PUT", "^orders/[^/]+$", order_changed),
}


def _credits_of_another(sandbox: SandboxServer) -> None:
    """Book the very same for somebody else."""
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "credits": 25}
    duplicate = _contact(sandbox, seed.DUPLICATE_EMAIL)
    assert duplicate
    sandbox.api("POST", "credit-receptions", json={**asked, "contact_uuid": duplicate["uuid"]})


def _taken_from_another(sandbox: SandboxServer) -> None:
    """Take as many from somebody else at the same shop."""
    duplicate = _contact(sandbox, seed.DUPLICATE_EMAIL)
    assert duplicate
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": duplicate["uuid"]}
    sandbox.api("POST", "credit-receptions", json={**asked, "credits": -30})


def _vouchers_of_another(sandbox: SandboxServer) -> None:
    """Make as many vouchers of another promotion."""
    asked = {"name": "Tea", "description": "One cup"}
    promotion = sandbox.api("POST", "promotions", json=asked)["uuid"]
    for _ in range(5):
        sandbox.api("POST", "vouchers", json={"promotion_uuid": promotion})


def _prepaid_of_another(cents: int) -> Callable[[SandboxServer], None]:
    """Book as much for somebody else at the same shop, who has enough of it."""

    def book(sandbox: SandboxServer) -> None:
        duplicate = _contact(sandbox, seed.DUPLICATE_EMAIL)
        assert duplicate
        asked = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": duplicate["uuid"]}
        for amount in (5_000, cents):
            asked["amount_in_cents"] = amount
            sandbox.api("POST", "prepaid-transactions", json=asked)

    return book


def _reward_of_another(sandbox: SandboxServer) -> None:
    """Give somebody else the same reward at the same shop, and the credits for it."""
    duplicate = _contact(sandbox, seed.DUPLICATE_EMAIL)
    assert duplicate
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": duplicate["uuid"]}
    sandbox.api("POST", "credit-receptions", json={**asked, "credits": 100})
    reward = SAMPLES["create-reward-reception"]["reward_uuid"]
    sandbox.api("POST", "reward-receptions", json={**asked, "reward_uuid": reward})


# What somebody else has that looks the same where the lists' filters are ignored.
DECOYS: dict[str, Callable[[SandboxServer], None]] = {
    "create-credit-reception": _credits_of_another,
    "create-reward-reception": _reward_of_another,
    "create-vouchers-batch": _vouchers_of_another,
    "pay-prepaid": _prepaid_of_another(-320),
    "reverse-credit-reception": _taken_from_another,
    "reverse-prepaid-transaction": _prepaid_of_another(-MIRA_PREPAID),
    "reverse-reward-reception": _credits_of_another,
    "top-up-prepaid": _prepaid_of_another(1_040),
}
