"""Errors as programs read them: `application/problem+json`, as RFC 9457 has it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from piggyadmin.piggy.trace import current_trace_id

CONTENT_TYPE = "application/problem+json"
_JSON = ("application/json", CONTENT_TYPE)


def problem_answer(
    status: HTTPStatus,
    detail: str = "",
    *,
    kind: str = "about:blank",
    title: str = "",
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """Answer with what went wrong; `kind` is an address that tells more of such problems."""
    problem = {"type": kind, "title": title or status.phrase, "status": status.value}
    problem |= {"detail": detail} if detail else {}
    problem |= {"trace_id": current_trace_id(), **members}
    return JsonResponse(problem, status=status, content_type=CONTENT_TYPE, headers=headers)


def wants_problem(request: HttpRequest) -> bool:
    """Tell whether it is a program that asks: it shows a token, or speaks JSON and not of pages."""
    scheme, _space, _token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" or request.content_type in _JSON:
        return True
    return request.get_preferred_type(("text/html", *_JSON)) in _JSON
