"""Attributes: the contact's own path, the general one, and those of transactions and promotions."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import one
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import Attribute, AttributeGroup
from piggyadmin.sandbox.responses import CREATED, NO_META, Reply, Slice
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.system_attributes import SYSTEM_NAMES, all_attributes
from piggyadmin.sandbox.validation import MAX_LONG_TEXT, Given, to_integer

DATA_TYPES = (
    *("url", "text", "date", "phone", "float", "color", "email", "number", "select", "boolean"),
    *("rich_text", "date_time", "long_text", "date_range", "time_range", "identifier"),
    *("birth_date", "file_upload", "media_upload", "multi_select", "license_plate"),
)
# Those of the docs, and those that later editions add.
ENTITIES = (
    *("business_profile", "booking", "contact", "giftcard", "giftcard_transaction", "promotion"),
    *("reward", "voucher", "business_profiles", "prepaid", "visit", "shift"),
)


# --- Contact attributes ----------------------------------------------------------------------


@route("GET", "contact-attributes")
def list_contact_attributes(given: Given) -> Reply:  # noqa: ARG001
    """List the attributes that contacts have, Piggy's own first."""
    return Reply([serializers.attribute(row) for row in all_attributes("contact")])


@route("POST", "contact-attributes")
def create_contact_attribute(given: Given) -> Reply:
    """Add an attribute to contacts; name and type are final."""
    return Reply(serializers.attribute(_create(given, "contact", "data_type")))


# --- Custom attributes -----------------------------------------------------------------------


@route("GET", "custom-attributes")
def list_custom_attributes(given: Given) -> Reply:
    """List an entity's attributes; this answer has no `meta`."""
    entity = given.choice("entity", ENTITIES)
    given.check()
    rows = all_attributes(entity)
    return Reply([serializers.custom_attribute(row) for row in rows], meta=NO_META)


@route("POST", "custom-attributes")
def create_custom_attribute(given: Given) -> Reply:
    """Add an attribute to an entity; here the type is called `type`, and the label required."""
    entity = given.choice("entity", ENTITIES)
    given.text("label")
    return Reply(serializers.custom_attribute(_create(given, entity, "type")), status=CREATED)


@route("PUT", "custom-attributes/{custom_attribute_name}")
def update_custom_attribute(given: Given, custom_attribute_name: str) -> Reply:
    """Change label, options, description or group of an attribute that Piggy did not define."""
    entity = given.choice("entity", ENTITIES)
    given.check()
    row = Attribute.objects.filter(entity=entity, name=custom_attribute_name).first()
    if entity == "contact" and custom_attribute_name in SYSTEM_NAMES:
        raise errors.invalid("name", "Attributes of the system cannot be changed.")
    if row is None:
        raise ApiError(errors.RECORD_NOT_FOUND)
    row.label = given.optional_text("label") or row.label
    if "description" in given:
        row.description = given.optional_text("description", MAX_LONG_TEXT) or ""
    if "group_name" in given:
        row.group_name = given.optional_text("group_name") or ""
    if "options" in given:
        row.options = _options(given, row.type)
    given.check()
    row.save()
    return Reply(serializers.custom_attribute(row))


@route("GET", "custom-attribute-groups")
def list_attribute_groups(given: Given) -> Reply:
    """List the groups of an entity's attributes."""
    entity = given.choice("entity", ENTITIES)
    given.check()
    rows = AttributeGroup.objects.filter(entity=entity)
    return Reply([serializers.attribute_group(row) for row in rows])


@route("POST", "custom-attribute-groups")
def create_attribute_group(given: Given) -> Reply:
    """Add a group."""
    entity, name = given.choice("entity", ENTITIES), given.text("name")
    label = given.optional_text("label") or name
    if AttributeGroup.objects.filter(entity=entity, name=name).exists():
        given.reject("name", "The name has already been taken.")
    given.check()
    row = AttributeGroup.objects.create(entity=entity, name=name, label=label)
    return Reply(serializers.attribute_group(row), status=CREATED)


# --- Attributes of loyalty transactions, promotions and rewards ------------------------------


def _with_placeholder(row: Attribute) -> dict[str, Any]:
    return {
        **serializers.attribute(row),
        "id": row.pk,
        "placeholder": row.placeholder or None,
        "field_type": serializers.field_type(row.type),
    }


@route("GET", "loyalty-transaction-attributes")
def list_loyalty_transaction_attributes(given: Given) -> Reply:  # noqa: ARG001
    """List the attributes that credit receptions can carry."""
    return Reply([_with_placeholder(row) for row in all_attributes("loyalty_transaction")])


