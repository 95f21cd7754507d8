"""Attributes of transactions that are made: what is sent and said, and names that are taken."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.credits.actions.create_loyalty_transaction_attribute import (
    CreateLoyaltyTransactionAttributeForm,
)
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.rows import sentence_of
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
SLUG = "create-loyalty-transaction-attribute"
ATTRIBUTE: Any = get_action(SLUG)
CASHIER = {"name": "cashier", "label": "Who sold", "data_type": "text", "description": "At a till"}


def test_all_that_is_filled_in_is_made(piggy):
    made = ATTRIBUTE.perform(piggy, CASHIER)
    assert (made.name, made.label, made.type) == ("cashier", "Who sold", "text")
    assert made.description == "At a till"


def test_without_a_label_it_is_called_as_its_name(piggy):
    unnamed = {"name": "cashier", "label": "", "data_type": "text"}
    assert ATTRIBUTE.perform(piggy, unnamed).label == "cashier"


def test_it_stands_in_a_form_as_it_was_filled_in():
    options = [{"label": "Left", "value": "l"}, {"label": "", "value": "r"}]
    known = {"name": "till", "label": "Till", "type": "select", "description": "Which"}
    record = ContactAttribute.model_validate(known | {"options": options})
    assert ATTRIBUTE.as_filled(record) == {
        "name": "till",
        "label": "Till",
        "data_type": "select",
        "description": "Which",
        "options": [{"label": "Left", "value": "l"}, {"label": "r", "value": "r"}],
    }


def test_a_name_that_is_taken_is_found_among_several(piggy):
    ATTRIBUTE.perform(piggy, CASHIER | {"name": "receipt"})
    ATTRIBUTE.perform(piggy, CASHIER)
    form = CreateLoyaltyTransactionAttributeForm(piggy=piggy)
    assert form.find_same({"name": "cashier"}).label == "Who sold"
    assert form.find_same({"name": "till"}) is None


@pytest.mark.parametrize(
    ("asked", "name"), [(CASHIER, "Who sold"), ({"name": "cashier", "label": ""}, "cashier")]
)
def test_the_ledger_calls_it_as_people_read_it(asked, name):
    entry = make_entry(EntryState.DONE, slug=SLUG, data=asked)
    assert sentence_of(entry) == f"Sanne created the attribute “{name}” of transactions"
