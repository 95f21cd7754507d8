"""Who customers are in lists in which Piggy tells their addresses alone."""

import pytest

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.naming import page_with_names, with_name, with_names
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.types import LoyaltyTransaction
from piggyadmin.orders.services import list_orders
from piggyadmin.piggy.types import Page
from piggyadmin.referrals.types import Referral
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_fixtures import ANONYMOUS_EMAIL
from piggyadmin.visits.services import list_visits
from tests.duplicates.pairs import make_contact
from tests.test_walk import do

pytestmark = pytest.mark.django_db
MADE_UP = "anonymous-123@anonymous.example.test"


@pytest.fixture
def anonymous():
    return make_contact("", email=MADE_UP, is_anonymous=True)


def told(mirrored):
    """Give a contact as Piggy tells of it within something else."""
    return Contact(uuid=mirrored.uuid, email=mirrored.email)


def test_a_made_up_address_is_nobodys_name(anonymous):
    (row,) = with_names([LoyaltyTransaction(uuid="t1", contact=told(anonymous))])
    assert row.contact.called == "Anonymous customer"


def test_names_are_looked_up_once_for_all_rows(anonymous, django_assert_num_queries):
    mira = make_contact("Mira Jansen")
    rows = [LoyaltyTransaction(uuid=str(n), contact=told(mira)) for n in range(3)]
    rows.append(LoyaltyTransaction(uuid="4", contact=told(anonymous)))
    rows.append(LoyaltyTransaction(uuid="5"))
    with django_assert_num_queries(1):
        named = with_names(rows)
    calls = [row.contact and row.contact.called for row in named]
    assert calls == [*["Mira Jansen"] * 3, "Anonymous customer", None]


def test_whom_piggy_names_or_nobody_knows_stays_as_told(django_assert_num_queries):
    named = Contact(uuid="c1", firstname="Bo")
    with django_assert_num_queries(0):
        assert with_name(named).called == "Bo"
        assert with_name(Contact(email="x@example.test")).called == "x@example.test"
    unknown = Contact(uuid="c2", email="c2@example.test")
    assert with_name(unknown).called == "c2@example.test"
    assert Contact(uuid="c2").called == "c2"
    assert Contact().called == ""


def test_a_row_may_have_two_customers(anonymous):
    mira = make_contact("Mira Jansen")
    row = Referral(uuid="r1", referring_contact=told(mira), referred_contact=told(anonymous))
    page: Page[Referral] = Page(items=[row], page=1)
    (named,) = page_with_names(page, "referring_contact", "referred_contact").items
    assert named.referring_contact.called == "Mira Jansen"
    assert named.referred_contact.called == "Anonymous customer"


@pytest.mark.parametrize("address", ["/credits/", "/visits/", "/orders/", "/referrals/"])
def test_no_list_shows_a_made_up_address(sandbox, support, address):
    make_contact("", uuid=seed.ANONYMOUS_UUID, email=ANONYMOUS_EMAIL, is_anonymous=True)
    page = support.get(address, {"contact_uuid": seed.ANONYMOUS_UUID})
    assert page.status_code == 200
    assert ANONYMOUS_EMAIL not in page.content.decode()


def pages_of_what_it_has(piggy):
    """Give the addresses of what was made last: each shows its customer alone."""
    (visit, *_others) = list_visits(piggy, contact_uuid=seed.ANONYMOUS_UUID).items
    order = next(
        each for each in list_orders(piggy).items if each.contact.uuid == visit.contact.uuid
    )
    booking = SeenBooking.objects.get(contact_uuid=seed.ANONYMOUS_UUID)
    return [
        f"/visits/{visit.uuid}/",
        f"/orders/{order.uuid}/",
        f"/bookings/{booking.uuid}/",
        f"/actions/update-visit/?visit_uuid={visit.uuid}",
        f"/actions/check-in-booking/?booking_uuid={booking.uuid}",
        "/bookings/all/",
        "/bookings/csv/",
        "/ledger/",
    ]


def test_what_an_anonymous_customer_has_shows_no_made_up_address(piggy, admin):
    make_contact("", uuid=seed.ANONYMOUS_UUID, email=ANONYMOUS_EMAIL, is_anonymous=True)
    for slug in ("create-visit", "create-order", "create-booking"):
        made = do(admin, slug, contact_uuid="CARD-ANON")
        assert ANONYMOUS_EMAIL not in admin.get(made["Location"]).content.decode()
    for address in pages_of_what_it_has(piggy):
        page = admin.get(address)
        assert page.status_code == 200, address
        assert ANONYMOUS_EMAIL not in page.getvalue().decode(), address
