"""The pretended API: one function from request to answer.

Plain Python over the sandbox's database. It is not a Django request, so it can be called from
within one without touching that request's transaction.
"""

import json
import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, NoReturn

from django.db.utils import OperationalError

from piggyadmin.sandbox import (
    access,
    conditions,
    endpoints,
    faults,
    jobs,
    locks,
    request_log,
    webhook_sender,
)
from piggyadmin.sandbox.conditions import Conditions
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.faults import Fault
from piggyadmin.sandbox.messages import ApiAnswer, ApiRequest, ConnectionDropped, Json
from piggyadmin.sandbox.php import parse_form
from piggyadmin.sandbox.routes import Found, Route, find
from piggyadmin.sandbox.validation import Given

__all__ = [
    "ApiAnswer",
    "ApiRequest",
    "ConnectionDropped",
    "endpoints",
    "handle",
    "is_answered",
    "is_api_path",
]

PREFIX = "/api/v3/oauth/clients/"
# The prefix itself is asked as a health check, and the SDK asks that of version 2.
PING_PATHS = {PREFIX.rstrip("/"), "/api/v2/oauth/clients"}
TOKEN_PATH = "/oauth/token"  # noqa: S105  (a path)
HTTP_BAD_REQUEST = 400
# Parameters of lists that leave nothing out.
PAGING = {"page", "limit", "perPage", "sort"}
MAX_BODY = 2 * 1024 * 1024  # bytes

logger = logging.getLogger(__name__)

Sleep = Callable[[float], None]


def is_api_path(path: str) -> bool:
    """Tell whether a path belongs to the API rather than to the sandbox's own pages."""
    return path.startswith("/api/") or path.rstrip("/") == TOKEN_PATH


def is_answered(method: str, path: str) -> bool:
    """Tell whether a call on a path, which is relative to the API's prefix, leads anywhere."""
    return find(method, path).route is not None


def handle(request: ApiRequest, *, sleep: Sleep = time.sleep) -> ApiAnswer:
    """Answer a request as the API would, or as the faults that were set say.

    Raises ConnectionDropped where a fault wants the connection ended without an answer. `sleep`
    stands for time passing; whatever it raises comes out of here, as a reader's timeout does.
    """
    now = conditions.current()
    if now.has_due_jobs:
        jobs.run_due()
    if now.settings.latency_ms:
        sleep(now.settings.latency_ms / 1000)
    if now.settings.maintenance:
        return _noted(request, _own_error(503, "Service Unavailable"))
    fault = faults.take(now.settings, request.method, request.path.removeprefix(PREFIX))
    if fault is not None:
        return _faulty(request, fault, sleep, now)
    return _noted(request, _answer(request, now))


def _noted(request: ApiRequest, answer: ApiAnswer) -> ApiAnswer:
    request_log.note(request, answer.status)
    return answer


# --- Faults ----------------------------------------------------------------------------------


def _faulty(request: ApiRequest, fault: Fault, sleep: Sleep, now: Conditions) -> ApiAnswer:
    """Answer as a fault says."""
    if fault.kind == "filters_ignored":
        return _noted(request, _answer(_without_filters(request), now))
    true_answer = _answer(request, now) if fault.is_after else None
    if fault.kind.startswith("drop"):
        request_log.note(request, None)
        raise ConnectionDropped
    if fault.kind.startswith("timeout"):
        # Noted first: the client may be gone before the time is over.
        request_log.note(request, None)
        sleep(fault.seconds)
        return true_answer or _json(504, {"message": "Gateway Timeout"})
    return _noted(request, _wrong_answer(fault))


def _without_filters(request: ApiRequest) -> ApiRequest:
    """Leave of a list's parameters what pages through it."""
    kept = [each for each in request.query.split("&") if each.split("=")[0] in PAGING]
    return replace(request, query="&".join(kept), body=b"")


def _wrong_answer(fault: Fault) -> ApiAnswer:
    match fault.kind.removesuffix("_after"):
        case "garbage" | "html" as kind:
            return _html(fault.status if kind == "html" else 200, "<h1>Welcome to nginx!</h1>")
        case "no_data":
            return _json(200, {"result": "ok"})
        case "code":
            return _refusal(ApiError(fault.code))
        case "throttled":
            after = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return _json(429, {"message": "Too Many Attempts."}, after)
        case "redirect":
            return _json(302, {}, {"Location": "https://elsewhere.example.test/"})
        case _:
            return _own_error(fault.status, "Server Error")


