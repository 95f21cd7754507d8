import pytest

from piggyadmin.actions.page_views import PiggyPage

LISTS = [
    "/contacts/",
    "/contacts/subscription-types/",
    "/vouchers/",
    "/promotions/",
    "/credits/",
    "/loyalty-program/",
    "/products/",
    "/product-categories/",
    "/attributes/",
    "/automations/",
    "/rewards/",
    "/bookings/",
    "/visits/",
    "/perks/",
    "/forms/",
    "/shops/",
]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", LISTS)
def test_works(url, support, sandbox):
    response = support.get(url)
    assert response.status_code == 200
    html = response.content.decode()
    assert any(part in html for part in ("<table", 'class="grid"', "blank-slate", "empty"))


@pytest.mark.parametrize("page", ["2", "0", "-1", "ten", "99999999999", "1.5", "²"])
def test_any_page_number_is_survived(page, support, sandbox):
    assert support.get("/contacts/", {"page": page}).status_code == 200


@pytest.mark.parametrize("url", [url for url in LISTS if url != "/bookings/"])
def test_remote_error_leaves_the_page_standing(url, support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    response = support.get(url)
    assert response.status_code == 200
    assert "being maintained" in response.content.decode()


def test_offers_the_actions_of_its_entity_that_one_may_do(support, staff, sandbox):
    link = "/actions/create-credit-reception/"
    assert link not in support.get("/credits/").content.decode()
    assert link in staff.get("/credits/").content.decode()


def test_page_that_reads_nothing_is_a_mistake(piggy):
    with pytest.raises(NotImplementedError):
        PiggyPage().read(piggy)


def test_what_makes_something_stands_first_and_of_many_the_rest_under_more(admin, sandbox):
    page = admin.get("/orders/").content.decode()
    bar = page[page.index('class="more"') :]
    assert "Make an order" in page[: page.index('class="more"')]
    assert "Change an order" in bar
    assert page.count("/actions/update-order/") == 1
