"""What is filled in where certain pairs are merged."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.duplicates.certain.forms import DailyForm
from tests.conftest import person
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db


def test_whoever_else_may_approve_is_offered_in_one_query(django_assert_num_queries):
    sanne, daan, gone = map(somebody, ("sanne", "daan", "gone"))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    boss = User.objects.create_superuser("boss")
    person(Role.STAFF)
    approvers = DailyForm(person=sanne).fields["approver"]
    with django_assert_num_queries(1):
        assert {value.value for value, _label in approvers.choices if value} == {daan.pk, boss.pk}
