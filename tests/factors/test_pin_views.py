"""A shared till: a PIN lets go on who signed in fully there that day, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from piggyadmin.accounts import pins, proofs, throttling
from piggyadmin.accounts.models import Attempts, Pin, SignInHere, User
from piggyadmin.accounts.roles import Role
from piggyadmin.accounts.sessions import end_sessions
from piggyadmin.ledger.models import Event
from tests.conftest import person

pytestmark = [pytest.mark.django_db, pytest.mark.tells_of_people]
PIN, SWITCH, PAGE = "271828", "/accounts/switch/", "/settings/factors/pin/"
PASSWORD = "piggy-test"


def sign_in(till: Client, name: str, password: str = PASSWORD) -> Any:
    return till.post("/accounts/login/", {"login": name, "password": password})


def lock(till: Client) -> Any:
    return till.post("/accounts/lock/", {"next": "/contacts/"})


def go_on(till: Client, who: User, pin: str = PIN, **more: str) -> Any:
    return till.post(SWITCH, {"person": who.pk, "pin": pin, **more})


def here(till: Client) -> str:
    """Tell who is signed in."""
    user = till.get("/").context
    return user["user"].get_username() if user else ""


def kinds() -> list[str]:
    return list(Event.objects.filter(entry=None).values_list("kind", flat=True))


@pytest.fixture
def noor() -> User:
    return person(Role.STAFF)


@pytest.fixture
def daan() -> User:
    return person(Role.SUPPORT)


@pytest.fixture
def till(noor, daan, sandbox) -> Client:
    """A browser in which both have signed in today and chosen a PIN; it is locked now."""
    till = Client()
    for who in (noor, daan):
        sign_in(till, who.username)
        assert till.post(PAGE, {"pin": PIN, "again": PIN}).status_code == 302
        lock(till)
    return till


def test_people_change_places(till, noor, daan):
    assert here(till) == ""
    page = till.get(SWITCH).content.decode()
    assert "Staff" in page
    assert "Support" in page
    assert go_on(till, noor, next="/contacts/")["Location"] == "/contacts/"
    assert here(till) == "staff"
    assert go_on(till, daan, next="https://evil.example/")["Location"] == "/"
    assert here(till) == "support"
    assert kinds().count("switched") == kinds().count("pin-set") == kinds().count("signed-in") == 2
    told = Event.objects.filter(kind="switched").last().detail
    assert (told["person"], told["by"]) == (daan.pk, daan.pk)


def test_locking_leads_to_who_goes_on_and_ends_the_session(till, noor):
    go_on(till, noor)
    assert 'id="lock-form"' in till.get("/").content.decode()
    assert lock(till)["Location"] == f"{SWITCH}?next=%2Fcontacts%2F"
    assert here(till) == ""
    assert (
        f"{SWITCH}?next=/contacts/" in till.get("/accounts/login/?next=/contacts/").content.decode()
    )


def test_it_locks_itself_sooner(till, noor, settings):
    settings.TILL_IDLE_SECONDS = 60
    go_on(till, noor)
    assert till.session.get_expiry_age() <= 120
    Pin.objects.all().delete()
    other = Client()
    sign_in(other, "support")
    assert other.session.get_expiry_age() > 300


def test_nobody_is_here_who_did_not_sign_in_here_today(till, noor, daan):
    other = Client()
    assert (
        other.get(f"{SWITCH}?next=/contacts/")["Location"] == "/accounts/login/?next=%2Fcontacts%2F"
    )
    sign_in(other, "staff")
    lock(other)
    assert go_on(other, daan).status_code == 200
    assert here(other) == ""
    SignInHere.objects.update(at=timezone.now() - timedelta(days=1))
    assert go_on(till, noor)["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    "end",
    [
        lambda who: User.objects.filter(pk=who.pk).update(is_active=False),
        lambda who: (who.set_password("another lamp"), who.save()),
        end_sessions,
        lambda who: Pin.objects.filter(person=who).delete(),
    ],
)
def test_whoever_has_to_sign_in_anew_does(till, noor, end):
    end(noor)
    assert "Staff" not in till.get(SWITCH).content.decode()
    go_on(till, noor)
    assert here(till) == ""


def test_signing_out_is_no_lock(till, noor, daan):
    go_on(till, noor)
    till.post("/accounts/logout/")
    assert [each.person_id for each in SignInHere.objects.all()] == [daan.pk]
    go_on(till, noor)
    assert here(till) == ""


def test_a_pin_does_not_lengthen_the_day(till, noor):
    begun = timezone.now() - timedelta(minutes=30)
    SignInHere.objects.filter(person=noor).update(at=begun)
    go_on(till, noor)
    assert till.session["begun"] == int(begun.timestamp())
    assert SignInHere.objects.get(person=noor).at == begun


def test_guessing_takes_the_password_afterwards(till, noor, daan):
    answers = [go_on(till, noor, "000001") for _ in range(throttling.TRIES_PER_FACTOR)]
    assert all("not right" in answer.content.decode() for answer in answers)
    assert go_on(till, noor).status_code == 200
    assert here(till) == ""
    assert kinds().count("pin-failed") == throttling.TRIES_PER_FACTOR
    assert "locked-out" in kinds()
    go_on(till, daan)
    assert here(till) == "support"
    # Wherever they signed in since, nobody looks at a PIN for a while.
    lock(till)
    sign_in(till, "staff")
    lock(till)
    assert go_on(till, noor).status_code == 429
    assert not SignInHere.objects.filter(person=noor).exists()


def test_a_right_one_begins_to_count_anew(till, noor):
    go_on(till, noor, "000001")
    go_on(till, noor)
    assert not Attempts.objects.filter(number__gt=0).exists()


def test_a_pin_is_never_enough_for_what_takes_a_fresh_proof(till, noor, settings):
    settings.FRESH_PROOF_MINUTES = 30
    go_on(till, noor)
    for page in ("/settings/", "/settings/tokens/", PAGE):
        wanted = page.replace("/", "%2F")
        assert till.get(page)["Location"] == f"/accounts/reauthenticate/?next={wanted}"
    request = till.get("/").wsgi_request
    assert proofs.proved_at(request) == 0
    till.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert till.get("/settings/").status_code == 200


def test_whoever_signed_in_fully_is_asked_nothing(till):
    sign_in(till, "staff")
    assert till.get("/settings/").status_code == 200


def test_what_one_opened_is_not_done_by_another(till, noor, daan):
    go_on(till, noor)
    form = till.get("/").context["csrf_token"]
    mark = till.get(PAGE, follow=True).content.decode().split('name="opened_by" value="')[1]
    go_on(till, daan)
    sent = {"csrfmiddlewaretoken": form, "opened_by": mark.split('"')[0], "density": "comfortable"}
    till.post("/density/", sent)
    daan.refresh_from_db()
    assert daan.density == "compact"


@pytest.mark.parametrize(
    "pin", ["12345", "123456", "987654", "890123", "111111", "121212", "12345a", "١٢٣٤٥٦٧"]
)
def test_what_anybody_would_try_is_refused(noor, pin):
    browser = Client()
    sign_in(browser, "staff")
    answer = browser.post(PAGE, {"pin": pin, "again": pin})
    assert answer.status_code == 200
    assert answer.context["form"].errors["pin"]
    assert not Pin.objects.exists()


def test_a_slip_is_found(noor):
    browser = Client()
    sign_in(browser, "staff")
    answer = browser.post(PAGE, {"pin": PIN, "again": "271829"})
    assert answer.context["form"].errors["again"]


def test_is_removed(till, noor):
    sign_in(till, "staff")
    assert "You have a PIN" in till.get("/settings/").content.decode()
    for _ in range(2):
        till.post(f"{PAGE}remove/")
    assert not pins.has_pin(noor)
    assert "lock-form" not in till.get("/settings/").content.decode()
    assert kinds().count("pin-removed") == 1


def test_is_kept_as_a_slow_hash(till, noor):
    assert PIN not in Pin.objects.get(person=noor).hash


def test_old_sign_ins_are_forgotten(till):
    SignInHere.objects.update(at=timezone.now() - timedelta(days=3))
    throttling.forget()
    assert not SignInHere.objects.exists()
