"""Attributes of all entities, against a sandbox behind a socket."""

import pytest

from piggyadmin.custom_attributes import services
from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected


def test_an_attribute_from_creation_to_change(piggy):
    made = services.create_custom_attribute(
        piggy,
        entity="giftcard",
        name="occasion",
        data_type="select",
        label="Occasion",
        options=[{"label": "Birthday", "value": "birthday"}],
    )
    assert (made.entity, made.type, made.can_be_deleted) == ("giftcard", "select", True)
    changed = services.update_custom_attribute(
        piggy, custom_attribute_name="occasion", entity="giftcard", label="For", group_name="Gifts"
    )
    assert (changed.label, changed.group_name) == ("For", "Gifts")
    listed = services.list_custom_attributes(piggy, entity="giftcard")
    assert [(each.name, each.label) for each in listed] == [("occasion", "For")]


def test_an_attribute_that_is_there_or_not(piggy):
    attribute = {"entity": "voucher", "name": "plu", "data_type": "text", "label": "PLU"}
    with pytest.raises(Rejected) as caught:
        services.create_custom_attribute(piggy, **attribute)
    assert caught.value.code == ErrorCode.ATTRIBUTE_EXISTS
    with pytest.raises(NotFound):
        services.update_custom_attribute(piggy, custom_attribute_name="x", entity="voucher")


def test_groups(piggy):
    made = services.create_attribute_group(piggy, entity="visit", name="table", label="Table")
    assert made.created_at is not None
    assert services.list_attribute_groups(piggy, entity="visit") == [made]
