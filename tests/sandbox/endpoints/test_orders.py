import pytest

from piggyadmin.sandbox.models import Contact, LoyaltyTransaction, Order, OrderReturn, Product

pytestmark = pytest.mark.django_db(databases=["sandbox"])

LINE = {
    "external_identifier": "L-1",
    "name": "Oat latte",
    "quantity": 2,
    "price": 400,
    "total_amount": 800,
    "product": {"external_identifier": "SKU-1"},
    "sub_line_items": [
        {
            "external_identifier": "L-1-A",
            "name": "Shot",
            "quantity": 1,
            "price": 100,
            "total_amount": 100,
        }
    ],
}


@pytest.fixture
def body(account):
    return {
        "external_identifier": "O-1",
        "status": "COMPLETED",
        "payment_status": "PAID",
        "total_order_amount": 1000,
        "contact": {"uuid": account.mira.uuid},
        "business_profile": {"uuid": account.shop.uuid},
        "line_items": [LINE],
        "charges": [
            {"external_identifier": "C", "type": "SHIPPING", "name": "Post", "total_amount": 200}
        ],
    }


def balance(account):
    return Contact.objects.get(pk=account.mira.pk).credits


def test_an_order_is_kept_and_found(api, account, body):
    made = api("POST", "orders", **body)
    assert (made["total_charges_amount"], made["formatted_total_order_amount"]) == (200, "€10.00")
    assert made["contact"]["uuid"] == account.mira.uuid
    assert made["line_items"][0]["sub_line_items"][0]["name"] == "Shot"
    assert api("GET", f"orders/{made['uuid']}") == made
    assert api("GET", "orders/find", external_identifier="O-1") == made
    assert api("GET", "orders", limit=1) == [made]
    assert Product.objects.get(external_identifier="SKU-1").name == "Oat latte"
    assert balance(account) == 120
    assert api.wrong("POST", "orders", **body) == {"external_identifier"}
    assert api.code("GET", "orders/x") == 60013


def test_an_order_gives_credits_once(api, account, body):
    made = api("POST", "orders", **body)
    result = api("POST", f"orders/{made['uuid']}/process")
    assert result == {"type": "points_transaction", "data": {"points": 10, "new_balance": 130}}
    assert api.code("POST", f"orders/{made['uuid']}/process") == 1003
    assert balance(account) == 130
    body["external_identifier"] = "O-2"
    answer = api("POST", "orders/create-and-process", **body)
    assert answer["result"]["data"] == {"points": 10, "new_balance": 140}
    assert answer["order"]["external_identifier"] == "O-2"


def test_a_simulation_keeps_nothing(api, account, body):
    answer = api("POST", "orders/simulate", **body)
    assert answer["result"]["data"] == {"points": 10, "new_balance": 130}
    assert balance(account) == 120
    assert not Order.objects.exists()


def test_a_cancelled_order_gives_nothing(api, account, body):
    made = api("POST", "orders", **body)
    changed = api("PUT", f"orders/{made['uuid']}", status="CANCELLED", payment_status="UNPAID")
    assert (changed["status"], changed["payment_status"]) == ("CANCELLED", "UNPAID")
    assert api.code("POST", f"orders/{made['uuid']}/process") == 1003
    assert api.wrong("PUT", f"orders/{made['uuid']}", status="LOST") == {"status"}


def test_what_an_order_needs(api, account, body):
    assert api.wrong("POST", "orders") == {
        *("external_identifier", "status", "payment_status", "total_order_amount"),
        *("line_items", "contact.uuid", "business_profile.uuid"),
    }
    lines = [{"name": "Tea"}, 7]
    missing = {"external_identifier", "quantity", "price", "total_amount"}
    assert api.wrong("POST", "orders", **{**body, "line_items": lines}) == {
        *(f"line_items.0.{name}" for name in missing),
        *(f"line_items.1.{name}" for name in {"name", *missing}),
    }
    assert api.code("POST", "orders", **{**body, "contact": {"uuid": "x"}}) == 55031
    assert api.code("POST", "orders", **{**body, "business_profile": {"uuid": "x"}}) == 1008


def test_a_return_takes_the_credits_of_its_share_back(api, account, body):
    order = api("POST", "orders/create-and-process", **body)["order"]
    line = order["line_items"][0]
    back = {
        "external_identifier": "R-1",
        "status": "COMPLETED",
        "order": {"uuid": order["uuid"]},
        "line_items": [{"uuid": line["uuid"], "quantity": 1, "reason": "Cold"}],
        "sub_line_items": [{"external_identifier": "L-1-A", "quantity": 1}],
    }
    made = api("POST", "order-returns", **back)
    assert [each["total_amount"] for each in made["line_item_returns"]] == [400]
    assert [each["total_amount"] for each in made["sub_line_item_returns"]] == [100]
    result = api("POST", f"order-returns/{made['uuid']}/process")
    assert result == {"type": "POINTS_TRANSACTION", "data": {"points": -5, "new_balance": 125}}
    assert api.code("POST", f"order-returns/{made['uuid']}/process") == 1003
    assert api.code("POST", "order-returns/x/process") == 60013
    assert api.wrong("POST", "order-returns", **back) == {"external_identifier"}
    assert sum(LoyaltyTransaction.objects.values_list("credits", flat=True)[:2]) == 5


def test_a_return_at_once_of_an_order_without_credits(api, account, body):
    order = api("POST", "orders", **body)
    back = {"external_identifier": "R-1", "status": "COMPLETED"}
    by = {"external_identifier": "O-1"}
    item = {"external_identifier": "L-1", "quantity": 2, "total_amount": 700}
    answer = api("POST", "order-returns/create-and-process", **back, order=by, line_items=[item])
    assert answer["return"]["order"]["uuid"] == order["uuid"]
    assert answer["result"]["data"] == {"points": 0, "new_balance": 120}


def test_what_a_return_cannot_be(api, account, body):
    order = api("POST", "orders", **body)
    back = {"external_identifier": "R", "status": "COMPLETED", "order": {"uuid": order["uuid"]}}
    for item, field in (
        ({"uuid": "x", "quantity": 1}, "uuid"),
        ({"external_identifier": "L-1", "quantity": 3}, "quantity"),
        ({"external_identifier": "L-1"}, "quantity"),
    ):
        wrong = api.wrong("POST", "order-returns", **back, line_items=[item])
        assert wrong == {f"line_items.0.{field}"}
    assert api.wrong("POST", "order-returns") == {"external_identifier", "status", "order.uuid"}
    assert api.code("POST", "order-returns", **{**back, "order": {"uuid": "x"}}) == 60013
    assert not OrderReturn.objects.exists()
