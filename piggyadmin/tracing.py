"""Spans for OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT is set: pages and calls, and nobody.

A span is made anew of what may leave: the route and never the path, the endpoint and never what it
names, method, status and times. Libraries that watch Django, requests or a database by themselves
put addresses, queries and statements into theirs, so none of them is used. The trace id is the
console's own, by which logs, requests and ledger are searched.
"""

import atexit
import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from piggyadmin.piggy.client import Exchange
from piggyadmin.piggy.endpoints import endpoint_of
from piggyadmin.piggy.signals import call_attempted
from piggyadmin.piggy.trace import current_trace_id, new_trace_id

NANOSECONDS = 1_000_000_000
# What of a path says where it leads is not known; and what else somebody may ask by.
UNKNOWN, OTHER_METHOD = "…", "_OTHER"
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
SERVER_ERROR = 500
_processors: list[SpanProcessor] = []


def start_tracing() -> None:
    """Have this process send its spans; they leave in batches, from a thread of their own."""
    exporter = OTLPSpanExporter(f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces")
    watch(BatchSpanProcessor(exporter))


def watch(processor: SpanProcessor) -> None:
    """Hand every span to a processor, until the process ends."""
    _processors.append(processor)
    call_attempted.connect(tell_call)
    atexit.register(processor.shutdown)


class SpanMiddleware:
    """Tells of every page; it stands in the settings only where somebody listens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and tell how long that took."""
        began = time.time_ns()
        response = self.get_response(request)
        match = request.resolver_match
        tell_page(request.method or "", match.route if match else None, response, began)
        return response


def tell_page(method: str, route: str | None, response: HttpResponse, began: int) -> None:
    """Tell of a page, by the pattern of its address."""
    method = method if method in METHODS else OTHER_METHOD
    name = UNKNOWN if route is None else f"/{route}"
    status = response.status_code
    _tell(
        f"{method} {name}",
        (current_trace_id(), _page_of(current_trace_id())),
        (began, time.time_ns()),
        {"http.request.method": method, "http.route": name, "http.response.status_code": status},
        kind=SpanKind.SERVER,
        is_error=status >= SERVER_ERROR,
    )


def tell_call(exchange: Exchange, **_more: Any) -> None:
    """Tell of one attempt of a call to Piggy, within the page that made it."""
    endpoint = endpoint_of(exchange.method, exchange.path)
    name = endpoint.path if endpoint else UNKNOWN
    told: dict[str, str | int] = {"http.request.method": exchange.method, "url.template": name}
    if exchange.status:
        told["http.response.status_code"] = exchange.status
    if exchange.error:
        told["error.type"] = type(exchange.error).__name__
    end = time.time_ns()
    _tell(
        f"{exchange.method} {name}",
        (exchange.trace_id, new_trace_id()[:16]),
        (end - int(exchange.seconds * NANOSECONDS), end),
        told,
        kind=SpanKind.CLIENT,
        is_error=exchange.error is not None,
    )


def _tell(
    name: str,
    ids: tuple[str, str],
    times: tuple[int, int],
    told: Mapping[str, str | int],
    *,
    kind: SpanKind,
    is_error: bool,
) -> None:
    trace_id, span_id = ids
    page = _page_of(trace_id)
    span = ReadableSpan(
        name,
        _context(trace_id, span_id),
        None if span_id == page else _context(trace_id, page),
        _RESOURCE,
        told,
        kind=kind,
        status=Status(StatusCode.ERROR if is_error else StatusCode.UNSET),
        start_time=times[0],
        end_time=times[1],
    )
    for processor in _processors:
        processor.on_end(span)


def _page_of(trace_id: str) -> str:
    """Give the id of a page's span, which its calls name before it is over."""
    return hashlib.sha256(trace_id.encode()).hexdigest()[:16]


def _context(trace_id: str, span_id: str) -> SpanContext:
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=sampled)


_RESOURCE = Resource.create({SERVICE_NAME: settings.OTEL_SERVICE_NAME})