@route("POST", "loyalty-transaction-attributes")
def create_loyalty_transaction_attribute(given: Given) -> Reply:
    """Add an attribute to credit receptions.

    A sample of the docs shows its options as a map, but the SDK can only read a list of objects.
    """
    return Reply(_with_placeholder(_create(given, "loyalty_transaction", "data_type")))


def _described(row: Attribute) -> dict[str, Any]:
    """The same where the description is a text always, without which the SDK fails."""
    return {**_with_placeholder(row), "description": row.description}


@route("GET", "promotion-attributes")
def list_promotion_attributes(given: Given) -> Reply:  # noqa: ARG001
    """List the attributes that promotions have."""
    return Reply([_described(row) for row in all_attributes("promotion")])


@route("POST", "promotion-attributes")
def create_promotion_attribute(given: Given) -> Reply:
    """Add an attribute to promotions."""
    given.text("label")
    return Reply(_described(_create(given, "promotion", "type")))


@route("GET", "promotion-attributes/{promotion_attribute_id}")
def get_promotion_attribute(given: Given, promotion_attribute_id: str) -> Reply:  # noqa: ARG001
    """Give one attribute of promotions, by its number."""
    return Reply(_described(_promotion_attribute(promotion_attribute_id)))


@route("PUT", "promotion-attributes/{promotion_attribute_id}")
def update_promotion_attribute(given: Given, promotion_attribute_id: str) -> Reply:
    """Change how an attribute of promotions is shown; name and type are final (inferred)."""
    row = _promotion_attribute(promotion_attribute_id)
    row.label = given.optional_text("label") or row.label
    row.description = given.optional_text("description", MAX_LONG_TEXT) or row.description
    row.placeholder = given.optional_text("placeholder") or row.placeholder
    if given.get("options"):
        row.options = _options(given, row.type)
    given.check()
    row.save()
    return Reply(_described(row))


def _promotion_attribute(number: str) -> Attribute:
    rows = Attribute.objects.filter(entity="promotion", pk=to_integer(number) or 0)
    return one(rows, errors.RECORD_NOT_FOUND)


@route("GET", "reward-attributes")
def list_reward_attributes(given: Given) -> Reply:
    """List the attributes that rewards have; page and limit are heeded."""
    part = Slice.read(given, default=30)
    given.check()
    rows = Attribute.objects.filter(entity="reward")
    return Reply([_described(row) for row in part.of(rows, Attribute.objects.all()).rows])


@route("POST", "reward-attributes")
def create_reward_attribute(given: Given) -> Reply:
    """Add an attribute to rewards."""
    given.text("label")
    return Reply(_described(_create(given, "reward", "type")))


# --- What they share -------------------------------------------------------------------------


def _create(given: Given, entity: str, type_field: str) -> Attribute:
    name = given.text("name")
    data_type = given.choice(type_field, DATA_TYPES)
    row = Attribute(
        entity=entity,
        name=name,
        label=given.optional_text("label") or name,
        type=data_type,
        description=given.optional_text("description", MAX_LONG_TEXT) or "",
        group_name=given.optional_text("group_name") or "",
        placeholder=given.optional_text("placeholder") or "",
        options=_options(given, data_type),
    )
    given.check()
    if entity == "contact" and name in SYSTEM_NAMES:
        raise ApiError(errors.ATTRIBUTE_EXISTS)
    try:
        with transaction.atomic(using="sandbox"):
            row.save()
    except IntegrityError:
        raise ApiError(errors.ATTRIBUTE_EXISTS) from None
    return row


def _options(given: Given, data_type: str) -> list[dict[str, str]]:
    """Read options in every form that clients send them; only selects have any."""
    if data_type not in serializers.SELECTS:
        return []
    value = given.get("options")
    if isinstance(value, Mapping):
        value = [{"value": key, "label": label} for key, label in value.items()]
    if not value or not isinstance(value, list):
        given.reject("options", "The options field is required.")
        return []
    options = [_option(given, index, each) for index, each in enumerate(value)]
    if len({each["value"] for each in options}) < len(options):
        given.reject("options", "The options must have different values.")
    return options


def _option(given: Given, index: int, option: Json) -> dict[str, str]:
    if isinstance(option, str | int | float):
        return {"label": str(option), "value": str(option)}
    values = option if isinstance(option, Mapping) else {}
    value = values.get("value")
    label = values.get("label") or values.get("name") or value
    value = label if value is None else value
    if value is None or isinstance(value, list | dict) or isinstance(label, list | dict):
        given.reject(f"options.{index}", "An option needs a label and a value.")
        value = label = ""
    return {"label": str(label), "value": str(value)}
