"""Tokens: shown once, kept as a hash, ended with the person, told in the chain."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.accounts.throttling import TRIES_PER_ADDRESS
from piggyadmin.api import access, services
from piggyadmin.api.models import AccessToken
from piggyadmin.ledger.models import Event
from piggyadmin.ledger.operations import Refused
from tests.api.asking import program, token
from tests.conftest import person, proved, signed_in
from tests.ledger.reading import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.tells_of_people]
PAGE = "/settings/tokens/"


def kinds() -> list[str]:
    return list(Event.objects.filter(entry=None).values_list("kind", flat=True))


def made(browser, **fields):
    day = timezone.localdate() + timedelta(days=30)
    return browser.post(PAGE, {"name": "Till", "scope": "all", "ends_on": day, **fields})


def test_made_used_and_withdrawn_on_ones_own_page():
    browser = signed_in(person(Role.STAFF))
    answer = made(browser)
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in browser.get(PAGE).content.decode()
    own = AccessToken.objects.get()
    assert secret not in str(vars(own))
    door = Client(headers={"Authorization": f"Bearer {secret}"})
    assert door.get("/api/").status_code == door.get("/api/").status_code == 200
    own.refresh_from_db()
    assert own.used_at is not None
    for _ in range(2):
        assert browser.post(f"{PAGE}{own.pk}/withdraw/").status_code == 302
    assert door.get("/api/").status_code == 401
    assert kinds().count("token-made") == kinds().count("token-withdrawn") == 1
    assert "withdrawn" in browser.get(PAGE).content.decode()


def test_a_session_alone_makes_none():
    """One that was stolen would work on by its token after it had ended."""
    browser = signed_in(person(Role.STAFF))
    proved(browser, at=0)
    assert made(browser)["Location"].startswith("/accounts/reauthenticate/")
    assert not AccessToken.objects.exists()
    browser.post("/accounts/reauthenticate/", {"password": "piggy-test"})
    assert browser.get(PAGE).context["form"]["name"].value() == "Till"
    made(browser)
    assert AccessToken.objects.exists()


def test_nothing_is_open_before_its_person_has_another_password():
    who = person(Role.STAFF)
    door = program(who)
    User.objects.update(must_change_password=True)
    assert door.get("/api/").status_code == 401
    who.set_unusable_password()  # as of whoever signs in elsewhere, who owes none
    User.objects.update(password=who.password)
    assert door.get("/api/").status_code == 200


def test_a_year_at_most_and_not_too_many(monkeypatch):
    browser = signed_in(person(Role.STAFF))
    made(browser, ends_on=timezone.localdate() + timedelta(days=400))
    assert not AccessToken.objects.exists()
    monkeypatch.setattr(services, "MOST_TOKENS", 1)
    made(browser)
    assert "already" in made(browser).content.decode()
    with pytest.raises(Refused):
        token(User.objects.get())


def test_nobody_ends_somebody_elses():
    token(person(Role.STAFF))
    pk = AccessToken.objects.get().pk
    other = signed_in(person(Role.ADMIN))
    assert other.post(f"{PAGE}{pk}/withdraw/").status_code == 404


def test_whoever_is_disabled_or_loses_the_right_is_out():
    who = person(Role.STAFF)
    door = program(who)
    who.is_active = False
    who.save()
    who.is_active = True
    who.save()
    assert door.get("/api/").status_code == 401
    door = program(who)
    who.groups.clear()
    assert door.get("/api/").status_code == 403


CHANGE = "/accounts/password/change/"
CHOSEN = {"password1": "vier koeien 7!", "password2": "vier koeien 7!"}


def test_ones_own_new_password_leaves_them_as_they_are_and_its_page_says_so():
    browser = signed_in(who := person(Role.STAFF))
    assert f'href="{PAGE}"' not in main_of(browser.get(CHANGE).content.decode())
    door = program(who)
    given = {"oldpassword": "piggy-test", **CHOSEN}
    page = main_of(browser.post(CHANGE, given, follow=True).content.decode())
    assert "Tokens of programs stay as they are" in page
    assert f'href="{PAGE}"' in page
    who.refresh_from_db()
    assert who.check_password(CHOSEN["password1"])
    assert door.get("/api/").status_code == 200


def test_a_password_that_a_superuser_sets_in_the_admin_site_ends_them():
    """On the page of the person at /people/ it does as well."""
    who, owner = person(Role.STAFF), User.objects.create_superuser("owner", password="x")
    door = program(who)
    given = {"usable_password": "true", **CHOSEN}
    signed_in(owner).post(f"/admin/accounts/user/{who.pk}/password/", given)
    who.refresh_from_db()
    assert who.check_password(CHOSEN["password1"])
    assert door.get("/api/").status_code == 401
    assert kinds().count("token-withdrawn") == 1


def test_what_else_is_saved_of_a_person_leaves_them_as_they_are():
    who = person(Role.STAFF)
    who.set_password("another lamp")
    who.save()
    door = program(who)
    who.last_name = "Jansen"
    who.save(update_fields=["last_name"])
    who.save()
    who.set_unusable_password()  # who signs in elsewhere from now on
    who.save()
    assert door.get("/api/").status_code == 200


def test_ends_by_itself():
    door = program(Role.STAFF)
    AccessToken.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert door.get("/api/").status_code == 401
    assert "sign-in-failed" not in kinds()


def test_guessing_counts_as_failing_to_sign_in():
    door = Client(headers={"Authorization": "Bearer guess"})
    answers = [door.get("/api/").status_code for _ in range(TRIES_PER_ADDRESS + 1)]
    assert answers == [401] * TRIES_PER_ADDRESS + [429]
    assert kinds().count("sign-in-failed") == TRIES_PER_ADDRESS
    assert "locked-out" in kinds()


def test_too_many_requests(monkeypatch):
    door = program(Role.STAFF)
    monkeypatch.setattr(access, "MOST_REQUESTS", 1)
    assert door.get("/api/").status_code == 200
    answer = door.get("/api/")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("shown", ["", "Bearer", "Basic YTpi", "Bearer "])
def test_no_token(shown):
    answer = Client(headers={"Authorization": shown}).get("/api/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
