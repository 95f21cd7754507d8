"""Pages of records: what is known of one, and what may be done with it."""

import pytest

from piggyadmin.actions.record_views import RecordList, RecordPage
from piggyadmin.sandbox import seed
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
NOBODY = "c0ffee00-0000-4000-8000-00000000dead"
PAGES = {
    f"/products/{seed.PRODUCT_UUID}/": ("Oat latte", "/products/"),
    f"/product-categories/{seed.PRODUCT_CATEGORY_UUID}/": ("Drinks", "/product-categories/"),
    f"/perks/{seed.PERK_UUID}/": ("Discount", "/perks/"),
    "/rewards/c0ffee00-0000-4000-8000-000000000651/": ("A cookie", "/rewards/"),
    f"/shops/{seed.AMSTERDAM_UUID}/": ("Amsterdam", "/shops/"),
    "/webhooks/c0ffee00-0000-4000-8000-000000000f01/": ("Vouchers used", "/webhooks/"),
}


@pytest.mark.parametrize("address", PAGES)
def test_one_record_is_shown_with_the_way_back(address, admin, sandbox):
    name, list_address = PAGES[address]
    page = main_of(admin.get(address).content.decode())
    assert f"<h1>\n              {name}" in page
    assert f'href="{list_address}"' in page
    assert address in main_of(admin.get(list_address).content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_what_is_not_there_is_no_page(address, admin, sandbox):
    list_address = PAGES[address][1]
    assert admin.get(f"{list_address}{NOBODY}/").status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_when_piggy_is_away_the_page_stands(address, admin, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    response = admin.get(address)
    assert response.status_code == 200
    assert "being maintained" in response.content.decode()


def test_a_record_offers_what_the_person_may_do_with_it_filled_in(support, staff, admin, sandbox):
    address = f"/products/{seed.PRODUCT_UUID}/"
    change = f"/actions/update-product/?product_uuid={seed.PRODUCT_UUID}"
    delete = f"/actions/delete-product/?product_uuid={seed.PRODUCT_UUID}"
    shown = [main_of(each.get(address).content.decode()) for each in (support, staff, admin)]
    assert [change in page for page in shown] == [False, True, True]
    assert [delete in page for page in shown] == [False, False, True]
    # What cannot be undone stands last.
    assert shown[2].index(change) < shown[2].index(delete)
    assert "data-in-place" in shown[2]


def test_a_list_offers_what_belongs_to_it_alone(admin, sandbox):
    def offered(address: str) -> set[str]:
        return {action.slug for action in admin.get(address).context["actions"]}

    assert offered("/products/") == {"create-product", "find-or-create-products"}
    assert offered("/product-categories/") == {"create-product-category"}
    assert offered("/loyalty-program/") == {"create-unit", "create-loyalty-transaction-attribute"}
    assert offered("/credits/").isdisjoint(offered("/loyalty-program/"))


def test_pages_that_find_nothing_are_a_mistake(piggy):
    with pytest.raises(NotImplementedError):
        RecordPage().find(piggy)
    with pytest.raises(NotImplementedError):
        RecordPage().name_of(None)
    with pytest.raises(NotImplementedError):
        RecordList().read(piggy)
