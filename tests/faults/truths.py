"""What really happened: how often the sandbox carried each action out."""

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.sandbox.server import SandboxServer

Truth = Callable[[SandboxServer], int]
MIRA_CREDITS, DUPLICATE_CREDITS = 120, 30


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


def mails(sandbox: SandboxServer) -> int:
    return sum(each["to"] == seed.MIRA_EMAIL for each in sandbox.mailbox())


def booking_changed(sandbox: SandboxServer) -> int:
    return sum(
        each["uuid"] == seed.BOOKING_UUID and each["number_of_people"] == 6
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
# lost is in nobody's hands: there the test looks at what it got itself.
WRITES: dict[str, tuple[str, str, Truth | None]] = {
    "claim-anonymous-contact": ("PUT", "^contacts/[^/]+/claim$", claimed),
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
    "create-contact-attribute": ("POST", "^contact-attributes$", attributes),
    "create-credit-reception": ("POST", "^credit-receptions$", credits_given),
    "create-giftcard": ("POST", "^giftcards$", giftcards_made),
    "create-giftcard-transaction": ("POST", "^giftcard-transactions$", paid_with_giftcard),
    "create-loyalty-token": ("POST", "^loyalty-tokens$", None),
    "create-order": ("POST", "^orders$", orders_made),
    "create-shift": ("POST", "^shifts$", shifts_planned),
    "create-shift-team": ("POST", "^shift-teams$", shift_teams),
    "create-shift-type": ("POST", "^shift-types$", shift_types),
    "create-vouchers-batch": ("POST", "^vouchers/batch$", batches),
    "delete-contact": ("POST", "^contacts/[^/]+/delete$", deleted),
    "delete-shift": ("DELETE", "^shifts/[^/]+$", shift_deleted),
    "find-or-create-products": ("POST", "^products/find-or-create$", products),
    "get-contact-auth-token": ("GET", "^contact-verification/auth-token/", None),
    "merge-contacts": ("POST", "^contacts/merge$", merged),
    "process-order": ("POST", "^orders/[^/]+/process$", order_processed),
    "reverse-giftcard-transaction": (
        "POST",
        "^giftcard-transactions/[^/]+/reverse$",
        giftcard_reversed,
    ),
    "send-giftcard": ("POST", "^giftcards/[^/]+/send-by-email$", mails),
    "send-contact-verification-email": ("POST", "^contact-verification/send$", mails),
    "update-bookings": ("PUT", "^bookings/", booking_changed),
    "update-contact": ("PUT", "^contacts/[^/]+$", contact_changed),
    "update-contact-identifiers": ("PUT", "^contact-identifiers$", identifier_changed),
    "update-contact-subscription": ("PUT", "^contact-subscriptions/", unsubscribed),
    "update-shift": ("PUT", "^shifts/[^/]+$", shift_changed),
    "update-order": ("PUT", "^orders/[^/]+$", order_changed),
}


def _credits_of_another(sandbox: SandboxServer) -> None:
    """Book the very same for somebody else."""
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "credits": 25}
    duplicate = _contact(sandbox, seed.DUPLICATE_EMAIL)
    assert duplicate
    sandbox.api("POST", "credit-receptions", json={**asked, "contact_uuid": duplicate["uuid"]})


def _vouchers_of_another(sandbox: SandboxServer) -> None:
    """Make as many vouchers of another promotion."""
    asked = {"name": "Tea", "description": "One cup"}
    promotion = sandbox.api("POST", "promotions", json=asked)["uuid"]
    for _ in range(5):
        sandbox.api("POST", "vouchers", json={"promotion_uuid": promotion})


# What somebody else has that looks the same where the lists' filters are ignored.
DECOYS: dict[str, Callable[[SandboxServer], None]] = {
    "create-credit-reception": _credits_of_another,
    "create-vouchers-batch": _vouchers_of_another,
}
