"""Calls about the attributes of all entities: booking, voucher, giftcard, reward and the others.

None of them can be deleted, and of one that exists neither name nor type can change (docs).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from piggyadmin.custom_attributes.types import AttributeGroup, CustomAttribute
from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.types import without_none

Options = Sequence[Mapping[str, Any]]


def list_custom_attributes(piggy: PiggyClient, *, entity: str) -> list[CustomAttribute]:
    """List the custom attributes of an entity, such as booking or voucher (docs)."""
    return piggy.get("custom-attributes", params={"entity": entity}).several(CustomAttribute)


def create_custom_attribute(
    piggy: PiggyClient,
    *,
    entity: str,
    name: str,
    data_type: str,
    label: str,
    description: str | None = None,
    options: Options | None = None,
    group_name: str | None = None,
) -> CustomAttribute:
    """Create an attribute of an entity, for good; here the type is called `type` (docs).

    Options are `{label, value}`, and needed for a select or multi_select.

    Raises:
        Rejected: the name is taken (60009, inferred).
    """
    body = without_none(
        entity=entity,
        name=name,
        type=data_type,
        label=label,
        description=description,
        options=options,
        group_name=group_name,
    )
    return piggy.post("custom-attributes", json=body).one(CustomAttribute)


def update_custom_attribute(
    piggy: PiggyClient,
    *,
    custom_attribute_name: str,
    entity: str,
    label: str | None = None,
    description: str | None = None,
    options: Options | None = None,
    group_name: str | None = None,
) -> CustomAttribute:
    """Change what is given; attributes that Piggy itself defined cannot be changed (docs).

    Raises:
        NotFound: the entity has no such attribute (60013, inferred).
    """
    body = without_none(
        entity=entity, label=label, description=description, options=options, group_name=group_name
    )
    path = f"custom-attributes/{path_value(custom_attribute_name)}"
    return piggy.put(path, json=body).one(CustomAttribute)


def list_attribute_groups(piggy: PiggyClient, *, entity: str) -> list[AttributeGroup]:
    """List the headings under which an entity's attributes stand (later docs)."""
    params = {"entity": entity}
    return piggy.get("custom-attribute-groups", params=params).several(AttributeGroup)


def create_attribute_group(
    piggy: PiggyClient, *, entity: str, name: str, label: str | None = None
) -> AttributeGroup:
    """Create a heading for attributes of an entity (later docs)."""
    body = without_none(entity=entity, name=name, label=label)
    return piggy.post("custom-attribute-groups", json=body).one(AttributeGroup)
