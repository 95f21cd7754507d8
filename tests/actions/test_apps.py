import pytest
from django.contrib.auth.models import Group, Permission

from piggyadmin.actions.apps import make_permissions
from piggyadmin.actions.permissions import all_permissions
from piggyadmin.actions.registry import actions


def test_every_action_has_a_permission():
    codenames = [permission.codename for permission in all_permissions()]
    assert len(codenames) == len(set(codenames))
    assert {action.codename for action in actions()} <= set(codenames)


@pytest.mark.django_db(databases=["default", "sandbox"])
def test_other_databases_have_no_people(django_assert_num_queries):
    with django_assert_num_queries(0, using="sandbox"), django_assert_num_queries(0):
        make_permissions("sandbox")


@pytest.mark.django_db
def test_can_be_repeated():
    def state() -> tuple[set[str], set[tuple[str, str]]]:
        held = Group.objects.values_list("name", "permissions__codename")
        return set(Permission.objects.values_list("codename", flat=True)), set(held)

    before = state()
    assert {permission.codename for permission in all_permissions()} <= before[0]
    make_permissions("default")
    make_permissions("default")
    assert state() == before
