"""The second step of signing in, and proving anew that it is still oneself."""

import time

import pytest
from django.test import Client

from piggyadmin.accounts.models import Attempts
from piggyadmin.accounts.throttling import TRIES_PER_FACTOR
from piggyadmin.factors import authenticators
from piggyadmin.ledger.models import Event
from tests.factors.conftest import (
    PASSWORD,
    SecurityKey,
    is_in,
    make_passkey,
    options_of,
    second_step,
    sign_in,
)

pytestmark = pytest.mark.django_db


# --- Signing in ------------------------------------------------------------------------------


def test_who_has_none_signs_in_as_before(browser, noor):
    assert sign_in(browser)["Location"] == "/"
    assert is_in(browser)


def test_the_password_alone_lets_nobody_in_any_more(browser, app):
    assert sign_in(browser)["Location"] == "/accounts/second-step/"
    assert not is_in(browser)
    assert browser.get("/settings/")["Location"].startswith("/accounts/login/")
    page = browser.get("/accounts/second-step/").content.decode()
    assert "The password of noor is right" in page
    assert 'autocomplete="one-time-code"' in page


def test_the_code_does_and_leads_where_one_wanted_to_go(browser, app):
    sign_in(browser, to="/settings/")
    response = second_step(browser, app.code())
    assert response["Location"] == "/settings/"
    assert is_in(browser)
    assert "browser" in response.cookies


def test_a_code_works_once(browser, app):
    sign_in(browser)
    code = app.code()
    second_step(browser, code)
    other = Client()
    sign_in(other)
    assert "not right, or it was used already" in second_step(other, code).content.decode()
    assert not is_in(other)
    assert second_step(other, app.code()).status_code == 302


def test_a_recovery_code_does_too_and_once(browser, noor, app):
    code = authenticators.unused_codes(authenticators.of_person(noor).last())[0]
    sign_in(browser)
    assert second_step(browser, f"{code[:4]} {code[4:]}").status_code == 302
    other = Client()
    sign_in(other)
    assert second_step(other, code).status_code == 200


def test_nobody_comes_to_the_second_step_without_the_first(browser, app):
    assert browser.get("/accounts/second-step/")["Location"] == "/accounts/login/"
    assert second_step(browser, app.code())["Location"] == "/accounts/login/"


def test_the_second_step_waits_a_quarter_of_an_hour(browser, app):
    sign_in(browser)
    session = browser.session
    session["account_login"]["initiated_at"] = time.time() - 1000
    session.save()
    assert second_step(browser, app.code())["Location"] == "/accounts/login/"


def test_codes_are_not_tried_for_ever_from_wherever(browser, app):
    for number in range(TRIES_PER_FACTOR):
        other = Client(REMOTE_ADDR=f"9.9.9.{number}")
        sign_in(other)
        assert second_step(other, "000000").status_code == 200
    sign_in(browser)
    answer = second_step(browser, app.code())
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    Attempts.objects.all().delete()
    assert second_step(browser, app.code()).status_code == 302


def test_what_is_sent_without_a_proof_is_asked_again(browser, app):
    sign_in(browser)
    assert browser.post("/accounts/second-step/", {}).status_code == 200
    assert not is_in(browser)


def test_what_no_browser_says_of_a_passkey_lets_nobody_in(browser, noor, app):
    make_passkey(noor)
    sign_in(browser)
    for credential in ("", "{}", "[]", "null", '{"id": "x", "rawId": "x", "response": 3}'):
        answer = browser.post("/accounts/second-step/", {"credential": credential})
        assert answer.status_code in {200, 429}
        assert not is_in(browser)


