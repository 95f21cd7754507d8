"""Signing in by a service: a real one, started beside, over its socket."""

import re
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.django_client import DjangoOAuth2App
from django.contrib.auth.models import Group
from django.test import Client
from joserfc.jwk import KeySet, RSAKey

from piggyadmin.accounts import oidc
from piggyadmin.accounts.models import OutsideIdentity, User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.models import Event
from tests.conftest import person, proved, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.tells_of_people]
NOOR = {"preferred_username": "noor", "given_name": "Noor", "groups": ["Tills", "Choir"]}
LOGIN = "/accounts/login/"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Start the service, and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen([*command, "-n"], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(autouse=True)
def service(provider, settings) -> None:
    """Have the console sign in by it."""
    settings.OIDC_ISSUER = provider
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "console", "secret"
    settings.OIDC_ROLES_CLAIM = "groups"
    settings.OIDC_ROLES = {"Tills": Role.STAFF.value, "Office": Role.SUPPORT.value}
    settings.OIDC_NAME = "Company"


def known_as(provider: str, subject: str, **claims: Any) -> None:
    """Have the service know somebody, of whom it says that it has just asked who they are."""
    claims = {"auth_time": int(time.time()) + 1, **claims}
    requests.put(f"{provider}/users/{subject}", json=claims, timeout=5).raise_for_status()


def leave(browser: Client, query: str = "") -> str:
    """Begin, and give where the browser is led."""
    return str(browser.get(f"/accounts/oidc/{query}")["Location"])


def come_back(there: str, subject: str = "n1") -> str:
    """Say at the service who it is, and give the address that it leads back to."""
    answer = requests.post(there, data={"sub": subject}, allow_redirects=False, timeout=5)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def sign_in(browser: Client, subject: str = "n1", query: str = "") -> Any:
    return browser.get(come_back(leave(browser, query), subject))


def who(browser: Client) -> str:
    return str(browser.get("/help/").wsgi_request.user.get_username())


def told(browser: Client) -> str:
    return re.sub(r"\s+", " ", browser.get(LOGIN).content.decode())


def test_somebody_new_is_made_with_the_roles_of_their_groups(provider, client):
    known_as(provider, "n1", **NOOR)
    assert "Sign in with Company" in client.get(LOGIN).content.decode()
    assert sign_in(client, query="?next=/help/")["Location"] == "/help/"
    noor = User.objects.get(username="noor")
    assert who(client) == "noor"
    assert [each.name for each in noor.groups.all()] == [Role.STAFF.value]
    assert not noor.is_superuser
    assert not noor.is_staff
    assert not noor.has_usable_password()
    kinds = list(Event.objects.filter(entry=None).values_list("kind", flat=True))
    assert kinds == ["created", "role-changed", "signed-in"]


def test_the_service_decides_on_its_roles_and_on_no_others(provider, client):
    known_as(provider, "n1", **NOOR)
    sign_in(client)
    noor = User.objects.get()
    noor.groups.add(Group.objects.get(name=Role.AUDITOR.value))
    known_as(provider, "n1", **NOOR | {"groups": "Office"})
    sign_in(Client())
    assert {each.name for each in noor.groups.all()} == {Role.SUPPORT.value, Role.AUDITOR.value}
    assert User.objects.count() == 1


def test_whoever_may_not_stays_out(provider, client):
    known_as(provider, "n1", **NOOR | {"groups": ["Choir"]})
    sign_in(client)
    assert "Your groups there give you no role here." in told(client)
    assert not User.objects.exists()
    known_as(provider, "n1", **NOOR)
    sign_in(client)
    client.post("/accounts/logout/")
    User.objects.update(is_active=False)
    sign_in(client)
    assert "You cannot sign in here any more." in told(client)
    User.objects.update(is_active=True, is_superuser=True)
    sign_in(client)
    assert "Superusers sign in with their password." in told(client)
    assert who(client) == ""


def test_nobody_becomes_somebody_who_is_here(provider, client):
    person(Role.ADMIN)
    known_as(provider, "n2", preferred_username="ADMIN", groups=["Tills"])
    sign_in(client, "n2")
    assert "Nobody can be made of what you are called there" in told(client)
    assert who(client) == ""
    assert not OutsideIdentity.objects.exists()


def test_the_request_is_bound_to_this_browser(provider, client):
    known_as(provider, "n1", **NOOR)
    there = leave(client)
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) > 10
    assert asked["scope"] == ["openid profile email"]
    back = come_back(there)
    for browser, address in (
        (Client(), back),
        (client, re.sub(r"state=\w+", "state=x", back)),
        (client, "/accounts/oidc/callback/?error=access_denied"),
        (client, "/accounts/oidc/callback/"),
    ):
        assert browser.get(address)["Location"] == LOGIN
        assert "Nobody was signed in." in told(browser)
    assert client.get(back)["Location"] == "/"
    assert who(client) == "noor"
    # And good for once.
    other = Client()
    other.cookies = client.cookies
    assert other.get(back)["Location"] == LOGIN


