"""A session that ends in the middle, without JavaScript: nothing is sent, and nothing is lost."""

import pytest
from django.contrib.sessions.models import Session

from piggyadmin.accounts import middleware
from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from tests.actions.reading import main_of, typed_in
from tests.actions.samples import SAMPLES

pytestmark = pytest.mark.django_db
SLUG = "create-credit-reception"
URL = f"/actions/{SLUG}/"
SAMPLE = SAMPLES[SLUG]


def sign_in(client, username: str, **more: str):
    form = {"login": username, "password": DEMO_PASSWORD, **more}
    return client.post("/accounts/login/", form)


@pytest.fixture
def browser(client):
    """Give a browser in which somebody had signed in, until the session ended."""
    make_demo_people()
    sign_in(client, "staff")
    Session.objects.all().delete()
    return client


def press(browser, **more: str) -> str:
    """Press the button of the form, and give the sign-in page that one comes to."""
    response = browser.post(URL, {**SAMPLE, "submission_key": "k", "agreement": "a", **more})
    assert response["Location"] == f"/accounts/login/?next={URL}"
    return main_of(browser.get(response["Location"]).content.decode())


def test_what_was_typed_is_there_after_signing_in(browser, sandbox):
    assert "nothing was sent. What you typed is kept" in press(browser)
    assert sandbox.calls() == []
    response = sign_in(browser, "staff", next=URL)
    page = browser.get(response["Location"]).content.decode()
    typed = typed_in(page)
    assert {name: typed.get(name, text) for name, text in SAMPLE.items()} == SAMPLE
    assert typed["submission_key"] != "k"
    assert f'value="{SAMPLE["shop_uuid"]}" selected' in page
    assert sandbox.calls("POST") == []


def test_it_is_there_once(browser, sandbox):
    press(browser)
    sign_in(browser, "staff")
    browser.get(URL)
    assert typed_in(browser.get(URL).content.decode())["contact_uuid"] == ""


def test_the_first_step_is_gone_on_with(browser, sandbox):
    url = "/actions/update-contact-identifiers/"
    browser.post(url, {"contact_identifier_value": "CARD-0001", "step": "look_up"})
    sign_in(browser, "staff")
    assert "Belongs to" in browser.get(url).content.decode()


def test_a_look_up_is_carried_out(browser, sandbox):
    url = "/actions/find-voucher-by-code/"
    browser.post(url, {"code": "WELCOME-ACTIVE"})
    sign_in(browser, "staff")
    assert "Can be used" in browser.get(url).content.decode()


def test_it_is_not_put_into_another_form(browser, sandbox):
    press(browser)
    sign_in(browser, "staff")
    other = browser.get("/actions/find-or-create-products/").content.decode()
    assert SAMPLE["comment"] not in other
    assert SAMPLE["comment"] not in browser.get(URL).content.decode()


def test_whoever_may_not_do_it_does_not_see_it(browser, sandbox):
    press(browser)
    sign_in(browser, "support")
    assert browser.get(URL).status_code == 403


def test_after_a_while_it_is_gone(browser, sandbox, monkeypatch):
    press(browser)
    sign_in(browser, "staff")
    monkeypatch.setattr(middleware, "KEPT_SECONDS", -1)
    assert SAMPLE["comment"] not in browser.get(URL).content.decode()


def test_too_much_is_not_kept(browser):
    page = press(browser, comment="x" * middleware.MOST_CHARACTERS)
    assert "nothing was sent. Sign in and fill it in again" in page
    assert "typed" not in browser.session


@pytest.mark.parametrize("url", ["/search/", "/theme/"])
def test_other_forms_are_not_kept(browser, url):
    browser.post(url, {"q": "somebody@example.test"})
    assert "typed" not in browser.session


def test_a_page_that_stays_keeps_it_itself(browser):
    browser.post(URL, SAMPLE, headers={"HX-Request": "true"})
    assert "typed" not in browser.session
