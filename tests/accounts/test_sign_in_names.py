"""Names people sign in with: capitals are of no matter, and none can be taken for another."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from piggyadmin.accounts.models import User
from piggyadmin.accounts.sign_in_names import look_alike_key, one_script
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp of seven colours"
CYRILLIC_A, CYRILLIC_NAME = "\u0430dmin", "\u0441\u043e\u0440\u0430"  # the latter looks like copa


@pytest.mark.parametrize(
    "typed", ["noor", "Noor", "NOOR", " noor ", "\uff4eoor", "no\u200bor\ufeff"]
)
def test_capitals_are_of_no_matter(client, typed):
    User.objects.create_user("Noor", password=PASSWORD)
    client.post("/accounts/login/", {"login": typed, "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_capitals_of_every_alphabet():
    person = User.objects.create_user("\u03a9\u03bc\u03ad\u03b3\u03b1", password=PASSWORD)
    assert User.objects.called("\u03c9\u03bc\u03ad\u03b3\u03b1") == person


def test_what_only_looks_alike_signs_nobody_in(client):
    User.objects.create_user("admin", password=PASSWORD)
    for typed in ("adm1n", CYRILLIC_A, "admln", "adm\u0131n"):
        client.post("/accounts/login/", {"login": typed, "password": PASSWORD})
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("admin", "Admin"),
        ("admin", "adm1n"),
        ("admin", "adrnin"),
        ("admin", "adm\u00edn"),
        ("copa", CYRILLIC_NAME),
        ("noor", "n00r"),
        ("staff", "sta\u0192f"),
        ("admin", "\u1d00dmin"),
        ("sanne", "s\u0251nne"),
    ],
)
def test_no_look_alikes_of_names_that_are_there(there, new):
    User.objects.create_user(there)
    with pytest.raises(ValidationError, match="looks like it"):
        User(username=new, password="x").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(new)


def test_one_keeps_the_own_name():
    noor = User.objects.create_user("noor", password=PASSWORD)
    noor.username = "Noor"
    noor.full_clean()
    noor.save(update_fields=["username"])
    assert User.objects.called("NOOR") == noor


@pytest.mark.parametrize("name", [CYRILLIC_A, "n\u03bfor", "noor\u0430"])
def test_letters_of_several_scripts_are_refused(name):
    with pytest.raises(ValidationError, match="different scripts"):
        one_script(name)
    with pytest.raises(CommandError, match="different scripts"):
        call_command("createsuperuser", username=name, email="", interactive=False)


@pytest.mark.parametrize("name", ["noor", "Zoë-99", "\u03a9\u03bc\u03ad\u03b3\u03b1", "j.boer@x"])
def test_letters_of_one_are_not(name):
    one_script(name)


NAMES = (
    ("N00R", "one that looks like it"),
    (CYRILLIC_A, "different scripts"),
    ("NOOR", "already exists"),
    ("noor", "already exists"),
    ("", "required"),
    ("no or", "valid username"),
)


@pytest.mark.parametrize("address", ["/people/new/", "/admin/accounts/user/add/"])
def test_where_people_are_made_it_says_why(address):
    User.objects.create_user("noor")
    browser = signed_in(User.objects.create_superuser("root"))
    new = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    for name, words in NAMES:
        page = browser.post(address, {"username": name, **new})
        assert words in page.content.decode()
    assert User.objects.count() == 2


def test_a_phone_leaves_the_name_as_it_is_typed(client):
    page = client.get("/accounts/login/").content.decode()
    field = page[page.index('<input type="text"') :]
    assert 'autocapitalize="none"' in field[: field.index(">")]


def test_people_of_one_first_name_are_told_apart():
    one = User.objects.create_user("sanne", first_name="Sanne")
    two = User.objects.create_user("sanne.b", first_name="Sanne")
    three = User.objects.create_user("s" * 150, first_name="x" * 150, last_name="y" * 150)
    assert [one.name, two.name] == ["Sanne", "Sanne (sanne.b)"]
    assert len(three.name) <= 255
    assert three.name.endswith(f"({'s' * 150})")


def test_who_was_there_before_keeps_the_name():
    """Two people whose names look alike, made when that was not refused, both sign in as before."""
    migration = import_module("piggyadmin.accounts.migrations.0002_names_and_places")
    one = User.objects.create_user("noor", password=PASSWORD)
    two = User.objects.create_user("daan", password=PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET username = 'Noor' WHERE id = %s", [two.pk])
    migration.find_look_alikes(apps, None)
    assert User.objects.called("noor") == one
    assert User.objects.called("Noor") == two
    assert User.objects.called("NOOR") == one
    for person in (one, two):
        person.refresh_from_db()
        person.full_clean()
        person.set_password("another lamp")
        person.save()
    assert look_alike_key("Noor") == look_alike_key("noor")
