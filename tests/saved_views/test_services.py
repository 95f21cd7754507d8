"""Saved views below their pages: what narrows a list down, which one is on, who may what."""

from typing import Any

import pytest
from django.http import Http404, QueryDict
from django.test import RequestFactory

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.views import LedgerList
from piggyadmin.saved_views import services
from piggyadmin.saved_views.models import SavedView
from piggyadmin.ui import stored
from tests.conftest import person

pytestmark = pytest.mark.django_db
LEDGER, VOUCHERS, PEOPLE = "ledger:list", "vouchers:list", "people:list"
SOMEBODY = "mira.jansen@example.test"


@pytest.fixture
def auditor() -> User:
    """Somebody who reads the ledger, and no vouchers."""
    return person(Role.AUDITOR)


@pytest.fixture
def asked(rf: RequestFactory) -> Any:
    """What somebody asks whose session holds nothing yet."""
    request: Any = rf.get("/")
    request.session = {}
    return request


def view_of(person: User, query: str = "state=done", **more: object) -> SavedView:
    view = SavedView(person=person, **{"list_name": LEDGER, "name": "All done", **more})
    view.query = QueryDict(query)
    view.save()
    return view


@pytest.mark.parametrize("name", ["desk:desk", "admin:index"])
@pytest.mark.parametrize("look", [services.view_class_of, services.file_of])
def test_a_page_without_a_filter_has_no_views(name, look):
    assert services.view_class_of(LEDGER) is LedgerList
    with pytest.raises(Http404):
        look(name)


def test_what_narrows_a_list_down():
    query = QueryDict("state=done&reason=&after=7&unknown=1")
    assert services.narrowing(LEDGER, query).dict() == {"state": "done"}


@pytest.mark.parametrize(
    ("address_of", "path"),
    [(services.address_of, "/ledger/"), (services.file_address_of, "/ledger/csv/")],
)
def test_a_filter_stands_in_the_address_unless_it_tells_of_people(asked, address_of, path):
    plain = address_of(asked, LEDGER, QueryDict("state=done&unknown=1"))
    assert plain == f"{path}?state=done"
    secret = QueryDict(f"contact_uuid={SOMEBODY}")
    address, _mark, kept = address_of(asked, LEDGER, secret).partition("?")
    assert (address, kept.partition("=")[0]) == (path, "stored")
    assert stored.parameters(asked, QueryDict(kept)) == secret


def test_ones_own_stand_above_the_list_and_those_for_everybody(auditor):
    other = person(Role.ADMIN)
    own = view_of(auditor, "state=done&reason=Goodwill")
    shared = view_of(other, "state=unknown", name="Open", is_shared=True)
    view_of(other)
    lost = view_of(auditor, name="Lost")
    SavedView.objects.filter(pk=lost.pk).update(sealed_query="lost")
    now = QueryDict("reason=Goodwill&state=done")
    assert services.buttons(auditor, LEDGER, now) == [(own, True, True), (shared, False, False)]
    assert services.buttons(auditor, VOUCHERS, now) == []


def test_who_may_change_one(auditor):
    keeper = person(Role.ADMIN)
    own, shared = view_of(auditor), view_of(auditor, name="Ours", is_shared=True)
    other = person(Role.STAFF)
    may = [
        services.can_change(view, each)
        for view in (own, shared)
        for each in (auditor, keeper, other)
    ]
    assert may == [True, False, False, True, True, False]


def test_which_lists_and_files_somebody_may_open(auditor):
    admin = person(Role.ADMIN)
    lists = (LEDGER, VOUCHERS, PEOPLE, "gone:list")
    for may_open, who, wanted in (
        (services.may_open_list, auditor, [True, False, False, False]),
        (services.may_open_list, admin, [True, True, True, False]),
        (services.may_open_file, auditor, [True, False, False, False]),
        (services.may_open_file, admin, [True, False, False, False]),
    ):
        assert [may_open(who, name) for name in lists] == wanted
    assert (services.file_of(LEDGER), services.file_of(PEOPLE)) == ("ledger:csv", "")


def test_so_many_are_kept_of_one_list(auditor, monkeypatch):
    monkeypatch.setattr(services, "MOST_OF_A_LIST", 2)
    view_of(auditor)
    assert not services.is_full(auditor, LEDGER)
    view_of(auditor, name="Another")
    assert services.is_full(auditor, LEDGER)
    assert not services.is_full(auditor, VOUCHERS)
    assert not services.is_full(person(Role.ADMIN), LEDGER)
