"""What a write came to: made into what is kept of it, and again out of that."""

import re
from typing import Any

from piggyadmin.ledger import snapshots
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Operation
from piggyadmin.piggy import errors
from piggyadmin.piggy.errors import PiggyError

# It is looked for where a word begins alone: from each letter on it would take quadratic time.
_ADDRESS = re.compile(r"(?<![^\s@\"'<>])[^\s@\"'<>]++@[^\s@\"'<>]+")


class Outcome:
    """What a press of the button came to, for the page that shows it."""

    def __init__(
        self, entry: Entry, *, result: Any = None, error: PiggyError | None = None
    ) -> None:
        self.entry = entry
        self.result = result
        self.error = error


def recall(action: Operation[Any, Any], entry: Entry) -> Outcome:
    """Give an entry's outcome as it was shown the first time."""
    event = entry.last_event
    detail = event.detail if event else {}
    kept = snapshots.answer_of(entry, detail)
    result = None
    if action.result_type and kept is not None:
        result = action.result_type.model_validate(kept)
    return Outcome(entry, result=result, error=error_of(entry, detail))


def kept_of(
    action: Operation[Any, Any], result: Any
) -> tuple[dict[str, Any], list[snapshots.Personal]]:
    """Give what the ledger keeps of a result: everything, or of a secret nothing."""
    if not action.result_type:
        return {}, []
    bare, personal = snapshots.part(result)
    return {"result": bare}, personal


def describe(error: PiggyError) -> dict[str, Any]:
    """Say what went wrong in a way that can be kept for ever and shown again."""
    return {
        "error": type(error).__name__,
        "message": without_addresses(str(error.message)),
        "piggy_message": without_addresses(error.piggy_message),
        "code": error.code,
        "status": error.status,
        "field_errors": without_addresses(error.field_errors),
    }


def without_addresses(words: Any) -> Any:
    """Take e-mail addresses out of what Piggy says of what somebody typed, however deep."""
    if isinstance(words, str):
        return _ADDRESS.sub("…", words)
    if isinstance(words, dict):
        return {name: without_addresses(each) for name, each in words.items()}
    if isinstance(words, list | tuple):
        return [without_addresses(each) for each in words]
    return words


def error_of(entry: Entry, detail: dict[str, Any]) -> PiggyError | None:
    """Make an error again from what was kept of it; None where there was none."""
    kind = getattr(errors, str(detail.get("error", "")), None)
    if not (isinstance(kind, type) and issubclass(kind, PiggyError)):
        return None
    return kind(
        status=detail.get("status"),
        code=detail.get("code"),
        trace_id=entry.trace_id,
        piggy_message=detail.get("piggy_message", ""),
        field_errors=detail.get("field_errors"),
        is_write=True,
    )
