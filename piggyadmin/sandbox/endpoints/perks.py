"""Perks: what tiers give to those who are in them."""

from typing import Any

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import one
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import Perk
from piggyadmin.sandbox.responses import NO_META, Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given, to_boolean

DATA_TYPES = ("single_select", "boolean")


def _perk(perk_uuid: str) -> Perk:
    return one(Perk.objects.filter(uuid=perk_uuid), errors.PERK_NOT_FOUND)


@route("GET", "perks")
def list_perks(given: Given) -> Reply:  # noqa: ARG001
    """List all perks; this answer has no `meta`."""
    return Reply([serializers.perk(row) for row in Perk.objects.all()], meta=NO_META)


@route("GET", "perks/{perk_uuid}")
def get_perk(given: Given, perk_uuid: str) -> Reply:  # noqa: ARG001
    """Give one perk."""
    return Reply(serializers.perk(_perk(perk_uuid)))


@route("POST", "perks")
def create_perk(given: Given) -> Reply:
    """Add a perk; exactly one of its options is the default."""
    label, name = given.text("label"), given.text("name")
    # The SDK says `dataType`, the docs say `data_type`.
    kind = "dataType" if "dataType" in given and "data_type" not in given else "data_type"
    data_type = given.choice(kind, DATA_TYPES)
    options = _options(given, data_type)
    if Perk.objects.filter(name=name).exists():
        given.reject("name", "The name has already been taken.")
    given.check()
    row = Perk.objects.create(label=label, name=name, data_type=data_type, options=options)
    return Reply(serializers.perk(row))


def _options(given: Given, data_type: str) -> list[dict[str, Any]]:
    if not given.get("options"):
        given.reject("options", "The options field is required.")
    options = [_option(given, index, each) for index, each in enumerate(given.items("options"))]
    if options and sum(each["default"] for each in options) != 1:
        given.reject("options", "Exactly one option must be the default.")
    if data_type == "boolean":
        _only_booleans(given, options)
    return options


def _option(given: Given, index: int, value: Json) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.get("label") or value.get("value") is None:
        given.reject(f"options.{index}", "An option needs a label and a value.")
        return {"label": None, "value": None, "default": False}
    return {
        "label": str(value["label"]),
        "value": value["value"],
        "default": to_boolean(value.get("default")) or False,
    }


def _only_booleans(given: Given, options: list[dict[str, Any]]) -> None:
    for index, each in enumerate(options):
        each["value"] = to_boolean(each["value"])
        if each["value"] is None:
            given.reject(f"options.{index}.value", "The value must be true or false.")


@route("PUT", "perks/{perk_uuid}")
def update_perk(given: Given, perk_uuid: str) -> Reply:
    """Change a perk's label, the only thing that can be changed."""
    row = _perk(perk_uuid)
    row.label = given.text("label")
    given.check()
    row.save(update_fields=["label"])
    return Reply(serializers.perk(row))


@route("DELETE", "perks/{perk_uuid}")
def delete_perk(given: Given, perk_uuid: str) -> Reply:  # noqa: ARG001
    """Remove a perk."""
    _perk(perk_uuid).delete()
    return Reply(None)
