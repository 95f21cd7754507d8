"""From a token to the first person, in steps that can be left; then never again."""

from datetime import date

import pytest
from django.test import Client

from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import Event
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.models import TokenDate
from piggyadmin.sandbox import seed
from piggyadmin.setup import views
from piggyadmin.setup.codes import new_code
from piggyadmin.setup.services import SetupOver

pytestmark = pytest.mark.django_db
STEPS = ["connection", "console", "token", "person"]
PERSON = {
    "username": "sanne",
    "first_name": "Sanne",
    "last_name": "",
    "email": "sanne@example.test",
    "password1": "three-words-and-more",
    "password2": "three-words-and-more",
}


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_sign_in_page_leads_there(new_console, client):
    assert 'href="/setup/"' in page_of(client, "/accounts/login/")
    User.objects.create_user("owner")
    assert 'href="/setup/"' not in page_of(client, "/accounts/login/")


def test_without_the_code_nobody_gets_further(new_console, client):
    new_code()
    assert "printed a code" in page_of(client, "/setup/")
    for step in STEPS:
        for response in (client.get(f"/setup/{step}/"), client.post(f"/setup/{step}/", PERSON)):
            assert (response.status_code, response["Location"]) == (302, "/setup/")
    page = client.post("/setup/", {"code": "AAAA-BBBB"}).content.decode()
    assert "This code does not hold." in page
    assert 'value="AAAA-BBBB"' in page
    assert not User.objects.exists()


def test_nobody_tries_many(new_console, client, monkeypatch):
    monkeypatch.setattr(views, "MOST_TRIES", 2)
    code = new_code()
    for _ in range(2):
        assert client.post("/setup/", {"code": "x"}).status_code == 200
    response = client.post("/setup/", {"code": code})
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
    assert client.get("/setup/token/").status_code == 302


def test_a_new_code_ends_what_the_old_one_opened(owner):
    assert owner.get("/setup/token/").status_code == 200
    new_code()
    assert owner.get("/setup/token/").status_code == 302


def test_steps_are_left_and_come_back_to(owner):
    page = page_of(owner, "/setup/")
    assert [step for step in STEPS if f'href="/setup/{step}/"' in page] == STEPS
    assert "gone through" not in page
    page = page_of(owner, "/setup/connection/")
    assert "took the token" in page
    assert "<li>Amsterdam</li>" in page
    assert owner.post("/setup/connection/")["Location"] == "/setup/"
    assert "TIME_ZONE" in page_of(owner, "/setup/console/")
    owner.post("/setup/console/")
    assert page_of(owner, "/setup/").count("gone through") == 2


def test_a_token_that_is_refused_says_so(owner, sandbox):
    sandbox.faults({"kind": "status", "status": 401})
    page = page_of(owner, "/setup/connection/")
    assert "Something has to be mended" in page
    assert "Shops that the token shows" not in page


def test_the_tokens_last_day(owner, settings):
    page = owner.post("/setup/token/", {"expires_on": "nonsense"}).content.decode()
    assert 'value="nonsense"' in page
    owner.post("/setup/token/", {"expires_on": "2030-05-01"})
    assert TokenDate.objects.get(account=piggy_client().account).expires_on == date(2030, 5, 1)
    assert "2030" in page_of(owner, "/setup/token/")
    owner.post("/setup/token/", {"expires_on": ""})
    assert not TokenDate.objects.exists()
    settings.PIGGY_TOKEN_EXPIRES = date(2031, 1, 1)
    assert "PIGGY_TOKEN_EXPIRES, and that holds" in page_of(owner, "/setup/token/")


@pytest.mark.tells_of_people
def test_the_first_person_ends_it(owner):
    page = owner.post("/setup/person/", PERSON | {"password2": "other"}).content.decode()
    assert 'value="sanne"' in page
    assert not User.objects.exists()
    response = owner.post("/setup/person/", PERSON, follow=True)
    assert response.redirect_chain == [("/settings/", 302)]
    assert "you are its first admin" in response.content.decode()
    sanne = User.objects.get()
    assert sanne.is_superuser
    assert sanne.check_password(PERSON["password1"])
    assert set(Event.objects.values_list("kind", flat=True)) >= {"created", "signed-in"}
    for browser in (owner, Client()):
        for address in ("/setup/", *(f"/setup/{step}/" for step in STEPS)):
            assert browser.get(address).status_code == 404
            assert browser.post(address, PERSON).status_code == 404


def test_a_weak_password_is_refused(owner):
    weak = {"password1": "piggy", "password2": "piggy"}
    page = owner.post("/setup/person/", PERSON | weak).content.decode()
    assert "This password is too short" in page
    assert not User.objects.exists()


def test_of_two_who_press_at_once_one_is_first(owner, monkeypatch):
    def late(person: User) -> None:
        raise SetupOver

    monkeypatch.setattr(views, "make_first_person", late)
    response = owner.post("/setup/person/", PERSON)
    assert response["Location"] == "/accounts/login/"


def test_what_the_sandbox_gives_is_shown(owner):
    assert seed.AMSTERDAM_UUID not in page_of(owner, "/setup/connection/")
