"""What people hold, in one question: the same that Django says in two."""

import pytest
from django.contrib.auth.models import Permission

from piggyadmin.accounts.held_permissions import held_by, held_singly, permissions_of
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import may, may_now
from piggyadmin.accounts.roles import Role
from tests.conftest import person

pytestmark = pytest.mark.django_db
MERGE = "actions.run_merge_contacts"


@pytest.mark.parametrize("role", [*Role, None])
def test_what_somebody_holds_is_what_django_says(role):
    user = person(role)
    user.user_permissions.add(Permission.objects.get(codename="run_merge_contacts"))
    held = permissions_of(user.pk)
    assert held == User.objects.get(pk=user.pk).get_all_permissions()
    assert MERGE in held
    assert {each.codename for each in held_by(user.pk)} == {name.split(".")[1] for name in held}
    for permission in held:
        assert may(user, permission)
    assert may_now(user, *held)
    assert not may_now(user, MERGE, "actions.no_such_thing")


def test_what_was_given_by_itself_is_told_from_what_roles_bring(django_assert_num_queries):
    user, other = person(Role.SUPPORT), person(Role.STAFF)
    single = Permission.objects.get(codename="run_merge_contacts")
    user.user_permissions.add(single)
    other.user_permissions.add(single)
    other.user_permissions.add(*held_by(user.pk))
    with django_assert_num_queries(1):
        held = held_singly(user.pk)
    assert held.keys() == permissions_of(user.pk)
    assert [name for name, is_single in held.items() if is_single] == [MERGE]


def test_who_is_disabled_holds_it_and_may_not():
    user = person(Role.ADMIN)
    user.is_active = False
    assert MERGE in permissions_of(user.pk)
    assert not user.has_perm(MERGE)


def test_a_superuser_may_whatever_they_hold(django_assert_num_queries):
    user = User.objects.create_superuser("other")
    with django_assert_num_queries(0):
        assert user.has_perm(MERGE)
        assert user.has_perm("actions.no_such_thing")
    assert not permissions_of(user.pk)


def test_nothing_is_permitted_for_a_single_object():
    user = person(Role.ADMIN)
    assert not user.has_perm(MERGE, user)


def test_a_person_is_asked_about_once(django_assert_num_queries):
    user = person(Role.ADMIN)
    with django_assert_num_queries(1):
        assert user.has_perm(MERGE)
        assert not user.has_perm("actions.no_such_thing")
