"""The token's last day: where it comes from and when it is announced."""

from datetime import date

import pytest
from django.contrib import admin
from django.core.cache import cache

from piggyadmin.accounts.models import User
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.expiry import AHEAD, token_ends_soon, token_expires_on
from piggyadmin.piggy.models import TokenDate
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

DAY = date(2030, 6, 1)


@pytest.fixture(autouse=True)
def forgotten():
    """What is remembered outlives the database of a test."""
    cache.clear()
    yield
    cache.clear()


def test_nobody_knows():
    assert token_expires_on("a") is None
    assert token_ends_soon("a", DAY) is None


def test_it_is_the_day_of_this_token():
    TokenDate.objects.create(account="a", expires_on=DAY)
    assert token_expires_on("a") == DAY
    assert token_expires_on("b") is None


def test_the_settings_come_first(settings):
    TokenDate.objects.create(account="a", expires_on=DAY)
    settings.PIGGY_TOKEN_EXPIRES = date(2031, 1, 1)
    assert token_expires_on("a") == date(2031, 1, 1)


def test_it_is_announced_two_weeks_ahead():
    TokenDate.objects.create(account="a", expires_on=DAY)
    assert AHEAD.days == 14
    assert token_ends_soon("a", date(2030, 5, 17)) is None
    assert token_ends_soon("a", date(2030, 5, 18)) == DAY
    assert token_ends_soon("a", date(2030, 7, 1)) == DAY


def test_it_is_remembered_until_it_changes(django_assert_num_queries):
    kept = TokenDate.objects.create(account="a", expires_on=DAY)
    assert token_ends_soon("a", DAY) == DAY
    with django_assert_num_queries(0):
        assert token_ends_soon("a", DAY) == DAY
    TokenDate.objects.update_or_create({"expires_on": date(2030, 6, 3)}, account="a")
    assert token_ends_soon("a", DAY) == date(2030, 6, 3)
    kept.delete()
    with django_assert_num_queries(1):
        assert token_ends_soon("a", DAY) is None
        assert token_ends_soon("a", DAY) is None


def test_it_is_entered_in_the_admin_site():
    owner = User.objects.create_superuser("owner", password="piggy-test")
    client = signed_in(owner)
    TokenDate.objects.create(account="another", expires_on=DAY)
    assert client.get("/admin/piggy/tokendate/add/").status_code == 200
    client.post("/admin/piggy/tokendate/add/", {"expires_on": "2030-06-02"})
    assert token_expires_on(piggy_client().account) == date(2030, 6, 2)
    page = client.get("/admin/piggy/tokendate/").content.decode()
    assert "2030" in page
    assert page.count('name="_selected_action"') == 1
    assert client.get("/admin/piggy/tokendate/add/").status_code == 403
    assert str(TokenDate.objects.get(account="another")) == "2030-06-01"


@pytest.mark.parametrize("typed", ["0026-03-28", "1999-01-01", "2999-01-01"])
def test_a_last_day_that_nobody_means_is_refused(typed, rf):
    form_class = admin.site._registry[TokenDate].get_form(rf.get("/"))
    assert "This cannot be right" in form_class({"expires_on": typed}).errors["expires_on"][0]
    assert form_class({"expires_on": "2031-01-01"}).is_valid()
