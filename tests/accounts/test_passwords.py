"""Passwords that many think of are refused, however they are dressed up; good ones are not."""

from hashlib import sha256

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from piggyadmin import settings as console_settings
from piggyadmin.accounts.models import User
from piggyadmin.accounts.passwords import DressedUpPasswordValidator


def objections(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {str(each.code) for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "Welkom2026",
        "voetbal1",
        "Welkom2026!!!",
        "welkom-2026-2027",
        "Voetbal123456",
        "v0etb@l202620",
        "P@$$w0rd2026!",
        "2026 Wachtwoord!",
        "Zomer2026!!!!",
        "Zonnebloem2026",
        "Feyenoord1908!",
        "W.e.l.k.o.m.2026",
        "welkomwelkom",
        "WelkomWelkom01",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "121212121212a",
        "PiggyAdmin2026",
        "voetbal" + "!" * 300,
    ],
)
def test_common_however_dressed_up(password):
    assert "password_too_common" in objections(password) or "password_too_short" in objections(
        password
    )
    if len(password) >= 12:
        assert "password_too_common" in objections(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "vier koeien in de wei",
        "Q7x!92vbkLp0",
        "a lamp of seven colours",
        "Ωμέγα και άλφα 7",
    ],
)
def test_good_ones(password):
    assert objections(password) == set()


def test_nor_what_the_shop_is_called(settings):
    assert objections("Bakkerij-Jansen 2026!") == set()
    settings.ALLOWED_HOSTS = ["console.bakkerij-jansen.example"]
    with pytest.raises(ValidationError, match="too common"):
        DressedUpPasswordValidator().validate("Bakkerij-Jansen 2026!")


@pytest.mark.parametrize("password", ["Q7x!92vbkLp", "short"])
def test_eleven_characters_are_too_few(password):
    assert objections(password) == {"password_too_short"}


def test_nor_what_is_like_the_name():
    user = User(username="noor.vanderberg", email="noor@example.test")
    assert objections("noor.vanderberg1", user) == {"password_too_similar"}


def test_they_are_kept_as_slow_hashes():
    # Those of tests are fast; the console names none, and has Django's.
    assert not hasattr(console_settings, "PASSWORD_HASHERS")
    hasher = import_string(global_settings.PASSWORD_HASHERS[0])
    assert issubclass(hasher, PBKDF2PasswordHasher)
    assert hasher.digest is sha256
    assert hasher.iterations >= 600_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "is_taken"),
    [("Welkom2026!!", False), ("vier koeien 7!", True)],
)
def test_on_the_page_where_it_is_changed(client, password, is_taken):
    noor = User.objects.create_user("noor", password="piggy-test")
    client.force_login(noor)
    form = {"oldpassword": "piggy-test", "password1": password, "password2": password}
    client.post("/accounts/password/change/", form)
    noor.refresh_from_db()
    assert noor.check_password(password) == is_taken
