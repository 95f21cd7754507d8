"""The request log's pages."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.client import forget_client, piggy_client
from piggyadmin.piggy.errors import Unauthorized
from piggyadmin.piggy.rate_limit import RateLimit, remember
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.request_log.views import PAGE
from tests.conftest import person, signed_in
from tests.request_log.conftest import call

pytestmark = pytest.mark.django_db


def shown(client: Client, **query) -> list[LoggedCall]:
    return list(client.get("/requests/", query, follow=True).context["calls"])


# --- The list --------------------------------------------------------------------------------


def test_it_needs_sign_in():
    assert Client().get("/requests/").status_code == 302


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.SUPPORT, 403), (Role.STAFF, 403), (Role.ADMIN, 200), (Role.AUDITOR, 200)],
)
def test_it_needs_a_role(role, status):
    client = signed_in(person(role))
    assert client.get("/requests/").status_code == status
    assert client.get(f"/requests/{call().pk}/").status_code == status


def test_the_menu_leads_there(auditor, support):
    assert b'href="/requests/"' in auditor.get("/").content
    assert b'href="/requests/"' not in support.get("/").content


def test_nothing_yet(auditor):
    page = auditor.get("/requests/").content.decode()
    assert "No calls here." in page


@pytest.mark.parametrize(
    ("remaining", "is_little"), [(4_900, False), (500, False), (499, True), (0, True)]
)
def test_what_piggy_still_allows(auditor, remaining, is_little):
    account = piggy_client().account
    assert "more calls for now" not in auditor.get("/requests/").content.decode()
    remember(account, RateLimit(5_000, remaining))
    page = auditor.get("/requests/").content.decode()
    cache.clear()
    assert f"Piggy allows {remaining:,} more calls for now, of 5,000." in page
    assert ("The console goes slower" in page) == is_little


def test_the_newest_come_first(auditor):
    first, second = call(), call()
    assert shown(auditor) == [second, first]


def test_slow_and_failing_calls_stand_out(auditor):
    call(seconds=3)
    call(error="Maintenance", status=503)
    call(error="NotFound", status=404)
    page = auditor.get("/requests/").content.decode()
    assert page.count('<tr class="slow">') == page.count('<tr class="failing">') == 1


@pytest.mark.parametrize(
    "query",
    [
        {"person": "Sanne"},
        {"action": "merge-contacts"},
        {"path": "contacts/merge"},
        {"path": "/contacts"},
        {"trace_id": "t-9"},
        {"status": "5"},
        {"only": "failing"},
        {"only": "slow"},
        {"only": "standing-out"},
        {"until": "2001-01-01"},
        {"entry": "12"},
        {"person": "Sanne", "status": "5", "only": "slow"},
    ],
)
def test_every_filter(auditor, query):
    wanted = call(
        person_name="Sanne",
        action="merge-contacts",
        path="contacts/merge",
        trace_id="t-9",
        status=502,
        error="OutcomeUnknown",
        seconds=4,
        entry_id=12,
        at=datetime(2001, 1, 1, 12, tzinfo=UTC),
    )
    call()
    assert shown(auditor, **query) == [wanted]


def test_the_filter_for_days_includes_both(auditor):
    today = timezone.localdate()
    old, new = call(ago=timedelta(days=3)), call()
    assert shown(auditor, since=today.isoformat(), until=today.isoformat()) == [new]
    since = (today - timedelta(days=4)).isoformat()
    assert shown(auditor, since=since) == [new, old]


def test_calls_without_an_answer(auditor):
    lost = call(status=None, error="Unreachable")
    call()
    assert shown(auditor, status="none") == [lost]


def test_a_filter_that_makes_no_sense_is_left_out(auditor):
    one = call()
    assert shown(auditor, since="soon", entry="x", before="0", status="9") == [one]


def test_pages_follow_each_other_without_gaps(auditor):
    calls = [call(action="merge-contacts") for _ in range(PAGE + 3)]
    first = auditor.get("/requests/", {"action": "merge-contacts"})
    assert list(first.context["calls"]) == calls[:2:-1]
    older = f"?action=merge-contacts&amp;before={calls[3].pk}"
    assert older in first.content.decode()
    second = auditor.get("/requests/", {"action": "merge-contacts", "before": calls[3].pk})
    assert list(second.context["calls"]) == calls[2::-1]
    assert '"?action=merge-contacts"' in second.content.decode()


def test_a_page_takes_few_queries(auditor, django_assert_max_num_queries):
    for _ in range(PAGE):
        call()
    with django_assert_max_num_queries(9):
        auditor.get("/requests/")


# --- One call --------------------------------------------------------------------------------


def test_a_call_shows_everything_and_its_neighbours(auditor):
    one = call(query='{"code": "<A>"}', request_body='{"credits": 5}', response_body='{"data": []}')
    other = call(attempt=2)
    page = auditor.get(f"/requests/{one.pk}/").content.decode()
    assert "{\n  &quot;code&quot;: &quot;&lt;A&gt;&quot;\n}" in page
    assert "{\n  &quot;credits&quot;: 5\n}" in page
    assert f'href="/requests/{other.pk}/"' in page
    assert 'href="/requests/?trace_id=t-1"' in page


def test_a_call_without_bodies(auditor):
    page = auditor.get(f"/requests/{call(seconds=9).pk}/").content.decode()
    assert "Nothing" in page
    assert "Calls of the same request" not in page


@pytest.mark.parametrize("number", [999, 10**30])
def test_a_call_that_is_not_there(auditor, number):
    assert auditor.get(f"/requests/{number}/").status_code == 404


@pytest.fixture
def entry(auditor) -> Entry:
    return ledger_entry(User.objects.get(username="auditor"), "t-7")


def ledger_entry(user: User, trace_id: str) -> Entry:
    return Entry.objects.create(
        person=user,
        person_name=user.name,
        action="merge-contacts",
        data={},
        trace_id=trace_id,
        submission_key=uuid4(),
    )


def test_a_call_leads_to_its_ledger_entry(auditor, entry):
    by_number, by_trace = call(entry_id=entry.pk), call(trace_id="t-7")
    gone = call(entry_id=entry.pk + 1, trace_id="t-7")
    for one in (by_number, by_trace, gone):
        page = auditor.get(f"/requests/{one.pk}/").content.decode()
        assert str(entry.submission_key) in page
    assert str(entry.submission_key) not in auditor.get(f"/requests/{call().pk}/").content.decode()


def test_but_only_those_who_may_read_the_ledger(entry):
    user = person(None)
    user.user_permissions.add(Permission.objects.get(codename="view_requests"))
    page = signed_in(user).get(f"/requests/{call(entry_id=entry.pk).pk}/").content.decode()
    assert str(entry.submission_key) not in page


# --- Trying again ----------------------------------------------------------------------------


@pytest.fixture
def on_line(settings):
    settings.PIGGY_CIRCUIT_BREAKER = True
    forget_client()
    yield piggy_client().line
    forget_client()


def test_an_admin_has_calls_tried_again(admin, on_line):
    on_line.learn(Unauthorized())
    response = admin.post("/requests/try-again/", {"next": "/actions/"})
    assert response["Location"] == "/actions/"
    assert not on_line.state().is_refused
    assert "The next call goes to Piggy again." in admin.get("/actions/").content.decode()


def test_without_a_line_there_is_nothing_to_forget(admin):
    assert admin.post("/requests/try-again/").status_code == 302


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.STAFF, Role.AUDITOR])
def test_nobody_else_has(role, on_line):
    on_line.learn(Unauthorized())
    assert signed_in(person(role)).post("/requests/try-again/").status_code == 403
    assert on_line.state().is_refused


def test_looking_changes_nothing(admin):
    assert admin.get("/requests/try-again/").status_code == 405
