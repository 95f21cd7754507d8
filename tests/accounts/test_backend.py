"""What a person may do: the same as Django says, found out at once, and as it is now."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission

from piggyadmin.accounts.backend import RoleBackend
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from tests.conftest import person

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    """Read a person anew, as the next request does."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", [*Role, None])
def test_the_same_as_django_says(role):
    user = person(role)
    user.user_permissions.add(Permission.objects.get(codename="run_merge_contacts"))
    for one in (user, again(user)):
        said = ModelBackend().get_all_permissions(again(one))
        assert RoleBackend().get_all_permissions(one) == said
        assert "actions.run_merge_contacts" in said


def test_one_query_for_all_that_is_asked(django_assert_num_queries):
    user = person(Role.ADMIN)
    with django_assert_num_queries(1):
        assert user.has_perm("actions.look_up")
        assert user.has_perms(["actions.view_entry", "accounts.view_user"])
        assert user.has_module_perms("auth")
        assert not user.has_perm("actions.no_such_thing")


def test_a_change_of_a_role_counts_from_the_next_request():
    user = person(Role.SUPPORT)
    assert again(user).has_perm("actions.look_up")
    Group.objects.get(name="Support").permissions.clear()
    assert not again(user).has_perm("actions.look_up")
    user.groups.add(Group.objects.get(name="Staff"))
    assert again(user).has_perm("actions.look_up")
    user.groups.clear()
    assert not again(user).has_perm("actions.look_up")


def test_whoever_has_left_may_nothing():
    user = person(Role.ADMIN)
    user.is_active = False
    user.save()
    assert not again(user).has_perm("actions.look_up")
    assert again(user).get_all_permissions() == set()
    assert RoleBackend().get_all_permissions(AnonymousUser()) == set()


def test_a_superuser_may_everything():
    user = User.objects.create_superuser("root")
    assert user.has_perm("actions.no_such_thing")
    assert len(user.get_all_permissions()) == Permission.objects.count()


def test_nobody_has_permissions_on_single_things():
    user = person(Role.ADMIN)
    assert RoleBackend().get_all_permissions(user, user) == set()
    assert not user.has_perm("actions.look_up", user)
