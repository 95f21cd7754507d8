"""What is special about perks among the records."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.sentences import Matter
from piggyadmin.perks import services
from piggyadmin.perks.services import list_perks
from piggyadmin.perks.types import Perk

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


# --- Without Piggy ----------------------------------------------------------------------------

CREATE: Any = get_action("create-perk")
UPDATE: Any = get_action("update-perk")
DELETE: Any = get_action("delete-perk")
OPTIONS = [{"label": "No", "value": "no"}, {"label": "Yes", "value": "yes"}]
PERK = Perk.model_validate(
    {
        "uuid": "p",
        "name": "parking",
        "label": "Parking",
        "data_type": "single_select",
        "options": OPTIONS,
    }
)


@pytest.fixture
def sent(monkeypatch):
    """Give what is asked of Piggy instead of asking it."""
    asked: Any = []

    def note(called):
        return lambda _piggy, **given: asked.append((called, given)) or PERK

    for name in ("create_perk", "update_perk", "delete_perk", "get_perk"):
        monkeypatch.setattr(services, name, note(name))
    return asked


def test_how_a_perk_stands_in_a_form():
    assert CREATE.as_filled(PERK) == {
        "name": "parking",
        "label": "Parking",
        "data_type": "single_select",
        "options": OPTIONS,
    }
    empty = {"name": "", "label": "", "data_type": "", "options": []}
    assert CREATE.as_filled(Perk(uuid="p")) == empty


@pytest.mark.parametrize(
    ("perk", "name"),
    [
        (PERK, "Parking"),
        (Perk(uuid="p", name="parking"), "parking"),
        (Perk(uuid="p"), ""),
    ],
)
def test_what_a_perk_is_called(perk, name):
    assert UPDATE.name_of(perk) == name


@pytest.mark.parametrize(
    ("asked", "name"),
    [({"label": "Parking", "name": "parking"}, "Parking"), ({"name": "parking"}, "parking")],
)
def test_a_new_perk_is_called_as_people_read_it(asked, name):
    assert CREATE.name_in(Matter(data=asked)) == name


def test_a_yes_or_no_has_options_of_its_own(sent):
    given = {"name": "parking", "label": "Parking", "data_type": "boolean", "options": []}
    assert CREATE.create("piggy", given) == PERK
    options = [
        {"label": "No", "value": False, "default": True},
        {"label": "Yes", "value": True, "default": False},
    ]
    assert sent == [("create_perk", given | {"options": options})]


def test_of_other_types_the_first_option_is_the_default(sent):
    rows = [{"label": label, "value": label} for label in "abc"]
    given = {"name": "n", "label": "l", "data_type": "single_select", "options": rows}
    CREATE.create("piggy", given)
    options = [{**row, "default": row["label"] == "a"} for row in rows]
    assert sent == [("create_perk", given | {"options": options})]


def test_a_perk_is_named_by_its_uuid(sent):
    data = {"perk_uuid": "p", "label": "x"}
    assert UPDATE.find("piggy", data) == PERK
    assert UPDATE.change("piggy", data, {"label": "Quiet"}) == PERK
    DELETE.delete("piggy", data)
    named = {"perk_uuid": "p"}
    assert sent == [
        ("get_perk", named),
        ("update_perk", named | {"label": "Quiet"}),
        ("delete_perk", named),
    ]