def test_a_passkey_signs_in_and_proves_it_anew(browser, noor):
    sign_in(browser)
    key, address = SecurityKey(), "/settings/factors/passkey/"
    made = key.make(options_of(browser.get(address).content.decode()))
    added = browser.post(address, {"name": "Phone", "credential": made})
    assert added["Location"] == "/settings/factors/recovery-codes/"
    browser.post("/accounts/logout/")
    sign_in(browser, to="/settings/")
    for step in ("/accounts/second-step/", "/accounts/reauthenticate/?next=/settings/"):
        shown = key.show(options_of(browser.get(step).content.decode()))
        forged = SecurityKey().show(options_of(browser.get(step).content.decode()))
        assert "did not work" in browser.post(step, {"credential": forged}).content.decode()
        assert browser.post(step, {"credential": shown}).status_code == 200  # of an older page
        shown = key.show(options_of(browser.get(step).content.decode()))
        answer = browser.post(step, {"credential": shown, "next": "/settings/"})
        assert answer["Location"] == "/settings/"
    assert is_in(browser)


def test_whose_factors_were_taken_away_meanwhile_begins_anew(browser, noor, app):
    sign_in(browser)
    authenticators.remove_all(noor)
    assert browser.get("/accounts/second-step/")["Location"] == "/accounts/login/"
    assert browser.get("/accounts/login/").status_code == 200
    assert sign_in(browser)["Location"] == "/"


def test_somebody_else_can_sign_in_instead(browser, app):
    sign_in(browser)
    browser.post("/accounts/logout/")
    assert browser.get("/accounts/login/").status_code == 200


def test_what_was_typed_is_there_after_both_steps(browser, app, noor, sandbox):
    noor.is_superuser = True
    noor.save()
    address = "/actions/create-credit-reception/"
    answer = browser.post(address, {"credits": "25", "comment": "For the broken cup."})
    browser.post(answer["Location"], {"login": "noor", "password": PASSWORD, "next": address})
    assert second_step(browser, app.code())["Location"] == address
    page = browser.get(address).content.decode()
    assert "For the broken cup." in page


def test_a_secret_that_no_key_opens_is_no_known_secret(browser, noor, app, settings):
    settings.SECRET_KEY = "another key that opens nothing of what was sealed before"
    sign_in(browser)
    assert second_step(browser, app.code()).status_code == 200
    assert not is_in(browser)


@pytest.mark.tells_of_people
def test_the_ledger_tells_of_it(browser, app, noor):
    sign_in(browser)
    second_step(browser, "000000")
    second_step(browser, app.code())
    kinds = list(Event.objects.filter(entry=None).values_list("kind", flat=True))
    assert kinds == [
        *("created", "factor-added", "factor-added"),
        *("factor-failed", "factor-used", "signed-in"),
    ]
    used = Event.objects.get(kind="factor-used").detail
    assert (used["person"], used["by"], used["factor"]) == (noor.pk, noor.pk, "totp")


# --- Proving it anew -------------------------------------------------------------------------


@pytest.fixture
def inside(browser, app):
    sign_in(browser)
    second_step(browser, app.code())
    return browser


def test_a_password_or_a_code_proves_it_anew(inside, app):
    page = inside.get("/accounts/reauthenticate/?next=/settings/").content.decode()
    assert 'name="password"' in page
    assert 'name="code"' in page
    assert 'name="credential"' not in page
    for proof in ({"password": PASSWORD}, {"code": app.code()}):
        answer = inside.post("/accounts/reauthenticate/", proof | {"next": "/settings/"})
        assert answer["Location"] == "/settings/"


@pytest.mark.parametrize("proof", [{"password": "wrong"}, {"code": "000000"}])
def test_what_is_wrong_is_said_beside_it(inside, proof):
    answer = inside.post("/accounts/reauthenticate/", proof | {"next": "//evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_it_leads_nowhere_else(inside):
    answer = inside.post(
        "/accounts/reauthenticate/", {"password": PASSWORD, "next": "//evil.example"}
    )
    assert answer["Location"] == "/"


def test_the_session_has_another_key_afterwards(inside):
    before = inside.session.session_key
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert inside.session.session_key != before
    old = Client()
    old.cookies["sessionid"] = before
    assert not is_in(old)
    assert is_in(inside)
