"""What can go wrong for a program: each kind with its status, and where it is explained."""

from collections.abc import Iterator, Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, SuspiciousOperation
from django.forms import BaseForm
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.proofs import ProofNeeded
from piggyadmin.accounts.throttling import LockedOut
from piggyadmin.actions.forms import NOT_THERE
from piggyadmin.ledger.conflicts import KeyReused
from piggyadmin.ledger.operations import Words
from piggyadmin.piggy import errors
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.problems import problem_answer

# Where the kinds are explained; the last part of each address is the kind.
EXPLAINED_AT = "/api/docs/#"


class ProblemKind(Enum):
    """The kinds of problems: their name in addresses, their status, and what they are called."""

    UNAUTHENTICATED = "unauthenticated", 401, _("No token, or one that opens nothing")
    INSECURE = "insecure", 403, _("This is answered by https alone")
    FORBIDDEN = "forbidden", 403, _("The person or the token may not do this")
    PROOF_NEEDED = "proof-needed", 403, _("This takes a person who has just proved who they are")
    NOT_FOUND = "not-found", 404, _("There is no such thing")
    METHOD = "method", 405, _("This is not asked in this way")
    ALIKE = "alike", 409, _("The same was asked a moment ago")
    CHANGED = "changed", 409, _("Something has changed since it was shown")
    UNDER_WAY = "under-way", 409, _("The first request with this key is still under way")
    NOT_DONE = "not-done", 409, _("It is known that this was not done")
    MEDIA_TYPE = "media-type", 415, _("What was sent is no JSON")
    MALFORMED = "malformed", 400, _("What was sent cannot be read")
    KEY_REUSED = "key-reused", 422, _("This key was sent with another request before")
    INVALID = "invalid", 422, _("A field is not right")
    NOT_CONFIRMED = "not-confirmed", 422, _("It has to be confirmed")
    REFUSED = "refused", 422, _("Piggy said no")
    TOO_MANY = "too-many", 429, _("Too many requests")
    UNREADABLE = "unreadable", 502, _("Piggy's answer makes no sense")
    UNAVAILABLE = "unavailable", 503, _("Piggy cannot be asked now")
    UNKNOWN = "unknown-outcome", 504, _("It is not known whether this was done")

    def __init__(self, slug: str, status: int, title: Words) -> None:
        self.slug, self.status, self.words = slug, HTTPStatus(status), title

    def answer(self, detail: str = "", **more: Any) -> HttpResponse:
        """Make the answer."""
        kind, title = EXPLAINED_AT + self.slug, str(self.words)
        return problem_answer(self.status, detail, kind=kind, title=title, **more)


class Problem(Exception):  # noqa: N818  (it is what the answer is called)
    """It cannot be answered otherwise."""

    def __init__(self, kind: ProblemKind, detail: str = "", **more: Any) -> None:
        super().__init__(kind.slug)
        self.kind, self.detail, self.more = kind, detail, more

    def answer(self) -> HttpResponse:
        """Make the answer."""
        return self.kind.answer(self.detail, **self.more)


# --- What has no answer of its own -----------------------------------------------------------

ANSWERED = (
    Problem,
    ProofNeeded,
    LockedOut,
    PermissionDenied,
    Http404,
    SuspiciousOperation,
    UnreadablePostError,
)


def answer_to(failure: Exception) -> HttpResponse:
    """Answer to what was raised, one of `ANSWERED`."""
    match failure:
        case Problem():
            return failure.answer()
        case KeyReused():
            words = gettext("Nothing was sent this time. Another request needs another key.")
            return ProblemKind.KEY_REUSED.answer(words)
        case ProofNeeded():
            words = gettext(
                "Nothing was done. It cannot be undone: have a person do it in the browser, or ask "
                "for it at /api/mcp/, where it waits until a person approves it."
            )
            return ProblemKind.PROOF_NEEDED.answer(words)
        case LockedOut():
            seconds = max(1, int((failure.until - timezone.now()).total_seconds()))
            return ProblemKind.TOO_MANY.answer(headers={"Retry-After": str(seconds)})
        case PermissionDenied():
            return ProblemKind.FORBIDDEN.answer(str(failure))
    is_missing = isinstance(failure, Http404)
    return (ProblemKind.NOT_FOUND if is_missing else ProblemKind.MALFORMED).answer()


# --- Piggy's errors, and those of forms ------------------------------------------------------

# The first that an error is one of.
_OF_PIGGY: tuple[tuple[type[PiggyError], ProblemKind], ...] = (
    (errors.NotFound, ProblemKind.NOT_FOUND),
    (errors.Rejected, ProblemKind.REFUSED),
    (errors.OutcomeUnknown, ProblemKind.UNKNOWN),
    (errors.Malformed, ProblemKind.UNREADABLE),
    (errors.Unfiltered, ProblemKind.UNREADABLE),
    (PiggyError, ProblemKind.UNAVAILABLE),
)


def of_piggy(error: PiggyError, **members: Any) -> HttpResponse:
    """Say what became of a call to Piggy, and when to try again where Piggy tells."""
    kind = next(kind for of, kind in _OF_PIGGY if isinstance(error, of))
    seconds = error.retry_after
    headers = {"Retry-After": str(max(1, round(seconds)))} if seconds is not None else {}
    if error.field_errors:
        members["errors"] = list(_of_fields(error.field_errors))
    return kind.answer(error.message, headers=headers, **members)


def _of_fields(told: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    for field, several in told.items():
        for words in several:
            yield {"field": "" if field == NON_FIELD_ERRORS else field, "detail": words}


def of_form(form: BaseForm, **members: Any) -> HttpResponse:
    """Say beside which fields what is wrong, and what may be meant by a code that there is not."""
    found = list(_of_form(form))
    is_missing = {each["code"] for each in found} == {NOT_THERE}
    kind = ProblemKind.NOT_FOUND if is_missing else ProblemKind.INVALID
    detail = " ".join(each["detail"] for each in found)
    return kind.answer(detail, errors=found, **members)


def _of_form(form: BaseForm) -> Iterator[dict[str, Any]]:
    meant = getattr(form, "meant", {})
    for field, several in form.errors.get_json_data().items():
        for error in several:
            named = "" if field == NON_FIELD_ERRORS else field
            told = {"field": named, "detail": error["message"], "code": error["code"]}
            yield told | ({"meant": meant[field]} if field in meant else {})


def unknown_fields(names: list[str]) -> Problem:
    """Say that there are no such fields."""
    words = gettext("There is no such field.")
    found = [{"field": name[:100], "detail": words, "code": "unknown_field"} for name in names]
    return Problem(ProblemKind.INVALID, words, errors=found)
