"""The fields of an action's form as JSON Schema, which OpenAPI and MCP have in common."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.models import ModelChoiceField
from django.utils.encoding import force_str
from django.utils.translation import gettext

from piggyadmin.actions.base import Action
from piggyadmin.actions.secret_fields import SecretField
from piggyadmin.ledger.operations import Effect
from piggyadmin.ui.dates import DayField, MomentField
from piggyadmin.ui.forms import (
    CleanEmailField,
    NumberField,
    RowsWidget,
    WholeNumberField,
)

Schema = dict[str, Any]


def schema_of(action: Action[Any, Any]) -> Schema:
    """Describe what an action is asked with."""
    fields = dict(action.form_class.base_fields)
    properties = {name: _field(field) for name, field in fields.items()}
    if action.asks_reason:
        properties |= _why()
    wanted = action.look_up_form_class.base_fields if action.look_up_form_class else fields
    required = [name for name, field in wanted.items() if field.required]
    if not action.is_read:
        properties |= _controls(action)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": action.form_class.has_further_fields,
    }


def _why() -> Schema:
    reason = gettext(
        "Why it is done: one of the reasons at /settings/reasons/, in the words of that page, "
        "whatever the language. A dry run does without."
    )
    comment = gettext("For colleagues who read this later. It can never be removed.")
    return {
        "reason": {"type": "string", "title": gettext("Reason"), "description": reason},
        "comment": {"type": "string", "title": gettext("Comment"), "description": comment},
    }


def _controls(action: Action[Any, Any]) -> Schema:
    """Describe what is said of the request itself."""
    unusual = gettext("Names of fields whose unusual values are meant.")
    alike = gettext("The key of the earlier request that this one goes beyond.")
    controls: Schema = {
        "acknowledged": {
            "type": "array",
            "items": {"type": "string"},
            "description": unusual,
        },
        "repeat_of": {"type": "string", "format": "uuid", "description": alike},
    }
    if not action.has_preview:
        return controls
    agreed = gettext("From a dry run: nothing is done but what was shown there.")
    typed = gettext("What a dry run says has to be typed, where nothing can be undone.")
    if action.effect is Effect.IRREVERSIBLE:
        controls["confirmation"] = {"type": "string", "description": typed}
    return controls | {"agreement": {"type": "string", "description": agreed}}


# --- One field -------------------------------------------------------------------------------


def _field(field: forms.Field) -> Schema:
    words = {"title": force_str(field.label or ""), "description": force_str(field.help_text)}
    kind = next(describe for of, describe in _KINDS if isinstance(field, of))
    return kind(field) | {name: text for name, text in words.items() if text}


def _number(field: Any) -> Schema:
    bounds = {"minimum": field.min_value, "maximum": field.max_value}
    known = {name: _plain(bound) for name, bound in bounds.items() if bound is not None}
    is_whole = isinstance(field, WholeNumberField | forms.IntegerField)
    return {"type": "integer" if is_whole else "number", **known}


def _plain(bound: Any) -> int | float:
    return int(bound) if bound == int(bound) else float(bound)


def _choice(field: Any) -> Schema:
    """Describe a choice; one from what the account or the console has now is any text."""
    if isinstance(field, ModelChoiceField) or callable(field._choices):
        return {"type": "string"}
    choices = [str(value) for group in field.choices for value in _values_of(group)]
    return {"type": "string", "enum": choices} if choices else {"type": "string"}


def _values_of(choice: Any) -> list[Any]:
    value, label = choice
    return [inner for inner, _label in label] if isinstance(label, list | tuple) else [value]


def _text(field: Any) -> Schema:
    longest = getattr(field, "max_length", None)
    return {"type": "string", **({"maxLength": longest} if longest else {})}


def _other(field: forms.Field) -> Schema:
    """Describe a field of rows; or one of choices, by their names."""
    if not isinstance(field.widget, RowsWidget):
        return {"type": ["object", "array", "string"]}
    parts = {part: {"type": ["string", "number", "null"]} for part in field.widget.parts}
    row = {"type": "object", "properties": parts, "additionalProperties": False}
    return {"type": "array", "items": row}


def _kind(type_: str, **more: Any) -> Callable[[Any], Schema]:
    return lambda _field: {"type": type_, **more}


# The first that a field is one of.
_KINDS: tuple[tuple[Any, Callable[[Any], Schema]], ...] = (
    (forms.BooleanField, _kind("boolean")),
    ((NumberField, forms.IntegerField), _number),
    (DayField, _kind("string", format="date")),
    (MomentField, _kind("string", format="date-time")),
    (forms.MultipleChoiceField, _kind("array", items={"type": "string"})),
    (forms.ChoiceField, _choice),
    (SecretField, _kind("string", format="password", writeOnly=True)),
    (CleanEmailField, _text),
    (forms.CharField, _text),
    (forms.Field, _other),
)
