"""Parameters that tell of people, kept out of addresses."""

import pytest
from django import forms
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import RequestDataTooBig
from django.http import QueryDict

from piggyadmin.ui import stored

UUID = "c0ffee00-0000-4000-8000-0000000000ff"
FIELDS = {
    "contact": forms.CharField(),
    "action": forms.CharField(),
    "state": forms.ChoiceField(choices=[("done", "Done")]),
    "since": forms.DateField(),
}


@pytest.fixture
def request_(rf):
    request = rf.get("/ledger/")
    request.session = SessionStore()
    return request


def address(request, query: str) -> str:
    return stored.address(request, "/ledger/", QueryDict(query), FIELDS, frozenset({"action"}))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("state=done&since=2026-01-01", "?state=done&since=2026-01-01"),
        (f"contact={UUID}", f"?contact={UUID}"),
        ("action=merge-contacts", "?action=merge-contacts"),
        ("contact=&state=done&unknown=x&csrfmiddlewaretoken=y", "?state=done"),
    ],
)
def test_what_tells_of_nobody_stays_in_the_address(request_, query, kept):
    assert address(request_, query) == f"/ledger/{kept}"
    assert stored.KEPT not in request_.session


@pytest.mark.parametrize(
    "query",
    [
        "contact=mira@example.test&state=done",
        "contact=CARD-0001",
        "action=mira@example.test",
        f"contact={UUID}&contact=Mira",
    ],
)
def test_what_may_tell_of_somebody_is_stored(request_, rf, query):
    where = address(request_, query)
    assert where.startswith("/ledger/?stored=")
    following = rf.get(f"{where}&after=5")
    following.session = request_.session
    found = stored.parameters(following)
    assert found == QueryDict(f"after=5&{query}")


def test_the_same_once_more_has_the_same_address_and_the_newest_are_kept(request_):
    first = address(request_, "contact=a@b.nl")
    for number in range(stored.MOST_KEPT - 1):
        address(request_, f"contact=Mira{number}")
    assert address(request_, "contact=a@b.nl") == first
    address(request_, "contact=Noor")
    kept = list(request_.session[stored.KEPT].values())
    assert len(kept) == stored.MOST_KEPT
    assert "contact=Mira0" not in kept
    assert kept[-2:] == ["contact=a%40b.nl", "contact=Noor"]


def test_a_page_that_is_opened_again_writes_no_session(request_):
    first = address(request_, "contact=a@b.nl")
    assert request_.session.modified
    request_.session.modified = False
    assert address(request_, "contact=a@b.nl") == first
    assert not request_.session.modified


def test_the_key_of_another_session_names_nothing(request_, rf):
    other = rf.get(address(request_, "contact=Mira"))
    other.session = SessionStore()
    with pytest.raises(stored.NotKept):
        stored.parameters(other)


def test_more_than_any_filter_has_is_refused(request_):
    with pytest.raises(RequestDataTooBig):
        address(request_, f"contact={'x' * 5000}")