# --- Answers ---------------------------------------------------------------------------------


def _json(status: int, body: Json, headers: dict[str, str] | None = None) -> ApiAnswer:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return ApiAnswer(status, {"Content-Type": "application/json", **(headers or {})}, content)


def _own_error(status: int, message: str, headers: dict[str, str] | None = None) -> ApiAnswer:
    """Give an error in the API's envelope, by which it is told from a gateway's."""
    return _json(status, {"message": message, "status_code": status}, headers)


def _html(status: int, text: str) -> ApiAnswer:
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    return ApiAnswer(status, headers, f"<!doctype html><title>Piggy</title>{text}".encode())


def _refusal(error: ApiError) -> ApiAnswer:
    body: dict[str, Any] = {
        "message": str(error),
        "code": error.code,
        "status_code": HTTP_BAD_REQUEST,
    }
    if error.errors:
        body["errors"] = error.errors
    return _json(HTTP_BAD_REQUEST, body)


def _answer(request: ApiRequest, now: Conditions) -> ApiAnswer:
    """Answer a request as the API would on a good day."""
    if len(request.body) > MAX_BODY:
        return _json(413, {"message": "Payload Too Large"})
    if request.path.rstrip("/") == TOKEN_PATH:
        return _token_answer(request)
    found = _find(request)
    if found.route is None and not found.methods:
        return _json(404, {"message": f"The route {request.path} could not be found."})
    if found.route is None:
        return _wrong_method(request, found.methods)
    if not access.may_call(request):
        return _json(401, access.INVALID_TOKEN, {"WWW-Authenticate": 'Bearer realm="Piggy"'})
    answer = _call(found.route, found.values, request)
    return replace(answer, headers={**answer.headers, **now.rate_limit()})


def _find(request: ApiRequest) -> Found:
    if request.path.rstrip("/") in PING_PATHS:
        return find(request.method, "shops")
    path = request.path.removeprefix(PREFIX)
    if path == request.path or "\x00" in path or path.startswith("/"):
        return Found(None, {}, [])
    return find(request.method, path)


def _wrong_method(request: ApiRequest, methods: list[str]) -> ApiAnswer:
    allowed = ", ".join(methods)
    message = f"The {request.method} method is not supported for this route. Supported: {allowed}."
    return _json(405, {"message": message}, {"Allow": allowed})


def _token_answer(request: ApiRequest) -> ApiAnswer:
    if request.method != "POST":
        return _wrong_method(request, ["POST"])
    try:
        status, body = access.give_token(read_parameters(request))
    except ApiError as error:
        return _refusal(error)
    return _json(status, body)


def _call(route: Route, values: dict[str, str], request: ApiRequest) -> ApiAnswer:
    """Call an endpoint; a write is one transaction, which a refusal undoes."""
    try:
        given = read_parameters(request)
        with locks.write() if route.writes else nullcontext():
            reply = route.endpoint(Given(given), **values)
            if route.writes:
                webhook_sender.tell(route, given, reply.data)
        return _json(reply.status, reply.envelope())
    except ApiError as error:
        return _refusal(error)
    except OperationalError:
        logger.warning("The sandbox's database is busy.")
        return _own_error(503, "Service Unavailable", {"Retry-After": "1"})
    except Exception:
        logger.exception("The sandbox failed to answer %s.", "/".join(route.parts))
        return _json(500, {"message": "Server Error"})


def read_parameters(request: ApiRequest) -> dict[str, Any]:
    """Read body and query into one map; where both have a key, the query's counts.

    The docs print parameters of some GETs under "Body", so a body is read for every method.
    """
    try:
        return {**_body_parameters(request), **parse_form(request.query)}
    except (ValueError, RecursionError):  # includes UnicodeDecodeError
        raise invalid("input", "The input could not be read.") from None


def _body_parameters(request: ApiRequest) -> dict[str, Any]:
    """Read a body as PHP does: in UTF-8 whatever its header says, the last of two keys counting."""
    text = request.body.decode()
    if "json" not in request.header("Content-Type").lower():
        return parse_form(text)
    values = json.loads(text, parse_constant=_refuse_constant) if text.strip() else {}
    if values == []:  # PHP's way to write an empty map
        return {}
    if not isinstance(values, dict):
        raise invalid("input", "The input must be a map.")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
