"""Sessions: who has signed in stays so, until the session ends or is ended."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.forms import CharField
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from piggyadmin.accounts.sessions import ACTIVE, BEGUN, SessionStore
from piggyadmin.status import tasks
from piggyadmin.ui.stored import address, parameters

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


# --- Requests of one session that overlap ----------------------------------------------------


def test_what_two_requests_change_at_a_time_is_all_kept(stored):
    stored["gone"], stored["kept"] = 1, {"a": 1, "b": 2}
    stored.save()
    one, other = SessionStore(stored.session_key), SessionStore(stored.session_key)
    assert one["typed"] == other["typed"] == "Zoë"
    del one["gone"]
    one["kept"] = {"a": 1, "c": 3}
    one["of one"] = {"x": 1}
    other["typed"] = "Noor"
    other["kept"] = {**other["kept"], "d": 4}
    other["of other"] = True
    one.save()
    other.save()
    kept = dict(SessionStore(stored.session_key).items())
    assert kept == {
        "typed": "Noor",
        "kept": {"a": 1, "c": 3, "d": 4},
        "of one": {"x": 1},
        "of other": True,
    }
    assert dict(other.items()) == kept


def test_what_both_change_is_as_the_last_one_wants_it(stored):
    one, other = SessionStore(stored.session_key), SessionStore(stored.session_key)
    one["typed"], other["typed"] = {"as": "a mapping"}, ["as", "a list"]
    one.save()
    other.save()
    assert SessionStore(stored.session_key)["typed"] == ["as", "a list"]


def test_what_is_changed_within_counts_as_changed(stored):
    stored["kept"] = {"a": 1}
    stored.save()
    one, other = SessionStore(stored.session_key), SessionStore(stored.session_key)
    one["kept"]["b"] = 2
    other["typed"] = "Noor"
    one.save()
    other.save()
    assert SessionStore(stored.session_key)["kept"] == {"a": 1, "b": 2}


def test_a_session_that_was_ended_meanwhile_is_not_made_anew(stored):
    late = SessionStore(stored.session_key)
    late["typed"] = "Noor"
    SessionStore(stored.session_key).flush()
    with pytest.raises(UpdateError):
        late.save()
    assert not Session.objects.exists()


def test_a_filter_that_is_sent_again_before_it_was_answered_is_not_lost(stored, rf):
    asked = [rf.post("/ledger/"), rf.post("/ledger/")]
    for request in asked:
        request.session = SessionStore(stored.session_key)
    fields, query = {"contact": CharField()}, QueryDict("contact=Mira")
    places = [address(request, "/ledger/", query, fields) for request in asked]
    for request in reversed(asked):  # the first one comes last
        request.session.save()
    for place in places:
        following = rf.get(place)
        following.session = SessionStore(stored.session_key)
        assert parameters(following) == query


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
