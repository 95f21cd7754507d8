"""Auditors read what happened to people, and nobody else."""

import pytest
from django.contrib.auth.models import Group, Permission

from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.filters import PAGE
from piggyadmin.ledger.people_events import PersonEventKind, record
from piggyadmin.people.services import choose_factor
from tests.conftest import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.tells_of_people]
URL = "/ledger/people/"


def kinds(response) -> list[str]:
    return [event.kind for event, _kind, _more in response.context["rows"]]


def test_auditors_read_who_did_what_to_whom(auditor, admin):
    daan = person(Role.STAFF)
    daan.groups.add(Group.objects.get(name="Admin"))
    page = auditor.get(URL).content.decode()
    for words in ("gave staff the role Admin", "auditor signed in", "Everything, newest first"):
        assert words in page
    assert 'href="/ledger/people/"' in auditor.get("/ledger/").content.decode()


def test_roles_of_the_shop_itself_are_told_from_single_permissions(auditor, admin):
    daan = person(Role.STAFF)
    crew = Group.objects.create(name="Crew")
    daan.groups.add(crew)
    daan.groups.remove(crew)
    daan.user_permissions.add(Permission.objects.get(codename="approve"))
    page = auditor.get(URL).content.decode()
    for words in ("gave staff the role Crew", "took the role Crew from staff"):
        assert words in page
    assert "changed what staff may do" in page


def test_what_a_role_needs_is_told(auditor):
    role = Group.objects.get(name=Role.STAFF.value)
    for is_required in (True, False):
        choose_factor(role, is_required=is_required)
    page = auditor.get(URL).content.decode()
    assert page.count("a second factor is needed") == 1
    assert page.count("no second factor is needed") == 1


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.STAFF])
def test_others_do_not(role):
    assert signed_in(person(role)).get(URL).status_code == 403


def test_filter(auditor):
    daan = person(Role.STAFF)
    found = auditor.get(URL, {"person": daan.pk, "kind": PersonEventKind.ROLE})
    assert kinds(found) == [PersonEventKind.ROLE]
    assert "What happened: got other rights" in found.content.decode()
    assert kinds(auditor.get(URL, {"by": daan.pk})) == []


def test_pages_hold_everything_once(auditor):
    for _number in range(PAGE + 3):
        record(PersonEventKind.SIGN_IN_FAILED, None)
    first = auditor.get(URL, {"kind": PersonEventKind.SIGN_IN_FAILED})
    following = first.context["following"]
    second = auditor.get(URL, {"kind": PersonEventKind.SIGN_IN_FAILED, "after": following})
    assert (len(kinds(first)), len(kinds(second))) == (PAGE, 3)
    assert "nobody" not in second.content.decode()


@pytest.mark.parametrize("query", ["after=x", "after=9999999999999999999999", "person=x", "kind=x"])
def test_nonsense_is_no_error(auditor, query):
    assert auditor.get(f"{URL}?{query}").status_code == 200
