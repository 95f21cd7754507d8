"""What is special about perks among the records."""

import pytest

from piggyadmin.perks.services import list_perks

pytestmark = pytest.mark.django_db
YES_OR_NO = {"name": "parking", "label": "Parking", "data_type": "boolean"}


def errors(admin, **typed: str) -> dict[str, list[str]]:
    response = admin.post("/actions/create-perk/", YES_OR_NO | typed)
    return dict(response.context["form"].errors)


def test_a_yes_or_no_is_a_no_at_first(admin, piggy):
    assert admin.post("/actions/create-perk/", YES_OR_NO).status_code == 302
    perk = next(each for each in list_perks(piggy) if each.name == "parking")
    assert [(each.value, each.default) for each in perk.options] == [
        ("false", True),
        ("true", False),
    ]


def test_the_first_option_is_the_default(admin, piggy):
    rows = {"options-0-label": "A little", "options-0-value": "1"}
    rows |= {"options-1-label": "A lot", "options-1-value": "2"}
    typed = YES_OR_NO | {"data_type": "single_select"} | rows
    assert admin.post("/actions/create-perk/", typed).status_code == 302
    perk = next(each for each in list_perks(piggy) if each.name == "parking")
    assert [(each.label, each.default) for each in perk.options] == [
        ("A little", True),
        ("A lot", False),
    ]


def test_options_belong_to_a_choice(admin, sandbox):
    row = {"options-0-label": "A little", "options-0-value": "1"}
    assert errors(admin, **row) == {"options": ["A yes or no has no options of its own."]}
    assert errors(admin, data_type="single_select") == {
        "options": ["This type needs at least one option."]
    }
    assert list(errors(admin, data_type="money")) == ["data_type"]
