"""A product whose answer was lost: it is there, and perhaps somebody else made it."""

import pytest

from piggyadmin.actions.models import State
from piggyadmin.actions.registry import get_action
from tests.actions.making import make_entry

pytestmark = pytest.mark.django_db
SLUG = "find-or-create-products"
ASKED = {
    "external_identifier": "SKU-NEW",
    "name": "Flat white",
    "description": "",
    "categories": [],
}


@pytest.mark.parametrize("other", [None, State.DONE, State.UNKNOWN, State.REJECTED])
def test_nobody_is_said_to_have_made_what_another_may_have_made(piggy, other):
    action = get_action(SLUG)
    entry = make_entry(State.UNKNOWN, slug=SLUG, data=ASKED)
    if other:
        make_entry(other, slug=SLUG, data=ASKED)
    action.perform(piggy, ASKED)
    result = action.read_back(piggy, entry).result
    assert result.was_made == (other in {None, State.REJECTED})
