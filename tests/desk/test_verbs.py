import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.desk.verbs import USUAL, verbs_of
from piggyadmin.ledger.models import EntryState
from tests.conftest import person
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db


def slugs_for(somebody):
    allowed = {action.slug: action for action in actions() if action.is_allowed_for(somebody)}
    return [action.slug for action in verbs_of(somebody, allowed)]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.STAFF, Role.ADMIN])
def test_who_has_done_nothing_yet_finds_what_is_usual(role):
    assert slugs_for(person(role)) == list(USUAL[role])


def test_what_somebody_does_most_comes_first():
    noor = person(Role.ADMIN)
    for number in range(3):
        make_entry(EntryState.DONE, slug="create-contact-attribute", number=number, person=noor)
    make_entry(EntryState.DONE, slug="find-or-create-products", person=noor)
    assert slugs_for(noor) == [
        *("create-contact-attribute", "find-or-create-products"),
        *USUAL[Role.ADMIN][:2],
    ]


def test_what_others_do_does_not_count():
    make_entry(EntryState.DONE, slug="create-contact-attribute")
    assert slugs_for(person(Role.ADMIN)) == list(USUAL[Role.ADMIN])


def test_who_may_do_nothing_finds_nothing():
    assert slugs_for(person(Role.AUDITOR)) == []