def spoilt_nonce(client, settings, monkeypatch):
    session = client.session
    key = next(each for each in session.keys() if each.startswith("_state_oidc_"))  # noqa: SIM118
    assert session[key]["data"]["code_verifier"]
    session[key] = {**session[key], "data": {**session[key]["data"], "nonce": "another"}}
    session.save()


def another_audience(client, settings, monkeypatch):
    real = oidc.service()
    settings.OIDC_CLIENT_ID = "somebody-else"
    monkeypatch.setattr(oidc, "service", lambda: real)


def another_key(client, settings, monkeypatch):
    real = oidc.service

    def with_another_key():
        service = real()
        service.load_server_metadata()
        known = requests.get(service.server_metadata["jwks_uri"], timeout=5).json()["keys"][0]
        key = RSAKey.generate_key(2048, {"kid": known.get("kid")} if known.get("kid") else None)
        service.server_metadata["jwks"] = KeySet([key]).as_dict(private=False)
        return service

    monkeypatch.setattr(oidc, "service", with_another_key)


def another_issuer(client, settings, monkeypatch):
    real = oidc.service()
    settings.OIDC_ISSUER = "https://elsewhere.example"
    monkeypatch.setattr(oidc, "service", lambda: real)


def unsigned(client, settings, monkeypatch):
    """Answer with what the service says, unsigned, as it itself says that it may be."""
    real, fetched = oidc.service(), DjangoOAuth2App.fetch_access_token

    def without_a_signature(self, **options):
        token = fetched(self, **options)
        _head, claims, _signature = token["id_token"].split(".")
        head = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        return {**token, "id_token": f"{head}.{claims}."}

    known = real.load_server_metadata()
    known["id_token_signing_alg_values_supported"] = ["none", "RS256"]
    monkeypatch.setattr(oidc, "service", lambda: real)
    monkeypatch.setattr(DjangoOAuth2App, "fetch_access_token", without_a_signature)


SPOILS = [spoilt_nonce, another_audience, another_key, another_issuer, unsigned]


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_the_token_says_has_to_be_for_us(provider, client, settings, monkeypatch, spoil):
    known_as(provider, "n1", **NOOR)
    back = come_back(leave(client))
    spoil(client, settings, monkeypatch)
    assert client.get(back)["Location"] == LOGIN
    assert "Nobody was signed in." in told(client)
    assert not User.objects.exists()


