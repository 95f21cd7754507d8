"""Units that are made: what is filled in, what is sent, and names that are taken."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.credits import services
from piggyadmin.credits.actions.create_unit import CreateUnitForm
from piggyadmin.credits.types import Unit

pytestmark = pytest.mark.django_db
UNIT: Any = get_action("create-unit")


def test_all_that_is_filled_in_is_made(piggy):
    asked = {"name": "litres", "label": "Litres", "prefix": "L", "is_default": True}
    made = UNIT.perform(piggy, asked)
    assert UNIT.as_filled(made) == asked
    assert Unit(name="litres", label="Litres", prefix="L", is_default=True).model_dump(
        exclude={"id"}
    ) == made.model_dump(exclude={"id"})


def test_what_is_not_known_of_a_unit_is_empty_in_a_form():
    nothing = {"name": "", "label": "", "prefix": "", "is_default": False}
    assert UNIT.as_filled(Unit()) == nothing


def test_a_name_that_is_taken_is_found_among_several(piggy):
    form = CreateUnitForm(piggy=piggy)
    assert form.find_same({"name": "visits"}).label == "Visits"
    assert form.find_same({"name": "litres"}) is None


def test_forms_offer_a_new_unit_at_once(piggy):
    services.cached_units(piggy)
    UNIT.after_done({}, UNIT.perform(piggy, {"name": "litres", "label": "Litres"}))
    assert "litres" in {each.name for each in services.cached_units(piggy)}
