"""What forms give, written and read again."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy

from piggyadmin.bulk.stored_values import read_value, write_value
from piggyadmin.contacts.types import Contact

VALUES = [
    None,
    True,
    5,
    1.5,
    "text",
    Decimal("10.40"),
    datetime(2026, 12, 3, 19, 30, tzinfo=UTC),
    date(2026, 12, 3),
    ["a", {"b": Decimal(1)}],
    ("a", 1),
    {"$": "looks like ours", "value": 1},
    Contact(uuid="c0ffee00", email="mira@example.test", credits=5),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_there_and_back(value):
    assert read_value(json.loads(json.dumps(write_value(value)))) == value


def test_words_are_written_as_they_are_said():
    assert write_value(gettext_lazy("Reason")) == "Reason"


def test_what_no_form_gives():
    with pytest.raises(TypeError):
        write_value(object())


@pytest.mark.parametrize("kind", ["os.system", "piggyadmin.bulk.stored_values.read_value"])
def test_nothing_but_our_models_is_made(kind):
    with pytest.raises(TypeError):
        read_value({"$": kind, "value": {}})
