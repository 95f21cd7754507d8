from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions.create_credit_reception import CreditsToGive
from piggyadmin.desk.today import figures
from piggyadmin.ledger.models import EntryState, EntryStatus
from piggyadmin.sandbox import seed
from tests.ledger.making import credits_for, make_entry

pytestmark = pytest.mark.django_db

SAMPLE_SHOP = seed.AMSTERDAM_UUID
OTHER_SHOP = "c0ffee00-0000-4000-8000-000000000199"


def gift(number, *states, shop=SAMPLE_SHOP):
    contact = Contact(uuid="c1")
    preview = CreditsToGive(
        contact=contact, shop_name="A", unit_label="", gives=number, is_calculated=False, balance=0
    )
    data = credits_for(contact, number) | {"shop_uuid": shop}
    return make_entry(*states, slug="create-credit-reception", data=data, preview=preview)


def batch(quantity):
    data = {"promotion_uuid": "p1", "quantity": quantity, "contact_uuid": None}
    make_entry(EntryState.DONE, slug="create-vouchers-batch", data=data)


def shown(shop=""):
    return {str(each.label): each.number for each in figures(shop)}


def test_a_day_without_anything_is_nothing():
    assert set(shown().values()) == {0}


def test_what_happened_is_added_up_and_what_did_not_is_left_out():
    gift(25, EntryState.DONE)
    gift(-5, EntryState.UNKNOWN, EntryState.SETTLED_DONE)
    gift(100, EntryState.REJECTED)
    gift(1000, EntryState.UNKNOWN)
    batch(12)
    batch(3)
    made = shown()
    assert made["Credits given"] == 20
    assert made["Vouchers made"] == 15
    assert made["Customers merged"] == 0


def test_a_voucher_of_which_no_quantity_is_said_is_one():
    for code, said in {"ONE": {"quantity": None}, "OTHER": {}}.items():
        data = {"promotion_uuid": "p1", "contact_uuid": None, "code": code} | said
        make_entry(EntryState.DONE, slug="create-voucher", data=data)
    assert shown()["Vouchers made"] == 2


def test_yesterday_is_not_today():
    entry = gift(25, EntryState.DONE)
    EntryStatus.objects.filter(entry=entry).update(asked_at=timezone.now() - timedelta(days=1))
    assert shown()["Credits given"] == 0


def test_of_one_shop_only_what_is_done_in_shops_is_shown():
    gift(25, EntryState.DONE)
    gift(7, EntryState.DONE, shop=OTHER_SHOP)
    assert shown()["Credits given"] == 32
    made = shown(OTHER_SHOP)
    assert made["Credits given"] == 7
    assert "Vouchers made" not in made
    assert "Customers merged" not in made


def test_the_shop_is_chosen_once_and_remembered(staff, sandbox):
    assert "Only my shop" in staff.get("/").content.decode()
    assert "Amsterdam" in staff.get("/today/shop/").content.decode()
    assert staff.post("/today/shop/", {"shop_uuid": SAMPLE_SHOP})["Location"] == "/"
    page = staff.get("/").content.decode()
    assert "Today at Amsterdam" in page
    assert "Vouchers made" not in page
    staff.post("/today/shop/", {"shop_uuid": ""})
    assert "Vouchers made" in staff.get("/").content.decode()


def test_a_shop_that_is_none_is_refused(staff, sandbox):
    page = staff.post("/today/shop/", {"shop_uuid": "nowhere"}).content.decode()
    assert "field-errors" in page
    assert "Only my shop" in staff.get("/").content.decode()


def test_the_desk_and_the_choice_stand_when_piggy_is_away(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "times": 20})
    assert "being maintained" in staff.get("/today/shop/").content.decode()
    page = staff.get("/").content.decode()
    assert "Credits given" in page


def test_a_cookie_that_names_no_shop_counts_nothing(staff, sandbox):
    staff.post("/today/shop/", {"shop_uuid": SAMPLE_SHOP})
    (name,) = [name for name in staff.cookies if "desk-shop" in name]
    staff.cookies[name] = "%27%3B%20drop"
    assert "Today at Your shop" in staff.get("/").content.decode()
