"""The log of requests received, so that people and tests can see what arrived."""

from datetime import UTC, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils import timezone

from piggyadmin.sandbox.messages import ApiRequest
from piggyadmin.sandbox.models import ReceivedRequest

KEPT = 1000
TOKENS = "contact-session-tokens/"
# Old calls are removed now and then rather than each time.
TRIM_EVERY = 100
# Calls a minute, as answers tell it; nobody is refused for more, unless a fault says so.
RATE_LIMIT = 5000


def note(request: ApiRequest, status: int | None) -> None:
    """Write down a request and its answer's status; None where there was no answer in time."""
    call = ReceivedRequest.objects.create(
        method=request.method[:10],
        path=_without_token(request.path)[:500].replace("\x00", ""),
        query=urlencode(parse_qsl(request.query))[:1000],
        status=status,
        trace_id=request.header("X-Request-ID")[:200],
    )
    if call.pk % TRIM_EVERY == 0:
        ReceivedRequest.objects.filter(pk__lte=call.pk - KEPT).delete()


def _without_token(path: str) -> str:
    """Take out the session token, which is a secret and stands in the path."""
    before, tokens, token = path.partition(TOKENS)
    if not token:
        return path
    return f"{before}{tokens}…/use" if token.endswith("/use") else f"{before}{tokens}…"


def rate_limit() -> dict[str, str]:
    """Tell how many calls a minute are allowed and how many are left, as headers of an answer."""
    since = timezone.now() - timedelta(minutes=1)
    used = ReceivedRequest.objects.filter(received_at__gt=since).count() + 1
    return {
        "X-RateLimit-Limit": str(RATE_LIMIT),
        "X-RateLimit-Remaining": str(max(RATE_LIMIT - used, 0)),
    }


def recent(limit: int = KEPT) -> list[ReceivedRequest]:
    """Give the newest calls, the newest first."""
    return list(ReceivedRequest.objects.order_by("-pk")[: min(limit, KEPT)])


def as_json(call: ReceivedRequest) -> dict[str, Any]:
    """Give a call as `/sandbox/calls.json` shows it."""
    return {
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "status": call.status,
        "trace_id": call.trace_id,
        "time": call.received_at.astimezone(UTC).isoformat(),
    }
