"""What the search box offers while somebody types."""

import re

import pytest

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.duplicates.models import Sweep
from piggyadmin.ledger.reads import log_look_up
from piggyadmin.sandbox import seed
from tests.duplicates.mirror.test_text_search import made, mirror
from tests.duplicates.moving import uuid_of

pytestmark = pytest.mark.django_db
MIRA = {"firstname": "Mira", "lastname": "Jansen", "email": "mira@example.test"}


def offered(client, text, **headers):
    """Give the addresses that are offered, in their order, and what the answer says."""
    html = client.post("/search/suggestions/", {"q": text}, headers=headers).content.decode()
    return re.findall(r'href="([^"]+)"', html), html


def test_customers_by_name_with_what_tells_them_apart(support):
    mirror(made(0, **MIRA))
    urls, html = offered(support, "jansen mi")
    assert urls == [f"/contacts/{uuid_of(0)}/"]
    assert "Mira Jansen" in html
    assert "mira@example.test" in html


def test_a_name_that_is_markup_stays_text(support):
    mirror(made(0, firstname="<b>Mira</b>"))
    _urls, html = offered(support, "mira")
    assert "<b>" not in html
    assert "&lt;b&gt;Mira" in html


def test_who_may_not_look_up_is_offered_no_customer(client_of_nobody):
    mirror(made(0, **MIRA))
    SeenBooking.objects.create(uuid=uuid_of(5))
    assert offered(client_of_nobody, "jansen")[0] == []
    assert offered(client_of_nobody, uuid_of(5))[0] == []


@pytest.fixture
def client_of_nobody(client, django_user_model):
    """Somebody who has signed in and has no role."""
    client.force_login(django_user_model.objects.create_user("nobody"))
    return client


def test_bookings_by_the_beginning_of_their_reference(staff):
    SeenBooking.objects.create(uuid=uuid_of(5), external_id="R-2026-17")
    wanted = [f"/bookings/{uuid_of(5)}/"]
    assert offered(staff, "r-2026")[0] == wanted
    assert offered(staff, uuid_of(5)[:30])[0] == wanted


def test_a_booking_is_told_with_its_customers_name(staff):
    mirror(made(0, **MIRA))
    SeenBooking.objects.create(uuid=uuid_of(5), external_id="R-17", contact_uuid=uuid_of(0))
    assert "Mira Jansen" in offered(staff, "r-17")[1]


@pytest.mark.parametrize("text", ["give cred", "credits give"])
def test_actions_by_name(staff, text):
    assert "/actions/create-credit-reception/" in offered(staff, text)[0]


def test_actions_and_pages_in_any_language(staff):
    assert "/actions/create-credit-reception/" in offered(staff, "geef credits")[0]
    assert "/contacts/" in offered(staff, "klanten")[0]
    staff.cookies["django_language"] = "nl"
    assert "/contacts/" in offered(staff, "customers", accept_language="nl")[0]
    assert "/vouchers/" in offered(staff, "vouchers", accept_language="nl")[0]
    assert "/credits/" in offered(staff, "credits", accept_language="nl")[0]


def test_what_somebody_may_not_do_is_not_offered(support):
    assert "/actions/merge-contacts/" not in offered(support, "merge")[0]
    assert "/requests/" not in offered(support, "requests")[0]


def test_before_anything_is_typed_the_customers_looked_at_last(support, django_user_model):
    mirror(made(0, **MIRA), made(1, firstname="Bo"), made(2, firstname="Cas"))
    me = django_user_model.objects.get(username="support")
    for number in (0, 1, 0):
        log_look_up(me, "contact-page", uuid_of(number))
    urls, html = offered(support, " ")
    assert urls == [f"/contacts/{uuid_of(0)}/", f"/contacts/{uuid_of(1)}/"]
    assert "Looked at last" in html


@pytest.mark.parametrize("text", ["", "%", '"', "z" * 10_000])
def test_nothing_is_offered_where_nothing_fits(support, text):
    assert offered(support, text)[0] == []


def test_how_fresh_the_customers_are_stands_below(support):
    assert "once all have been read" in offered(support, "mira")[1]
    sweep = Sweep.objects.create(run_id=1)
    sweep.finished_at = sweep.started_at
    sweep.save()
    assert "Customers as read" in offered(support, "mira")[1]


def test_promotions_by_words_of_their_names_once_the_box_is_open(
    support, client_of_nobody, sandbox
):
    offered(client_of_nobody, "")
    assert offered(support, "c")[0] == []
    assert offered(support, "")[0] == []
    assert len(sandbox.calls(path="promotions")) == 1
    assert offered(support, "coffee welc")[0] == [f"/promotions/{seed.WELCOME_COFFEE_UUID}/"]
    assert offered(support, "coffee nothing")[0] == []
    assert offered(client_of_nobody, "coffee")[0] == []
