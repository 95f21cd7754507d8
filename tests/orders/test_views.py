"""The pages of orders."""

import pytest

from piggyadmin.sandbox.seed_dealings import ORDER_UUID
from tests.amounts import text

pytestmark = pytest.mark.django_db


def test_the_list_leads_to_each_order(support, sandbox):
    response = support.get("/orders/")
    assert "€ 8.50" in text(response)
    assert f"/orders/{ORDER_UUID}/" in response.content.decode()


def test_an_order_tells_what_was_bought(staff, sandbox):
    page = text(staff.get(f"/orders/{ORDER_UUID}/"))
    assert "Order 1001" in page
    assert "Oat latte" in page
    assert "€ 4.25" in page
    assert "Give the credits for it" in page


def test_who_may_not_change_it_is_offered_nothing(support, sandbox):
    page = support.get(f"/orders/{ORDER_UUID}/").content.decode()
    assert "process-order" not in page
    assert "update-order" not in page


def test_an_order_that_is_not_there(support, sandbox):
    assert support.get("/orders/nothing/").status_code == 404


@pytest.mark.parametrize("typed", ["ORDER-0001", ORDER_UUID])
def test_an_order_is_found_by_its_number_and_by_its_uuid(typed, support, sandbox):
    page = text(support.post("/actions/find-order/", {"external_identifier": typed}))
    assert "Open the order" in page


def test_an_order_that_piggy_does_not_tell_of_now(support, sandbox):
    with sandbox.misbehaving({"kind": "garbage"}):
        page = support.get(f"/orders/{ORDER_UUID}/")
    assert page.status_code == 200
    assert "Try again" in page.content.decode()
