import pytest

from piggyadmin.sandbox.models import Booking

pytestmark = pytest.mark.django_db(databases=["sandbox"])


@pytest.fixture
def made(api, account):
    return api(
        "POST",
        "bookings",
        shop_uuid=account.shop.uuid,
        contact_uuid=account.mira.uuid,
        external_id="R-100",
        starts_at="2026-04-01T20:00:00+02:00",
        ends_at="2026-04-01T22:00:00+02:00",
        number_of_people=4,
        prepaid_amount=2500,
    )


def test_create_answers_only_what_is_documented(made, account):
    assert set(made) == {
        *("uuid", "contact", "external_id", "source", "starts_at", "ends_at", "created_at")
    }
    assert made["starts_at"] == "2026-04-01T18:00:00+00:00"
    assert made["contact"]["email"] == "mira@example.test"
    booking = Booking.objects.get()
    assert (booking.number_of_people, booking.prepaid_amount) == (4, 2500)


def test_update_changes_only_what_is_given(api, account, made):
    path = f"bookings/{made['uuid']}"
    changed = api("PUT", path, status="in progress", checked_in_at="2026-04-01T18:05:00Z")
    assert changed["checked_in_at"] == "2026-04-01T18:05:00+00:00"
    assert changed["external_id"] == "R-100"
    api("PUT", path, external_id=None, number_of_people="2", company_name="Bakery")
    booking = Booking.objects.get()
    assert (booking.external_id, booking.number_of_people) == ("", 2)
    assert (booking.status, booking.company_name) == ("in progress", "Bakery")


def test_shop_and_contact_stay(api, account, made):
    path = f"bookings/{made['uuid']}"
    changed = api("PUT", path, contact_uuid=account.double.uuid, shop_uuid="other")
    assert changed["contact"]["uuid"] == account.mira.uuid
    assert Booking.objects.get().shop == account.shop


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_at": "evening"}, "starts_at"),
        ({"ends_at": "2026-04-01T10:00:00Z"}, "ends_at"),
        ({"number_of_people": -1}, "number_of_people"),
        ({"prepaid_amount": 10.4}, "prepaid_amount"),
        ({"status": ["x"]}, "status"),
    ],
)
def test_refused(api, made, values, field):
    assert api.wrong("PUT", f"bookings/{made['uuid']}", **values) == {field}


def test_what_cannot_be_found(api, account):
    values = {"shop_uuid": account.shop.uuid, "contact_uuid": account.mira.uuid}
    assert api.code("PUT", "bookings/no", status="x") == 60013
    assert api.code("POST", "bookings", **{**values, "shop_uuid": "no"}) == 1008
    assert api.code("POST", "bookings", **{**values, "contact_uuid": "no"}) == 55031
    assert api.wrong("POST", "bookings") == {"shop_uuid", "contact_uuid"}


def test_they_cannot_be_read(api, made):
    assert api.raw("GET", "bookings").status == 405
    assert api.raw("GET", f"bookings/{made['uuid']}").status == 405
