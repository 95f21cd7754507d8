"""What serves as proof about an attribute is compared in full."""

import pytest

from piggyadmin.contacts import services
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from tests.ledger.making import make_entry, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


ASKED = {
    "name": "shoe_size",
    "label": "Shoe size",
    "data_type": "select",
    "description": "",
    "options": [{"label": "42", "value": "42"}],
}
FOUND = {"name": "shoe_size", "label": "Shoe size", "type": "select", "options": ["42"]}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, Verdict.DONE),
        ({"type": "text"}, Verdict.UNDECIDED),
        ({"type": None}, Verdict.UNDECIDED),
        ({"label": "Size of shoes"}, Verdict.UNDECIDED),
        ({"options": ["42", "43"]}, Verdict.UNDECIDED),
        ({"name": "other"}, Verdict.NOT_DONE),
    ],
)
def test_an_attribute_is_compared_in_full(piggy, monkeypatch, more, found):
    entry = make_entry(EntryState.UNKNOWN, data=ASKED)
    attribute = ContactAttribute.model_validate(FOUND | more)
    monkeypatch.setattr(services, "list_contact_attributes", lambda *_: [attribute])
    assert verdict(piggy, entry) is found
