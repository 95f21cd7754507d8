"""Attributes by what has them, and what is special about changing them."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.custom_attributes import services
from piggyadmin.custom_attributes.forms import find_attribute
from piggyadmin.custom_attributes.types import CustomAttribute
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
CHANGE = "/actions/update-custom-attribute/"
TABLE = {"entity": "booking", "custom_attribute_name": "table_preference"}


def page_of(browser, **typed: str) -> str:
    return main_of(browser.post("/attributes/", typed, follow=True).content.decode())


def test_those_of_contacts_stand_first_and_piggys_own_cannot_be_changed(admin, sandbox):
    page = page_of(admin)
    assert "Favourite drink" in page
    assert "One of several options" in page
    assert "custom_attribute_name=favourite_drink" in page
    assert "custom_attribute_name=email" not in page


def test_those_of_others(support, piggy):
    services.create_attribute_group(piggy, entity="booking", name="seats", label="Where they sit")
    page = page_of(support, entity="booking")
    assert "Window, Terrace, Bar" in page
    assert "Where they sit" in page
    assert CHANGE not in page
    assert "There are no attributes of these" in page_of(support, entity="shift")


def test_an_attribute_of_something_else_is_not_the_one(piggy, monkeypatch):
    """Where Piggy does not filter, it may list those of others too."""
    others = [CustomAttribute(name="plu", entity="voucher"), CustomAttribute(name="size")]
    monkeypatch.setattr(services, "list_custom_attributes", lambda *_, **__: others)
    assert find_attribute(piggy, entity="booking", name="plu") is None
    assert find_attribute(piggy, entity="booking", name="size") == others[1]


def test_options_are_shown_and_changed_where_there_are_some(admin, sandbox, piggy):
    page = admin.get(CHANGE, TABLE).content.decode()
    assert 'value="window"' in page
    without = admin.get(CHANGE, {"entity": "voucher", "custom_attribute_name": "plu"})
    assert "options-0-label" not in without.content.decode()
    rows = {"options-0-label": "Window", "options-0-value": "window"}
    rows |= {"options-1-label": "Garden", "options-1-value": "garden"}
    shown = admin.post(CHANGE, TABLE | rows).context["preview"]
    (change,) = shown.changes
    assert (change.before, change.after) == ("Window, Terrace, Bar", "Window, Garden")
    form = get_action("update-custom-attribute").form_class(TABLE | rows, piggy=piggy)
    assert form.is_valid()
    changed = get_action("update-custom-attribute").perform(piggy, form.action_data)
    assert [option.value for option in changed.options] == ["window", "garden"]


def test_the_label_is_the_name_where_nothing_else_is_said(piggy):
    asked = {"entity": "voucher", "name": "size", "data_type": "text", "label": ""}
    made = get_action("create-custom-attribute").perform(piggy, asked)
    assert made.label == "size"
    asked = {"name": "cashier", "data_type": "text", "label": ""}
    assert (
        get_action("create-loyalty-transaction-attribute").perform(piggy, asked).label == "cashier"
    )
