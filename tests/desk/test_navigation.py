"""The menu: only what a person may open, and only what is there."""

import re

import pytest
from django.urls import resolve, reverse

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.entities import ENTITIES
from piggyadmin.desk.context_processors import workplace
from piggyadmin.desk.navigation import SECTIONS, current_path, navigation
from piggyadmin.ui.templatetags.ui import icon
from tests.conftest import person

pytestmark = pytest.mark.django_db


def paths(rf, user, path="/") -> list[str]:
    request = rf.get(path)
    request.user = user
    return [entry.path for section in navigation(request) for entry in section.entries]


def test_nobody_has_a_menu(rf, client):
    assert navigation(rf.get("/")) == ()
    assert b'id="menu"' not in client.get(reverse("account_login")).content


def test_entities_of_actions_have_a_place():
    menu = {entry.path for section in SECTIONS for entry in section.entries}
    assert {entity.place for entity in ENTITIES.values()} <= menu


def test_support_sees_entities_but_no_ledger(rf):
    shown = paths(rf, person(Role.SUPPORT))
    assert {"/", "/actions/", "/contacts/", "/vouchers/"} <= set(shown)
    assert "/admin/" not in shown


def test_auditor_sees_no_customers(rf):
    shown = paths(rf, person(Role.AUDITOR))
    assert "/contacts/" not in shown
    assert "/vouchers/" not in shown


def test_the_admin_site_is_for_those_who_may_enter_it(rf):
    assert "/admin/" not in paths(rf, person(Role.ADMIN))
    staff = person(Role.STAFF)
    staff.is_staff = True
    assert "/admin/" not in paths(rf, staff)


@pytest.mark.parametrize("role", Role)
def test_no_entry_is_a_dead_end(rf, role):
    user = person(role)
    for path in paths(rf, user):
        assert resolve(path)


def test_the_sandbox_only_where_it_is_in_the_console(rf, settings):
    user = person(Role.SUPPORT)
    settings.PIGGY_IN_PROCESS_SANDBOX = True
    assert "/sandbox/" in paths(rf, user)
    settings.PIGGY_IN_PROCESS_SANDBOX = False
    assert "/sandbox/" not in paths(rf, user)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "/"),
        ("/contacts/", "/contacts/"),
        ("/contacts/1/", "/contacts/"),
        ("/actions/", "/actions/"),
        ("/actions/find-voucher-by-code/", "/vouchers/"),
        ("/actions/no-such-action/", "/actions/"),
        ("/actions/list-forms/", "/forms/"),
        ("/elsewhere/", ""),
    ],
)
def test_the_current_entry(path, current):
    assert current_path(path) == current


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/actions/create-credit-reception/", "/credits/"),
        ("/actions/find-voucher-by-code/", "/vouchers/"),
        ("/actions/list-perks/", "/perks/"),
        ("/actions/", "/actions/"),
    ],
)
@pytest.mark.usefixtures("sandbox")
def test_the_page_of_an_action_belongs_to_its_entity(staff, path, current):
    html = staff.get(path).content.decode()
    marked = re.search(r'href="([^"]+)"\s+aria-current="page"', html)
    assert marked
    assert marked[1] == current


def test_exactly_one_entry_is_marked(support):
    html = support.get("/").content.decode()
    assert html.count('aria-current="page"') == 1


def test_every_icon_exists():
    for section in SECTIONS:
        for entry in section.entries:
            assert icon(entry.icon) != icon("no such icon")


def test_people_always_know_where_they_work(settings):
    settings.PIGGY_IN_PROCESS_SANDBOX, settings.PIGGY_IS_REAL = True, False
    assert workplace()["label"] == "Sandbox"
    settings.PIGGY_IN_PROCESS_SANDBOX = False
    assert workplace()["label"] == "Sandbox (socket)"
    settings.PIGGY_IS_REAL = True
    assert workplace()["label"] == "Live account"
