import pytest

from piggyadmin.actions.apps import make_permissions
from piggyadmin.actions.permissions import all_permissions
from piggyadmin.actions.registry import actions


def test_every_action_has_a_permission():
    codenames = [permission.codename for permission in all_permissions()]
    assert len(codenames) == len(set(codenames))
    assert {action.codename for action in actions()} <= set(codenames)


def test_other_databases_have_no_people():
    # Would fail: no other database may be touched here.
    make_permissions("sandbox")


@pytest.mark.django_db
def test_can_be_repeated():
    make_permissions("default")
    make_permissions("default")
