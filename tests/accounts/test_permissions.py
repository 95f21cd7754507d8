"""What a person may do: as Django says, and as it is at this moment."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection

from piggyadmin.accounts.held_permissions import permissions_of
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import (
    may,
    may_now,
    permitted,
    permitted_statement,
)
from piggyadmin.accounts.roles import Role
from tests.conftest import person

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    """Read a person anew, as the next request does."""
    return User.objects.get(pk=user.pk)


def test_one_statement_for_all_that_is_asked(django_assert_num_queries):
    user = person(Role.ADMIN)
    with django_assert_num_queries(1):
        assert may_now(user, "actions.look_up", "accounts.view_user")
    with django_assert_num_queries(1):
        assert not may_now(user, "actions.no_such_thing")


@pytest.mark.parametrize("role", [*Role, None])
def test_a_statement_tells_the_same(role):
    user, other = person(role), User.objects.create_superuser("other")
    for permission in ("actions.look_up", "accounts.add_user", "actions.no_such_thing"):
        for one in (user, other):
            with connection.cursor() as cursor:
                cursor.execute(*permitted_statement(one.pk, permission))
                assert bool(cursor.fetchall()) == may_now(one, permission)


def test_a_change_of_a_role_counts_at_once():
    user = person(Role.SUPPORT)
    assert user.has_perm("actions.look_up")
    Group.objects.get(name="Support").permissions.clear()
    assert may(user, "actions.look_up")
    assert not may_now(user, "actions.look_up")
    user.groups.add(Group.objects.get(name="Staff"))
    assert may_now(user, "actions.look_up")
    user.groups.clear()
    assert not may_now(user, "actions.look_up")


def test_whoever_has_left_may_nothing_but_it_is_known_what_they_held():
    user = person(Role.ADMIN)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not may_now(user, "actions.look_up")
    assert not may(again(user), "actions.look_up")
    assert "actions.look_up" in permissions_of(user.pk)


def test_a_superuser_may_everything_while_they_are_there():
    user = User.objects.create_superuser("root")
    assert may_now(user, "actions.no_such_thing")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not may_now(user, "actions.look_up")


def test_the_same_name_in_another_app_is_another_permission():
    user = person(Role.ADMIN)
    assert may_now(user, "actions.look_up")
    assert not may_now(user, "accounts.look_up")


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_may_nothing(nobody):
    assert not may(nobody, "actions.look_up")
    assert not may_now(nobody, "actions.look_up")
    assert not permitted(0, []).exists()
