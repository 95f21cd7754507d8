"""What stood in forms when a till was locked: the same person has it again, and nobody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from piggyadmin.accounts import locked_pages, throttling
from piggyadmin.accounts.models import LockedPage, SignInHere
from piggyadmin.accounts.roles import Role
from piggyadmin.ui import stored
from tests.conftest import person
from tests.factors.test_pin_views import PASSWORD, PIN, SWITCH, daan, go_on, here, noor, sign_in

__all__ = ["daan", "noor"]
pytestmark = [pytest.mark.django_db, pytest.mark.tells_of_people]
PAGE = "/contacts/"
WORDS = "For the broken cup of Mira"


@pytest.fixture
def till(noor, daan, sandbox) -> Client:
    """A browser in which both can go on with a PIN; Noor is signed in."""
    till = Client()
    for who in (daan, noor):
        till.post("/accounts/lock/")
        sign_in(till, who.username)
        till.post("/settings/factors/pin/", {"pin": PIN, "again": PIN})
    return till


def typed(words: str = WORDS, *, name: str = "comment", **more: Any) -> str:
    field = {"name": name, "at": 0, "drawn": False, "value": words}
    return json.dumps({"fields": [field], "drawer": None, "memory": {}} | more)


def drawn_for(till: Client, page: str = PAGE) -> str:
    html = till.get(page).content.decode()
    return html.split('name="drawn_for" value="')[1].split('"')[0]


def lock(till: Client, mark: str, text: str = "", page: str = PAGE) -> Any:
    sent = {"next": page, "drawn_for": mark, "typed": text or typed()}
    return till.post("/accounts/lock/", sent, follow=True)


def given_back(till: Client, page: str = PAGE, **headers: str) -> dict[str, Any] | None:
    html = till.get(page, headers=headers).content.decode()
    if 'id="locked-page"' not in html:
        return None
    page_again: dict[str, Any] = json.loads(
        html.split('id="locked-page" type="application/json">')[1].split("</script>")[0]
    )
    return page_again


def test_the_same_person_has_it_again_once(till, noor):
    lock(till, drawn_for(till))
    assert here(till) == ""
    go_on(till, noor)
    assert given_back(till, "/vouchers/") is None
    assert given_back(till, **{"HX-Request": "true"}) is None
    again = given_back(till)
    assert again
    assert again["fields"][0]["value"] == WORDS
    assert given_back(till) is None
    assert not LockedPage.objects.exists()


def test_the_password_brings_it_as_well(till):
    lock(till, drawn_for(till))
    sign_in(till, "staff")
    assert given_back(till)


def test_wrong_pins_do_not_lose_it(till, noor):
    lock(till, drawn_for(till))
    for _ in range(throttling.TRIES_PER_FACTOR):
        go_on(till, noor, "000001")
    sign_in(till, "staff")
    assert given_back(till)


def test_whoever_else_comes_has_nothing_and_leaves_nothing(till, noor, daan):
    lock(till, drawn_for(till))
    assert WORDS not in till.get(SWITCH).content.decode()
    go_on(till, daan)
    assert given_back(till) is None
    assert not LockedPage.objects.exists()
    assert WORDS not in json.dumps(dict(till.session))
    lock(till, drawn_for(till), typed("Of Daan"))
    go_on(till, noor)
    assert given_back(till) is None


def test_whoever_has_no_pin_ends_it_too(till, noor):
    lock(till, drawn_for(till))
    person(Role.ADMIN)
    sign_in(till, "admin")
    assert not LockedPage.objects.exists()
    assert given_back(till) is None


def test_another_browser_has_nothing(till):
    lock(till, drawn_for(till))
    other = Client()
    sign_in(other, "staff")
    assert given_back(other) is None
    assert LockedPage.objects.count() == 1


def test_signing_out_leaves_nothing(till, noor):
    lock(till, drawn_for(till))
    go_on(till, noor)
    till.post("/accounts/logout/")
    sign_in(till, "staff")
    assert given_back(till) is None


def test_each_tab_is_kept_though_the_first_has_ended_the_session(till, noor):
    mark = drawn_for(till)
    lock(till, mark)
    lock(till, mark, typed("Elsewhere"), "/vouchers/")
    go_on(till, noor)
    assert given_back(till)
    # What nobody has opened yet is there after another lock.
    lock(till, drawn_for(till), page="/bookings/")
    go_on(till, noor)
    elsewhere = given_back(till, "/vouchers/")
    assert elsewhere
    assert elsewhere["fields"][0]["value"] == "Elsewhere"


def test_a_tab_of_before_somebody_else_came_leaves_nothing(till, noor, daan):
    mark = drawn_for(till)
    lock(till, mark)
    go_on(till, daan)
    lock(till, mark)
    assert not LockedPage.objects.exists()
    lock(till, mark)
    go_on(till, noor)
    lock(till, mark)
    assert LockedPage.objects.filter(person=noor).count() == 1


def test_a_session_that_has_ended_before_it_locked_keeps_it(till, noor):
    mark = drawn_for(till)
    till.cookies["sessionid"] = ""
    lock(till, mark)
    go_on(till, noor)
    assert given_back(till)


def test_nobody_leaves_anything_for_others(till, daan):
    for mark in ("", "1 abc", drawn_for(till).replace(":", ":x")):
        lock(till, mark)
    assert not LockedPage.objects.exists()


def test_it_is_sealed(till):
    lock(till, drawn_for(till))
    with connection.cursor() as cursor:
        cursor.execute("SELECT typed FROM accounts_lockedpage")
        (kept,) = cursor.fetchone()
    assert kept.startswith("s1:")


@pytest.mark.parametrize("name", ["secret", "confirmation", "csrfmiddlewaretoken"])
def test_what_is_secret_is_left_out(till, noor, name):
    sent = json.loads(typed())
    sent["fields"].append(json.loads(typed("hush", name=name))["fields"][0])
    lock(till, drawn_for(till), json.dumps(sent))
    go_on(till, noor)
    again = given_back(till)
    assert again
    assert [each["name"] for each in again["fields"]] == ["comment"]


@pytest.mark.parametrize(
    "text", ["too long", "[]", "{}", '{"fields": [1], "drawer": 0, "memory": 0}', "[" * 9999]
)
def test_what_pages_do_not_send_is_not_kept_and_said(till, text):
    answer = lock(till, drawn_for(till), text)
    assert "too long to be kept" in answer.content.decode()
    assert not LockedPage.objects.exists()
    assert here(till) == ""


def test_too_much_is_not_kept(till):
    answer = lock(till, drawn_for(till), typed("x" * locked_pages.MOST_CHARACTERS))
    assert "too long to be kept" in answer.content.decode()


def test_nothing_typed_is_nothing_kept(till):
    mark = drawn_for(till)
    till.post("/accounts/lock/", {"next": PAGE, "drawn_for": mark})
    lock(till, mark, json.dumps({"fields": [], "drawer": None, "memory": {}}))
    assert not LockedPage.objects.exists()


def test_filters_that_stand_in_no_address_are_there_again(till, noor):
    address = till.post("/contacts/", {"name": "Mira"})
    session = till.session
    session[stored.KEPT] = {"abc": "name=Mira"}
    session.save()
    assert address
    lock(till, drawn_for(till))
    go_on(till, noor)
    assert till.session[stored.KEPT] == {"abc": "name=Mira"}


def test_the_day_ends_it(till, noor, settings):
    lock(till, drawn_for(till))
    LockedPage.objects.update(
        at=timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    )
    go_on(till, noor)
    assert given_back(till) is None
    lock(till, drawn_for(till))
    LockedPage.objects.update(at=timezone.now() - timedelta(days=1))
    throttling.forget()
    assert not LockedPage.objects.exists()


def test_markup_stays_text(till, noor):
    lock(till, drawn_for(till), typed("</script><b>"))
    go_on(till, noor)
    again = given_back(till)
    assert again
    assert again["fields"][0]["value"] == "</script><b>"


def test_the_same_person_goes_on_with_the_same_sign_in(till, noor):
    sign_in_before = till.session["sign_in"]
    lock(till, drawn_for(till))
    go_on(till, noor)
    assert till.session["sign_in"] == sign_in_before
    assert SignInHere.objects.get(person=noor).sign_in == sign_in_before
    assert sign_in(till, "staff", PASSWORD)
