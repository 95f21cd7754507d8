"""The log of requests received, so that people and tests can see what arrived."""

from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import connections
from django.utils import timezone

from piggyadmin.sandbox.locks import ALIAS
from piggyadmin.sandbox.messages import ApiRequest
from piggyadmin.sandbox.models import ReceivedRequest

KEPT = 1000
TOKENS = "contact-session-tokens/"
# Old calls are removed now and then rather than each time.
TRIM_EVERY = 100
# As SQL, for the same reason as in `conditions.py`.
_INSERT = """
    INSERT INTO sandbox_call (method, path, query, status, trace_id, received_at)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
"""


def note(request: ApiRequest, status: int | None) -> None:
    """Write down a request and its answer's status; None where there was no answer in time."""
    connection = connections[ALIAS]
    values = (
        request.method[:10],
        _without_token(request.path)[:500].replace("\x00", ""),
        urlencode(parse_qsl(request.query))[:1000],
        status,
        request.header("X-Request-ID")[:200],
        connection.ops.adapt_datetimefield_value(timezone.now()),
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        (key,) = cursor.fetchone()
    if key % TRIM_EVERY == 0:
        ReceivedRequest.objects.filter(pk__lte=key - KEPT).delete()


def _without_token(path: str) -> str:
    """Take out the session token, which is a secret and stands in the path."""
    before, tokens, token = path.partition(TOKENS)
    if not token:
        return path
    return f"{before}{tokens}…/use" if token.endswith("/use") else f"{before}{tokens}…"


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
