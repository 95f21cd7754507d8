"""A session that ends in the middle, without JavaScript: nothing is sent, and nothing is lost."""

from hashlib import sha256
from uuid import uuid4

import pytest
from django import forms
from django.contrib.sessions.models import Session
from django.urls import get_resolver

from piggyadmin import sealing
from piggyadmin.accounts import drafts as typed_module
from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from piggyadmin.ledger.models import EntryState
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.ledger.reading import main_of, typed_in

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


def noise(length: int) -> str:
    """Make a text that cannot be compressed much, always the same."""
    blocks = (sha256(str(number).encode()).hexdigest() for number in range(length // 64 + 1))
    return "".join(blocks)[:length]


def is_kept(browser) -> bool:
    """Tell whether the browser or its session holds what was typed."""
    cookie = browser.cookies.get(typed_module.COOKIE)
    return bool(cookie and cookie.value) or typed_module.COOKIE in browser.session


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
    monkeypatch.setattr(typed_module, "KEPT_SECONDS", -1)
    assert SAMPLE["comment"] not in browser.get(URL).content.decode()


def test_too_much_is_not_kept(browser):
    page = press(browser, comment="x" * typed_module.MOST_CHARACTERS)
    assert "nothing was sent. Sign in and fill it in again" in page
    assert not is_kept(browser)


def test_as_much_as_a_cookie_holds_is_kept(browser):
    page = press(browser, comment=noise(6000))
    assert "nothing was sent. Sign in and fill it in again" in page
    assert not is_kept(browser)
    page = press(browser, comment="Zoë said so. " * 75)
    assert "What you typed is kept" in page
    kept = browser.cookies[typed_module.COOKIE].value
    assert len(kept) < 4000
    assert sealing.is_sealed(kept)  # so nobody who finds it can read it


def test_a_theme_is_not_kept(browser):
    browser.post("/theme/", {"theme": "dark"})
    assert not is_kept(browser)


def test_a_page_that_stays_keeps_it_itself(browser):
    browser.post(URL, SAMPLE, headers={"HX-Request": "true"})
    assert not is_kept(browser)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "/search/",
        "/theme/",
        "/accounts/login/",
        "/accounts/logout/",
        "/accounts/password/change/",
        "/admin/login/",
        "/admin/accounts/user/add/",
        "/requests/try-again/",
        "/no-such-page/",
    ],
)
def test_whoever_has_not_signed_in_leaves_nothing_behind(client, url):
    """Neither what they send nor what they are told makes a session here."""
    for number in range(3):
        form = {"login": "x", "password": "y", "comment": f"{number} " + "x" * 20_000}
        client.post(url, form)
        client.get("/accounts/login/")
    assert Session.objects.count() == 0


def test_a_search_is_carried_out_after_signing_in(browser, sandbox):
    asked = browser.post("/search/", {"q": "WELCOME-ACTIVE"})
    assert asked["Location"] == "/accounts/login/?next=/search/"
    sign_in(browser, "staff")
    found = browser.get("/search/", follow=True)
    (address, _status), *_others = found.redirect_chain
    assert address.startswith("/actions/find-voucher-by-code/?stored=")
    assert "WELCOME-ACTIVE" in found.content.decode()


def test_a_sentence_typed_on_another_page_is_shown_there(browser, sandbox):
    """A form sent to an address of its own leads back to its page, where the words are shown."""
    entry = make_entry(EntryState.UNKNOWN)
    page = f"/ledger/{entry.submission_key}/"
    why = {"is_done": "yes", "why": "I asked <b>Mira</b>."}
    asked = browser.post(f"{page}decide/", why, headers={"Referer": f"http://testserver{page}"})
    assert asked["Location"] == f"/accounts/login/?next={page}"
    sign_in(browser, "admin")
    assert "was not sent" not in browser.get("/ledger/").content.decode()
    shown = browser.get(page).content.decode()
    assert "This was typed before, and was not sent:" in shown
    assert "I asked &lt;b&gt;Mira&lt;/b&gt;." in shown
    assert "was not sent" not in browser.get(page).content.decode()


def test_nothing_leads_to_another_site(browser):
    asked = browser.post(
        f"/ledger/{uuid4()}/decide/", {}, headers={"Referer": "https://evil.test/x"}
    )
    assert "evil" not in asked["Location"]


def test_nor_does_a_page_that_is_called_as_another_site(browser):
    """A path with two slashes is a page here, and another site to whoever is led to it."""
    referer = {"Referer": "http://testserver//evil.test/x?y=1"}
    asked = browser.post(f"/ledger/{uuid4()}/decide/", {}, headers=referer)
    assert asked["Location"] == "/accounts/login/?next=/%252Fevil.test/x%3Fy%3D1"
    sign_in(browser, "staff")
    again = browser.post(f"/ledger/{uuid4()}/decide/", {"opened_by": "another"}, headers=referer)
    assert again["Location"] == "/%2Fevil.test/x?y=1"


def test_who_signs_in_instead_is_told(browser, sandbox):
    """The form says whose it was only if it was drawn for somebody."""
    sign_in(browser, "staff")
    mark = typed_in(browser.get(URL).content.decode())["opened_by"]
    browser.post("/accounts/logout/")
    press(browser, opened_by=mark)
    sign_in(browser, "admin")
    page = browser.get(URL).content.decode()
    assert "You are signed in as Noor (admin) now" in page
    assert typed_in(page)["comment"] == SAMPLE["comment"]
    assert sandbox.calls("POST") == []


def all_forms(of=forms.BaseForm):
    """Give the classes of all forms that there are."""
    for each in of.__subclasses__():
        yield each
        yield from all_forms(each)


def test_what_nobody_may_see_is_never_kept():
    """A name that two forms use is either's: what is typed says nothing of its field."""
    get_resolver().url_patterns  # noqa: B018  (which brings all forms along)
    covered = {
        name
        for form in all_forms()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.PasswordInput)
    }
    assert {"account_secret", "pin", "password1"} <= covered
    assert covered <= set(typed_module.NOT_KEPT)
