"""What every page says about the line to Piggy, to whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from piggyadmin.piggy.circuit_breaker import BREAKER_FAILURES
from piggyadmin.piggy.client import forget_client, piggy_client
from piggyadmin.piggy.errors import Maintenance, Unauthorized, Unreachable

pytestmark = pytest.mark.django_db

PAGES = ["/", "/actions/", "/nowhere/"]


@pytest.fixture
def line(settings):
    settings.PIGGY_CIRCUIT_BREAKER = True
    forget_client()
    yield piggy_client().line
    forget_client()


def test_nothing_is_said_when_all_is_well(line, admin):
    assert "line-state" not in admin.get("/").content.decode()


def test_nothing_is_said_to_strangers(line):
    line.learn(Maintenance())
    assert "line-state" not in Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_maintenance_is_told_on_every_page(line, support, path):
    line.learn(Maintenance())
    assert "Piggy is being maintained." in support.get(path).content.decode()
    line.learn(None)
    assert "Piggy is being maintained." not in support.get(path).content.decode()


def test_a_refused_token_is_told_to_all_and_mended_by_admins(line, support, admin):
    line.learn(Unauthorized())
    page = support.get("/").content.decode()
    assert "Tell an admin: the token has to be replaced." in page
    assert "/requests/try-again/" not in page
    page = admin.get("/").content.decode()
    assert "Make a new token at Piggy" in page
    assert "/requests/try-again/" in page


def test_an_open_breaker_is_told(line, support, admin):
    for _ in range(BREAKER_FAILURES):
        line.learn(Unreachable())
    page = support.get("/").content.decode()
    assert "Piggy cannot be reached." in page
    assert "/requests/try-again/" not in page
    assert "/requests/try-again/" in admin.get("/").content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (15, None),
        (14, "The token for Piggy can be used until"),
        (0, "The token for Piggy can be used until"),
        (-1, "The token for Piggy could be used until"),
    ],
)
def test_the_end_of_the_token_is_announced_to_admins(settings, admin, support, days, words):
    settings.PIGGY_TOKEN_EXPIRES = timezone.localdate() + timedelta(days=days)
    page = admin.get("/").content.decode()
    assert (words in page) if words else ("The token for Piggy" not in page)
    assert "The token for Piggy" not in support.get("/").content.decode()
