"""Who may look things up; whom they looked at is kept, however many stand on one page."""

import pytest
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import reads
from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.sandbox import seed
from tests.conftest import person

pytestmark = pytest.mark.django_db
BOTH = [seed.MIRA_UUID, seed.DUPLICATE_UUID]


def kept() -> list[tuple[str, str]]:
    return list(PersonLookUp.objects.order_by("pk").values_list("action", "contact_uuid"))


def test_several_are_kept_at_once(django_assert_num_queries):
    admin = person(Role.ADMIN)
    with django_assert_num_queries(1):
        reads.log_look_up(admin, "merge-page", *BOTH)
    assert kept() == [("merge-page", uuid) for uuid in BOTH]
    assert {each.person_name for each in PersonLookUp.objects.all()} == {admin.name}


def test_whom_a_look_up_concerned(sandbox, piggy):
    action = get_action("get-contact-credit-balance")
    form = action.form_class({"contact_uuid": seed.MIRA_UUID}, piggy=piggy)
    assert form.is_valid(), form.errors
    reads.log_concerned(person(Role.SUPPORT), action, form.cleaned_data)
    assert kept() == [(action.slug, seed.MIRA_UUID)]


def test_nobody_is_kept_where_nobody_is_concerned(django_assert_num_queries):
    support = person(Role.SUPPORT)
    with django_assert_num_queries(0):
        reads.log_concerned(support, get_action("find-voucher-by-code"), {"code": "X"})
    assert not kept()


def test_a_write_is_no_read(piggy, sandbox):
    with pytest.raises(ValueError, match="has to be carried out"):
        reads.read(piggy, get_action("create-credit-reception"), person=person(Role.ADMIN), data={})
    assert sandbox.calls() == []


def test_who_may_not_look_something_up_is_refused_before_piggy_is_asked(piggy, sandbox):
    with pytest.raises(PermissionDenied, match="may not do this"):
        reads.read(piggy, get_action("list-perks"), person=person(None), data={})
    assert sandbox.calls() == []
