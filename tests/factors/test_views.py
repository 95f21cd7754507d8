"""One's own second factors."""

import re
import time

import pytest

from piggyadmin.accounts import proofs
from piggyadmin.factors import authenticators
from piggyadmin.factors.authenticators import APP, CODES
from tests.conftest import proved
from tests.factors.conftest import App, make_passkey, recovery_codes, second_step, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(browser, noor):
    sign_in(browser)
    return browser


def page_of(browser, address):
    return browser.get(address).content.decode()


def secret_of(page):
    return re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]


def test_there_is_none_at_first(inside):
    page = page_of(inside, "/settings/factors/")
    assert "You have none yet." in page
    assert "Recovery codes" not in page
    assert "/settings/factors/" in page_of(inside, "/settings/")


def test_an_app_is_added_by_the_code_that_it_shows(inside, noor):
    page = page_of(inside, "/settings/factors/app/")
    assert 'src="data:image/svg+xml' in page
    secret = secret_of(page)
    assert secret not in str(dict(inside.session))
    wrong = inside.post("/settings/factors/app/", {"code": "000000"})
    assert "not the code of now" in wrong.content.decode()
    assert secret_of(wrong.content.decode()) == secret
    added = inside.post("/settings/factors/app/", {"code": App(secret).code()}, follow=True)
    assert added.redirect_chain[0][0] == "/settings/factors/recovery-codes/"
    assert len(recovery_codes(added.content.decode())) == 10
    app = authenticators.of_person(noor).get(type=APP)
    assert secret not in str(app.data)
    assert "Authenticator app" in page_of(inside, "/settings/factors/")


def test_the_code_with_which_it_was_added_is_used_up(inside, noor, browser):
    app = App(secret_of(page_of(inside, "/settings/factors/app/")))
    code = app.code()
    inside.post("/settings/factors/app/", {"code": code})
    inside.post("/accounts/logout/")
    sign_in(inside)
    assert second_step(inside, code).status_code == 200
    assert second_step(inside, app.code()).status_code == 302


def test_nobody_has_two_apps(inside, noor):
    secret = secret_of(page_of(inside, "/settings/factors/app/"))
    authenticators.add_app(noor, authenticators.new_secret(), 0)
    answer = inside.post("/settings/factors/app/", {"code": App(secret).code()})
    assert answer["Location"] == "/settings/factors/"
    assert "Add an authenticator app" not in page_of(inside, "/settings/factors/")


def test_recovery_codes_are_shown_once_and_made_anew(inside, noor):
    authenticators.add_app(noor, authenticators.new_secret(), 0)
    address = "/settings/factors/recovery-codes/"
    first = recovery_codes(page_of(inside, address))
    assert len(first) == 10
    again = page_of(inside, address)
    assert recovery_codes(again) == []
    assert "10 codes are left" in again
    codes = authenticators.of_person(noor).get(type=CODES)
    assert not [code for code in first if code in str(codes.data)]
    second = recovery_codes(inside.post(address, follow=True).content.decode())
    assert len(second) == 10
    assert not set(first) & set(second)
    assert authenticators.find_by_code(noor, first[0]) is None
    assert authenticators.find_by_code(noor, second[0]).type == CODES


def test_who_has_no_factor_has_no_codes(inside):
    assert inside.get("/settings/factors/recovery-codes/").status_code == 404
    assert inside.post("/settings/factors/recovery-codes/", follow=True).status_code == 404


def test_a_passkey_is_renamed(inside, noor):
    passkey = make_passkey(noor)
    address = f"/settings/factors/{passkey.pk}/rename/"
    assert 'value="Phone"' in page_of(inside, address)
    assert inside.post(address, {"name": ""}).status_code == 200
    inside.post(address, {"name": "<b>Till</b>"})
    assert "&lt;b&gt;Till&lt;/b&gt;" in page_of(inside, "/settings/factors/")


def test_a_passkey_that_the_browser_did_not_make_is_not_added(inside, noor):
    page = page_of(inside, "/settings/factors/passkey/")
    assert "&quot;challenge&quot;" in page
    for credential in ("", "{}", "[]", "3", '{"id": "x", "rawId": "x", "response": {}}'):
        answer = inside.post(
            "/settings/factors/passkey/", {"name": "Phone", "credential": credential}
        )
        assert answer.status_code == 200
        assert 'value="Phone"' in answer.content.decode()
    assert not authenticators.has_factor(noor)


def test_with_the_last_factor_go_the_codes(inside, noor):
    app = authenticators.add_app(noor, authenticators.new_secret(), 0)
    passkey = make_passkey(noor)
    address = f"/settings/factors/{passkey.pk}/remove/"
    assert "Your others stay" in page_of(inside, address)
    inside.post(address)
    assert authenticators.of_person(noor).count() == 2
    address = f"/settings/factors/{app.pk}/remove/"
    assert "It is your last one" in page_of(inside, address)
    inside.post(address)
    assert not authenticators.of_person(noor).exists()


def test_nobody_touches_those_of_others(inside, admin, noor):
    passkey = make_passkey(noor)
    session = admin.session
    session.save()
    sign_in(admin, name="admin", password="piggy-test")
    for verb in ("rename", "remove"):
        assert admin.get(f"/settings/factors/{passkey.pk}/{verb}/").status_code in {302, 404}
        assert admin.post(f"/settings/factors/{passkey.pk}/{verb}/").status_code in {302, 404}
    assert authenticators.has_factor(noor)


@pytest.mark.parametrize("page", ["app", "passkey", "recovery-codes"])
def test_who_proved_it_long_ago_proves_it_anew(inside, page):
    proved(inside, at=time.time() - proofs.SIGN_IN_SECONDS - 1)
    wanted = f"/settings/factors/{page}/"
    for ask in (inside.get, inside.post):
        answer = ask(wanted)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Fsettings")
        assert "about how you sign in" in page_of(inside, answer["Location"])
