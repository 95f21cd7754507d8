"""Sessions: who has signed in stays so, until the session ends or is ended."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from piggyadmin.accounts.sessions import ACTIVE, BEGUN, SessionStore
from piggyadmin.status import tasks

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


# --- How they end ----------------------------------------------------------------------------


def age(browser, *, idle: float = 0, since: float = 0) -> None:
    """Let time go by in somebody's session."""
    session = browser.session
    session[ACTIVE] -= idle
    session[BEGUN] -= since or idle
    session.save()


def ends_at(browser):
    return Session.objects.get(pk=browser.session.session_key).expire_date


IDLE, LONGEST = 2 * 60 * 60, 12 * 60 * 60


def test_it_ends_when_nobody_does_anything(support):
    age(support, idle=IDLE - 60)
    assert support.get("/").status_code == 200
    age(support, idle=IDLE + 1)
    assert support.get("/")["Location"] == "/accounts/login/?next=/"


def test_it_ends_whatever_is_done(support):
    age(support, since=LONGEST + 1)
    assert support.get("/")["Location"] == "/accounts/login/?next=/"


def test_whoever_signs_in_begins_anew(client):
    make_demo_people()
    for _day in range(2):
        client.post("/accounts/login/", {"login": "staff", "password": DEMO_PASSWORD})
        assert client.get("/").status_code == 200
        left = ends_at(client) - timezone.now()
        assert timedelta(seconds=IDLE - 10) < left <= timedelta(seconds=IDLE)
        age(client, since=LONGEST + 1)
        assert client.get("/").status_code == 302


def test_what_somebody_does_puts_the_end_off(support):
    age(support, idle=IDLE - 60)
    support.get("/")
    assert ends_at(support) > timezone.now() + timedelta(seconds=IDLE - 10)


def test_what_a_page_does_by_itself_does_not(admin):
    age(admin, idle=IDLE - 60)
    before = ends_at(admin)
    assert admin.get("/tasks/", headers={"HX-Request": "true"}).status_code == 200
    assert abs(ends_at(admin) - before) < timedelta(seconds=2)


def test_what_a_page_holds_by_itself_does_not_either(admin):
    age(admin, idle=IDLE - 60)
    before = ends_at(admin)
    admin.post("/duplicates/pair/a/b/hold/", headers={"HX-Request": "true", "X-Unattended": "true"})
    assert abs(ends_at(admin) - before) < timedelta(seconds=2)


def test_it_is_not_stored_at_every_step(support):
    support.get("/")
    with CaptureQueriesContext(connection) as queries:
        support.get("/")
    assert not any("UPDATE" in each["sql"] and "session" in each["sql"] for each in queries)


def test_workers_remove_what_is_over(support, stored):
    age(support, idle=IDLE + 1)
    tasks.end_sessions()
    assert [each.pk for each in Session.objects.all()] == [stored.session_key]
