"""What programs are told: results as JSON, and what became of a write."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from piggyadmin.actions.base import Action
from piggyadmin.actions.views import progress_of
from piggyadmin.api import problems
from piggyadmin.api.problems import ProblemKind
from piggyadmin.ledger.entries import reread
from piggyadmin.ledger.models import HAPPENED, Approval, ApprovalStatus, Entry, EntryState
from piggyadmin.ledger.outcomes import Outcome, recall

# When to look again at what is still under way, in seconds.
LOOK_AGAIN = {"Retry-After": "5"}


def as_json(value: Any) -> Any:
    """Write a result as JSON: exact numbers as texts, and of a covered secret asterisks."""
    if (parts := _parts_of(value)) is not None:
        return {str(name): as_json(inner) for name, inner in parts.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(each) for each in value]
    return to_jsonable_python(value, inf_nan_mode="null", fallback=str)


def _parts_of(value: Any) -> Mapping[Any, Any] | None:
    """Give what a value is made of, by name; None where it has no names."""
    match value:
        case BaseModel():
            return dict(value)
        case Mapping():
            return value
        case tuple() if hasattr(value, "_asdict"):
            return value._asdict()  # type: ignore[no-any-return]
    return vars(value) if is_dataclass(value) else None


def address_of(slug: str, key: UUID) -> str:
    """Give the address at which a program sees what became of a write."""
    return reverse("api:outcome", args=[slug, key])


def _where(slug: str, key: UUID, page: str) -> dict[str, str]:
    """Tell where it can be seen, by programs and by people."""
    return {"key": str(key), "outcome": address_of(slug, key), "page": page}


# --- A write ---------------------------------------------------------------------------------


def outcome_answer(outcome: Outcome) -> HttpResponse:
    """Answer a write with what came of it, be it sent now or before with the same key."""
    entry = reread(outcome.entry)
    members = {"state": entry.state.value, **_where_of(entry)}
    headers = {"Location": members["outcome"]}
    if outcome.error is not None:
        answer = problems.of_piggy(outcome.error, **members)
        answer["Location"] = headers["Location"]
        return answer
    if entry.state in HAPPENED:
        return JsonResponse({**members, "result": as_json(outcome.result)}, headers=headers)
    return _without_result(entry, members, headers)


def _without_result(entry: Entry, members: dict[str, str], headers: dict[str, str]) -> HttpResponse:
    """Answer for a write that nobody has an answer of: it is under way, or was found not done."""
    if entry.state == EntryState.UNKNOWN:
        words = gettext("Look at its outcome; do not ask for it anew before that is known.")
        return ProblemKind.UNKNOWN.answer(words, headers=headers, **members)
    if entry.state in {EntryState.INTENDED, EntryState.SENT}:
        return ProblemKind.UNDER_WAY.answer(headers=headers | LOOK_AGAIN, **members)
    event = entry.last_event
    words = (event and event.detail.get("message")) or gettext("Another key asks for it anew.")
    return ProblemKind.NOT_DONE.answer(words, headers=headers, **members)


def _where_of(entry: Entry) -> dict[str, str]:
    page = reverse("actions:outcome", args=[entry.action, entry.submission_key])
    return _where(entry.action, entry.submission_key, page)


def request_answer(approval: Approval) -> HttpResponse:
    """Answer that a person has to approve it first, and where that is."""
    told = _told_of_request(approval)
    headers = {"Location": told["outcome"]}
    return JsonResponse(told, status=HTTPStatus.ACCEPTED, headers=headers)


def _told_of_request(approval: Approval) -> dict[str, Any]:
    page = reverse("writes:approval", args=[approval.submission_key])
    return {
        "state": str(approval.status),
        "detail": gettext("A person has to approve this. Nothing is sent before that."),
        **_where(approval.action, approval.submission_key, page),
    }


# --- Looked at again -------------------------------------------------------------------------


def told_of_entry(action: Action[Any, Any], entry: Entry) -> dict[str, Any]:
    """Tell what became of a write, as far as it is known by now."""
    told: dict[str, Any] = {"state": entry.state.value, **_where_of(entry)}
    outcome = recall(action, entry)
    if outcome.result is not None:
        told["result"] = as_json(outcome.result)
    if outcome.error is not None:
        told["detail"] = outcome.error.message
    if action.is_watched and entry.state in HAPPENED:
        told["progress"] = as_json(progress_of(action, entry))
    return told


def told_of_request(approval: Approval) -> dict[str, Any]:
    """Tell how a request is that has come to nothing yet, or to a no."""
    told = _told_of_request(approval)
    if approval.status != ApprovalStatus.WAITING:
        told["detail"] = approval.note
    return told
