"""Somebody with a password, whose app shows codes."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from piggyadmin.accounts.models import User
from piggyadmin.factors import authenticators

PASSWORD = "a lamp of seven colours"


class App:
    """An app of a phone, whose clock can be set."""

    def __init__(self, secret: str) -> None:
        self.secret, self.steps = secret, 0

    def code(self) -> str:
        """Show another code than before."""
        step = int(time.time()) // 30 - 1 + self.steps
        self.steps += 1
        return totp.format_hotp_value(totp.hotp_value(self.secret, step))


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def noor(db) -> User:
    """Somebody without a second factor."""
    return User.objects.create_user("noor", password=PASSWORD, first_name="Noor")


@pytest.fixture
def app(noor) -> App:
    """Her app, which can show three codes."""
    secret = authenticators.new_secret()
    authenticators.add_app(noor, secret, 0)
    return App(secret)


@pytest.fixture
def browser() -> Client:
    """A browser in which nobody has signed in."""
    return Client()


def sign_in(browser: Client, *, name: str = "noor", password: str = PASSWORD, to: str = ""):
    """Take the first step."""
    typed = {"login": name, "password": password} | ({"next": to} if to else {})
    return browser.post("/accounts/login/", typed)


def second_step(browser: Client, code: str):
    """Take the second."""
    return browser.post("/accounts/second-step/", {"code": code})


def is_in(browser: Client) -> bool:
    """Tell whether somebody has signed in."""
    return "_auth_user_id" in browser.session


def recovery_codes(page: str) -> list[str]:
    """Read the codes that a page shows."""
    return re.findall(r"<code>(\d{8})</code>", page)
