"""The page of shifts."""

import pytest

from piggyadmin.sandbox.seed_dealings import SHIFT_TEAM_UUID, SHIFT_TYPE_UUID
from tests.actions.test_views import text

pytestmark = pytest.mark.django_db


def test_who_works_when_and_in_which_team(staff, sandbox):
    page = text(staff.get("/shifts/"))
    assert "mira.jansen@example.test" in page
    assert "Bar" in page
    assert "Morning" in page
    assert "Opens the shop" in page


@pytest.mark.parametrize("path", ["/shifts/", "/actions/create-shift/"])
def test_who_works_is_a_colleague_and_no_customer(path, staff, sandbox):
    page = text(staff.get(path)).partition('id="main"')[2]
    assert "Who works" in page
    assert "Customer" not in page


def test_teams_and_kinds_are_changed_by_who_may(admin, staff, sandbox):
    page = admin.get("/shifts/").content.decode()
    assert f"/actions/update-shift-team/?shift_team_uuid={SHIFT_TEAM_UUID}" in page
    assert f"/actions/update-shift-type/?shift_type_uuid={SHIFT_TYPE_UUID}" in page
    assert "update-shift-t" not in staff.get("/shifts/").content.decode()


def test_it_can_be_narrowed_down(support, sandbox):
    led = support.post("/shifts/", {"status": "pending", "team_uuid": SHIFT_TEAM_UUID})
    page = support.get(led["Location"])
    assert len(page.context["shifts"]) == 1
    assert "update-shift" not in page.content.decode()
    other = support.get("/shifts/?shop_uuid=c0ffee00-0000-4000-8000-000000000102")
    assert "No shifts here." in text(other)


def test_an_account_without_shops_has_no_shifts(support, sandbox, monkeypatch):
    monkeypatch.setattr("piggyadmin.shifts.views.cached_shops", lambda _piggy: [])
    assert "No shifts here." in text(support.get("/shifts/"))
