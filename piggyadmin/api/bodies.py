"""What programs send, made into what a page would have sent."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from piggyadmin.actions.forms import ActionForm
from piggyadmin.api.problems import Problem, ProblemKind
from piggyadmin.json_text import read_flat_json
from piggyadmin.ui.forms import RowsWidget
from piggyadmin.ui.numbers import written

# What stands in a body beside the fields of an action, about the request itself.
CONTROLS = frozenset({"agreement", "confirmation", "acknowledged", "repeat_of"})
# What has more figures is no number of a shop, and is not written out.
MOST_FIGURES = 30


def read_object(request: HttpRequest) -> dict[str, Any]:
    """Read the JSON object that was sent; nothing at all counts as an empty one.

    Raises:
        Problem: it is none.
    """
    if not request.body:
        return {}
    if request.content_type != "application/json":
        words = gettext("Send it as application/json.")
        raise Problem(ProblemKind.MEDIA_TYPE, words)
    value = read_body(request.body)
    if not isinstance(value, dict):
        raise Problem(ProblemKind.MALFORMED, gettext("Send a JSON object."))
    return value


def read_body(body: bytes) -> Any:
    """Read JSON, its numbers exactly as they were written.

    Raises:
        Problem: it is none.
    """
    try:
        return read_flat_json(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError):  # of an exponent beyond all measure
        raise Problem(ProblemKind.MALFORMED, gettext("This cannot be read as JSON.")) from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def submission_key_of(request: HttpRequest) -> UUID:
    """Read the key that makes of the same request, sent twice, one that is done once.

    Raises:
        Problem: there is none, or it is no UUID.
    """
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    try:
        return UUID(key)
    except ValueError:
        words = gettext("Send a new UUID with every write: Idempotency-Key: …")
        raise Problem(ProblemKind.MALFORMED, words) from None


def wants_dry_run(request: HttpRequest) -> bool:
    """Tell whether it shall only be shown; a slip of the pen is never taken for a no.

    Raises:
        Problem: something else stands behind the address.
    """
    match dict(request.GET):
        case {} if not request.GET:
            return False
        case {"dry_run": [("true" | "1" | "false" | "0") as said], **others} if not others:
            return said in {"true", "1"}
    words = gettext("Behind the address stands nothing but dry_run=true or dry_run=false.")
    raise Problem(ProblemKind.MALFORMED, words)


def fingerprint_of(asked: Mapping[str, Any]) -> str:
    """Give what tells a body from another one, and nobody what stood in it."""
    text = json.dumps(asked, sort_keys=True, default=str)
    return salted_hmac("piggyadmin.api.body", text, algorithm="sha256").hexdigest()


# --- As a page would send it -----------------------------------------------------------------


def as_typed(value: Any, widget: forms.Widget) -> str:
    """Write a value of JSON as a person types it into a field."""
    if isinstance(value, list) and isinstance(widget, forms.Textarea):
        return "\n".join(_in_words(each) for each in value)
    if isinstance(value, list) and isinstance(widget, forms.CheckboxSelectMultiple):
        return ";".join(_in_words(each) for each in value)
    return _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, default=_in_words)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and abs(value.adjusted()) < MOST_FIGURES:
        return written(value)
    return str(value)


def as_stored(form: ActionForm, names: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what a browser would send of fields that nobody has touched, hidden ones as well."""
    for name in names:
        if name not in form.fields or form[name].value() in (None, ""):
            continue
        bound = form[name]
        yield name, _shown(bound.field.widget, bound.value())
        if bound.field.show_hidden_initial:
            yield bound.html_initial_name, _shown(bound.field.hidden_widget(), bound.value())


def _shown(widget: forms.Widget, value: Any) -> str:
    if isinstance(widget, RowsWidget):
        return _in_words(value)
    shown = widget.format_value(value)
    return as_typed(shown[0] if _is_one(widget, shown) else shown, widget) if shown else ""


def _is_one(widget: forms.Widget, shown: Any) -> bool:
    """Tell whether it is the one choice of a list."""
    has_several = getattr(widget, "allow_multiple_selected", False)
    return isinstance(shown, list) and len(shown) == 1 and not has_several
