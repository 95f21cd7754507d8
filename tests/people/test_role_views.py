"""The pages of roles: taking rights away is a question, and nobody gives what they lack."""

import time

import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.permissions import APPROVE, LOOK_UP
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.rights import all_rights, held_by
from piggyadmin.factors.requirements import is_required_of
from tests.conftest import person, proved, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> Group:
    """A role of the shop's own, which somebody has."""
    group = Group.objects.create(name="Crew")
    group.permissions.set(Group.objects.get(name=Role.SUPPORT.value).permissions.all())
    person(Role.STAFF).groups.add(group)
    return group


def sent(permissions: set[str], **more: str) -> dict[str, object]:
    """Give what the form of a role sends, with these rights ticked."""
    ticked = {
        f"rights-{number}": [each.permission for each in area.rights]
        for number, area in enumerate(all_rights())
    }
    kept = {
        name: [each for each in all_of if each in permissions] for name, all_of in ticked.items()
    }
    return {**kept, **more}


def test_every_role_is_listed_with_its_people(admin, crew):
    page = admin.get("/settings/roles/").content.decode()
    assert all(name in page for name in ("Support", "Staff", "Admin", "Auditor", "Crew"))
    assert f'href="/settings/roles/{crew.pk}/"' in page


def test_a_role_is_made(admin):
    page = admin.post("/settings/roles/new/", sent({LOOK_UP}, name="Till"), follow=True)
    assert "Till" in page.content.decode()
    assert held_by(Group.objects.get(name="Till")) == {LOOK_UP}


def test_what_a_role_lets_do_takes_a_fresh_proof(admin, crew):
    proved(admin, at=0)
    page = f"/settings/roles/{crew.pk}/"
    for address in ("/settings/roles/new/", page, f"{page}remove/"):
        asked = admin.post(address, sent({LOOK_UP}, name="Till", confirmed="yes"))
        assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert {LOOK_UP} < held_by(Group.objects.get(name="Crew"))
    admin.post(page, sent({LOOK_UP}, name="Till"))
    proved(admin, at=time.time())
    form = admin.get(page).context["form"]
    assert [form[name].value() for name in ("name", "second_factor")] == ["Till", False]


@pytest.mark.parametrize("name", ["crew", "Admin", ""])
def test_a_name_that_is_taken_is_refused(admin, crew, name):
    number = Group.objects.count()
    page = admin.post("/settings/roles/new/", sent({LOOK_UP}, name=name)).content.decode()
    assert "Error:" in page
    assert Group.objects.count() == number


def test_the_roles_that_are_always_there_keep_their_names_and_stay(admin):
    group = Group.objects.get(name=Role.SUPPORT.value)
    page = admin.get(f"/settings/roles/{group.pk}/").content.decode()
    assert 'name="name"' not in page
    assert "/remove/" not in page
    admin.post(f"/settings/roles/{group.pk}/", sent(held_by(group), name="Other"))
    assert admin.post(f"/settings/roles/{group.pk}/remove/").status_code == 404
    assert Group.objects.filter(name=Role.SUPPORT.value).exists()


def test_giving_a_right_asks_nothing(admin, crew):
    admin.post(f"/settings/roles/{crew.pk}/", sent(held_by(crew) | {APPROVE}, name="Crew"))
    assert APPROVE in held_by(crew)


def test_taking_rights_is_a_question_that_counts_the_people(admin, crew):
    held = held_by(crew)
    wanted = sent(held - {LOOK_UP}, name="Team")
    page = admin.post(f"/settings/roles/{crew.pk}/", wanted).content.decode()
    assert "Take rights away from the role Crew?" in page
    assert "1 person has this role" in page
    assert "Look up what Piggy holds" in page
    assert "Take away 1 right<" in page
    assert held_by(crew) == held
    admin.post(f"/settings/roles/{crew.pk}/", wanted | {"confirmed": "yes"})
    crew.refresh_from_db()
    assert (crew.name, held_by(crew)) == ("Team", held - {LOOK_UP})


def test_what_the_console_asks_for_nowhere_stays(admin):
    group = Group.objects.get(name=Role.AUDITOR.value)
    assert "actions.view_event" in held_by(group)
    admin.post(f"/settings/roles/{group.pk}/", sent({LOOK_UP}) | {"confirmed": "yes"})
    assert held_by(group) == {LOOK_UP, "actions.view_event"}


def test_nobody_gives_what_they_do_not_have():
    keeper = person(None)
    role = Group.objects.create(name="Keepers")
    admins = Group.objects.get(name=Role.ADMIN.value).permissions
    role.permissions.set(admins.filter(codename__in=["view_group", "add_group", "change_group"]))
    keeper.groups.add(role)
    browser = signed_in(keeper)
    page = browser.post("/settings/roles/new/", sent({APPROVE}, name="Friends")).content.decode()
    assert "You may not give what you do not have yourself." in page
    assert not Group.objects.filter(name="Friends").exists()
    browser.post(f"/settings/roles/{role.pk}/", sent(held_by(role) | {APPROVE}, name="Keepers"))
    assert APPROVE not in held_by(role)


@pytest.mark.parametrize("right", ["auth.change_group", "accounts.change_user"])
def test_nobody_locks_everybody_out(admin, right):
    group = Group.objects.get(name=Role.ADMIN.value)
    held = held_by(group)
    wanted = sent(held - {right}) | {"confirmed": "yes"}
    assert admin.post(f"/settings/roles/{group.pk}/", wanted).status_code == 403
    assert held_by(group) == held


def test_removing_a_role_says_who_loses_what(admin, crew):
    page = admin.get(f"/settings/roles/{crew.pk}/remove/").content.decode()
    assert "Remove the role Crew?" in page
    assert "1 person has this role" in page
    assert "Look up what Piggy holds" in page
    assert Group.objects.filter(pk=crew.pk).exists()
    admin.post(f"/settings/roles/{crew.pk}/remove/")
    assert not Group.objects.filter(pk=crew.pk).exists()


def test_a_role_is_made_to_need_a_second_factor(admin, crew):
    address, rights = f"/settings/roles/{crew.pk}/", held_by(crew)
    admin.post(address, sent(rights, name="Crew", second_factor="on"))
    assert "needed" in admin.get("/settings/roles/").content.decode()
    assert is_required_of(crew.user_set.get())
    assert "checked" in str(admin.get(address).context["form"]["second_factor"])
    admin.post(address, sent(rights, name="Crew"))
    assert not is_required_of(crew.user_set.get())


def test_what_a_setting_says_of_it_cannot_be_changed_here(admin, crew, settings):
    settings.SECOND_FACTOR_ROLES = ["Crew"]
    address = f"/settings/roles/{crew.pk}/"
    assert "SECOND_FACTOR_ROLES" in admin.get(address).content.decode()
    admin.post(address, sent(held_by(crew), name="Crew"))
    assert is_required_of(crew.user_set.get())
