import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from tests.conftest import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_role_may_do_its_own_actions_and_those_below(role):
    user = person(role)
    for action in actions():
        assert action.is_allowed_for(user) == (action.role in role.includes_those_of), action.slug


def test_auditor_reads_the_ledger_and_does_nothing():
    auditor = person(Role.AUDITOR)
    assert auditor.has_perm("actions.view_entry")
    assert not any(action.is_allowed_for(auditor) for action in actions())


def test_regrouping_by_an_owner_survives_migrate():
    staff = Group.objects.get(name="Staff")
    permission = Permission.objects.get(codename="run_create_credit_reception")
    staff.permissions.remove(permission)
    call_command("migrate", verbosity=0)
    assert not staff.permissions.filter(pk=permission.pk).exists()


def test_labels_are_words_for_people():
    assert {role.label for role in Role} == {"Support", "Staff", "Admin", "Auditor"}