def test_a_service_that_is_away(client, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert leave(client) == LOGIN
    assert "The service cannot be reached now." in told(client)


def test_there_is_nothing_where_none_is_set(client, settings):
    settings.OIDC_ISSUER = ""
    assert client.get("/accounts/oidc/").status_code == 404
    assert "Sign in with" not in client.get(LOGIN).content.decode()


def test_passwords_can_be_switched_off_but_for_superusers(client, settings):
    settings.PASSWORD_SIGN_IN = False
    person(Role.STAFF)
    User.objects.create_superuser("owner", password="piggy-test")
    client.post(LOGIN, {"login": "staff", "password": "piggy-test"})
    assert who(client) == ""
    client.post(LOGIN, {"login": "owner", "password": "piggy-test"})
    assert who(client) == "owner"


def test_whoever_comes_by_the_service_has_no_password_beside(provider, client):
    known_as(provider, "n1", **NOOR)
    sign_in(client)
    noor = User.objects.get()
    noor.set_password("piggy-test")
    noor.save()
    other = Client()
    other.post(LOGIN, {"login": "noor", "password": "piggy-test"})
    assert who(other) == ""


def test_the_service_proves_anew_who_it_is(provider, client):
    known_as(provider, "n1", **NOOR)
    known_as(provider, "n3", **NOOR | {"preferred_username": "daan"})
    sign_in(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    page = client.get("/settings/factors/app/", follow=True).content.decode()
    assert "Show it with Company" in page
    there = leave(client, "?next=/settings/factors/app/")
    assert parse_qs(urlsplit(there).query)["prompt"] == ["login"]
    assert client.get(come_back(there, "n3"))["Location"] == LOGIN
    assert client.get("/settings/factors/app/").status_code == 302
    assert sign_in(client, query="?next=/settings/factors/app/").status_code == 302
    assert client.get("/settings/factors/app/").status_code == 200


def say_when_asked(monkeypatch, *told: int | None) -> None:
    """Have the service say when it has asked who somebody is; None for a word of nothing."""
    real, times = DjangoOAuth2App.authorize_access_token, iter(told)

    def say(self, request, **options):
        token = real(self, request, **options)
        token["userinfo"]["auth_time"] = next(times)
        return {**token, "userinfo": {k: v for k, v in token["userinfo"].items() if v is not None}}

    monkeypatch.setattr(DjangoOAuth2App, "authorize_access_token", say)


@pytest.mark.parametrize("age", [6 * 3600, None])
def test_what_the_service_did_not_ask_anew_is_no_proof(provider, client, monkeypatch, age):
    known_as(provider, "n1", **NOOR)
    before = leave(client)  # begun by nobody yet, and come back from by somebody
    sign_in(client)
    proved(client, at=0)
    told = None if age is None else int(time.time()) - age
    say_when_asked(monkeypatch, told, told, told)
    for there in (leave(client), leave(client), before):
        assert client.get(come_back(there))["Location"] == LOGIN
        assert client.get("/settings/factors/app/").status_code == 302


def test_too_many_returns(client, monkeypatch):
    monkeypatch.setattr("piggyadmin.accounts.oidc_views.MOST_RETURNS", 0)
    client.get("/accounts/oidc/callback/")
    assert "Too many tries." in told(client)


def test_a_second_factor_here_is_asked_for_all_the_same(provider, client):
    known_as(provider, "n1", **NOOR)
    sign_in(client)
    from piggyadmin.factors import authenticators  # noqa: PLC0415  (above accounts)

    authenticators.add_app(User.objects.get(), authenticators.new_secret(), 0)
    other = Client()
    assert sign_in(other)["Location"] == "/accounts/second-step/"
    assert who(other) == ""
    assert signed_in(User.objects.get()).get("/help/").status_code == 200


# --- Linking people who are here already ---------------------------------------------------------


def link_own(browser: Client, subject: str = "n1") -> Any:
    there = browser.post("/accounts/oidc/link/")["Location"]
    assert parse_qs(urlsplit(there).query)["prompt"] == ["login"]
    return browser.get(come_back(there, subject))


def by_password(name: str) -> Client:
    browser = Client()
    browser.post(LOGIN, {"login": name, "password": "piggy-test"})
    return browser


def events() -> list[str]:
    return list(Event.objects.filter(entry=None).values_list("kind", flat=True))


def test_somebody_links_themselves_and_is_nobody_else_there(provider):
    support = person(Role.SUPPORT)
    known_as(provider, "n1", **NOOR)
    browser = by_password("support")
    assert "Sign in with Company from now on" in browser.get("/settings/").content.decode()
    assert link_own(browser)["Location"] == "/settings/"
    page = browser.get("/settings/").content.decode()
    assert "You sign in with Company from now on." in page
    assert "Sign in with Company from now on" not in page
    assert events().count("identity-linked") == 1
    other = Client()
    sign_in(other)
    assert who(other) == "support"
    assert User.objects.count() == 1
    assert Role.STAFF.value in support.groups.values_list("name", flat=True)
    assert who(by_password("support")) == ""


def test_linking_oneself_takes_a_fresh_proof(provider):
    person(Role.SUPPORT)
    known_as(provider, "n1", **NOOR)
    browser = by_password("support")
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()
    answer = browser.post("/accounts/oidc/link/")
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2F"
    assert "about how you sign in" in browser.get(answer["Location"]).content.decode()
    assert Client().post("/accounts/oidc/link/")["Location"].startswith(LOGIN)


def test_who_is_somebody_there_already_links_nobody_else(provider):
    known_as(provider, "n1", **NOOR)
    sign_in(Client())
    person(Role.SUPPORT)
    browser = by_password("support")
    link_own(browser)
    assert "Somebody else here is that one there already." in browser.get("/settings/").text
    assert OutsideIdentity.objects.get().person.username == "noor"
    assert who(browser) == "support"


def test_linking_takes_a_group_that_is_a_role(provider):
    known_as(provider, "n1", **NOOR | {"groups": ["Choir"]})
    person(Role.SUPPORT)
    browser = by_password("support")
    link_own(browser)
    assert "Your groups there give you no role here." in browser.get("/settings/").text
    assert not OutsideIdentity.objects.exists()


def test_a_way_there_that_was_not_gone_links_nobody(provider):
    """Whoever has begun to link, and later only proves who they are, is not linked by that."""
    known_as(provider, "n1", **NOOR)
    person(Role.SUPPORT)
    browser = by_password("support")
    browser.post("/accounts/oidc/link/")
    sign_in(browser)
    assert not OutsideIdentity.objects.filter(person__username="support").exists()


def test_superusers_are_linked_to_nobody(provider):
    User.objects.create_superuser("owner", password="piggy-test")
    known_as(provider, "n1", **NOOR)
    browser = by_password("owner")
    assert "Sign in with Company from now on" not in browser.get("/settings/").text
    link_own(browser)
    assert "Superusers sign in with their password." in browser.get("/settings/").text
    assert not OutsideIdentity.objects.exists()


def test_a_service_that_is_away_links_nobody(settings):
    person(Role.SUPPORT)
    browser = by_password("support")
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    browser.post("/accounts/oidc/link/")
    assert "The service cannot be reached now." in browser.get("/settings/").text


def test_an_admin_links_by_the_identifier(provider):
    person(Role.ADMIN)
    person(Role.SUPPORT)
    known_as(provider, "n1", **NOOR)
    admin = by_password("admin")
    assert "Link to Company" in admin.get("/people/support/").text
    address = "/people/support/identity/"
    assert "Identifier there" in admin.get(address).text
    assert "not an identifier" in admin.post(address, {"subject": "noor@shop.test"}).text
    assert admin.post(address, {"subject": " n1 "})["Location"] == "/people/support/"
    assert "Signs in with" in admin.get("/people/support/").text
    assert "already" in admin.post(address, {"subject": "n2"}).text
    assert events().count("identity-linked") == 1
    browser = Client()
    sign_in(browser)
    assert who(browser) == "support"
    admin.post(f"{address}remove/")
    assert who(browser) == ""
    assert events().count("identity-removed") == 1
    admin.post(f"{address}remove/")
    assert events().count("identity-removed") == 1
    assert who(by_password("support")) == "support"


def test_nobody_links_who_may_do_more(provider):
    person(Role.ADMIN)
    User.objects.create_superuser("owner", password="piggy-test")
    admin = by_password("admin")
    assert admin.post("/people/owner/identity/", {"subject": "n1"}).status_code == 403
    assert admin.post("/people/admin/identity/", {"subject": "n1"}).status_code == 403
    person(Role.STAFF)
    assert by_password("staff").post("/people/admin/identity/", {"subject": "x"}).status_code == 403
    assert not OutsideIdentity.objects.exists()


@pytest.mark.parametrize("is_verified", [True, False])
def test_an_address_links_nobody(provider, client, is_verified):
    support = person(Role.SUPPORT)
    User.objects.filter(pk=support.pk).update(email="noor@shop.test")
    mail = {"email": "noor@shop.test", "email_verified": is_verified}
    known_as(provider, "n1", **NOOR, **mail)
    sign_in(client)
    assert who(client) == "noor"
    assert not OutsideIdentity.objects.filter(person=support).exists()


def test_there_is_no_linking_where_no_service_is_set(settings):
    person(Role.ADMIN)
    person(Role.SUPPORT)
    settings.OIDC_ISSUER = ""
    admin = by_password("admin")
    address = "/people/support/identity/"
    assert admin.get(address)["Location"] == "/people/support/"
    assert admin.post(address, {"subject": "n1"})["Location"] == "/people/support/"
    assert not OutsideIdentity.objects.exists()
    assert admin.post("/accounts/oidc/link/").status_code == 404
    assert "Link to" not in admin.get("/people/support/").text
