"""Sessions: who has signed in stays so, until the session ends or is ended."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from piggyadmin.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored() -> SessionStore:
    session = SessionStore()
    session["typed"] = "Zoë"
    session.save()
    return session


def test_what_was_kept_is_read_with_one_query(stored, django_assert_num_queries):
    again = SessionStore(stored.session_key)
    with django_assert_num_queries(1):
        assert again["typed"] == "Zoë"
    assert again.session_key == stored.session_key


def test_one_that_is_over_is_empty_and_gets_another_key(stored):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    again = SessionStore(stored.session_key)
    assert "typed" not in again
    assert again.session_key is None


def test_one_that_is_about_to_end_still_counts(stored):
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    assert SessionStore(stored.session_key)["typed"] == "Zoë"


@pytest.mark.parametrize("key", ["no-such-session-key", "'; DROP TABLE x; --", "Ω" * 40])
def test_an_invented_key_is_nobodys(key):
    again = SessionStore(key)
    assert again.load() == {}
    assert again.session_key is None


def test_ending_it_ends_it_for_every_process(stored):
    SessionStore(stored.session_key).flush()
    assert SessionStore(stored.session_key).load() == {}


def test_what_somebody_tampered_with_is_empty(stored):
    Session.objects.update(session_data="forged:data:here")
    assert SessionStore(stored.session_key).load() == {}


def test_a_session_that_was_ended_asks_to_sign_in_again(support):
    assert support.get("/").status_code == 200
    Session.objects.all().delete()
    assert support.get("/")["Location"].startswith("/accounts/login/")
