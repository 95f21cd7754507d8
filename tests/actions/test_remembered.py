"""A shop and a unit are chosen already as they were the last time, by the same person."""

import pytest

from piggyadmin.accounts.roles import Role
from tests.actions.samples import SAMPLES
from tests.actions.test_views import CREDITS, confirmed, text
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db

SAMPLE = SAMPLES["create-credit-reception"]
SHOP = SAMPLE["shop_uuid"]
CHOSEN = f'<option value="{SHOP}" selected>'


def give(client, **more: str) -> None:
    sample = {**SAMPLE, **more}
    response = client.post(CREDITS, confirmed(client.post(CREDITS, sample), sample))
    assert response.status_code == 302


def test_the_shop_is_remembered_in_every_form_that_asks_for_one(staff, sandbox):
    assert CHOSEN not in text(staff.get(CREDITS))
    give(staff)
    assert CHOSEN in text(staff.get(CREDITS))
    assert CHOSEN in text(staff.get("/actions/create-booking/"))


def test_the_unit_is_remembered(staff, sandbox):
    give(staff, credits="", unit_value="10.40", unit_name="purchase_amount")
    assert '<option value="purchase_amount" selected>' in text(staff.get(CREDITS))


def test_a_colleague_in_the_same_browser_has_their_own(staff, sandbox):
    give(staff)
    colleague = signed_in(person(Role.ADMIN))
    colleague.cookies.update({name: m for name, m in staff.cookies.items() if "shop" in name})
    assert CHOSEN not in text(colleague.get(CREDITS))


def test_a_shop_that_is_no_more_is_not_chosen(staff, sandbox):
    give(staff)
    (cookie,) = [name for name in staff.cookies if "shop" in name]
    staff.cookies[cookie] = "c0ffee00-0000-4000-8000-00000000dead"
    page = text(staff.get(CREDITS))
    assert "dead" not in page
    assert '<option value="" selected>' in page


def test_what_was_only_looked_at_or_left_open_is_not_remembered(staff, sandbox):
    staff.post(CREDITS, SAMPLE)
    assert CHOSEN not in text(staff.get(CREDITS))
    give(staff)
    again = text(staff.post(CREDITS, {**SAMPLE, "shop_uuid": ""}))
    assert CHOSEN not in again
