"""Spans of pages and calls: by which route and endpoint, in one trace, and nothing of anybody."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from piggyadmin import tracing
from piggyadmin.accounts.roles import Role
from piggyadmin.piggy.signals import call_attempted
from piggyadmin.status.startup import ensure_safe_start
from tests.conftest import person, signed_in
from tests.tasks.processes import ROOT

MIRA = "c0ffee00-0000-4000-8000-000000000001"
MIDDLEWARE = "piggyadmin.tracing.SpanMiddleware"


@pytest.fixture
def spans(settings, monkeypatch) -> Iterator[InMemorySpanExporter]:
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0], MIDDLEWARE, *settings.MIDDLEWARE[1:]]
    monkeypatch.setattr(tracing, "_processors", [])
    exporter = InMemorySpanExporter()
    tracing.watch(SimpleSpanProcessor(exporter))
    yield exporter
    call_attempted.disconnect(tracing.tell_call)


def told(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


@pytest.mark.django_db(databases="__all__")
def test_a_page_and_its_calls_are_one_trace(spans, sandbox):
    browser = signed_in(person(Role.SUPPORT))
    answer = browser.get(f"/contacts/{MIRA}/?shop=secret-shop")
    assert answer.status_code == 200
    *calls, page = spans.get_finished_spans()
    assert page.name == "GET /contacts/<id:contact_uuid>/"
    assert page.kind == SpanKind.SERVER
    assert told(page)["http.response.status_code"] == 200
    assert f"{page.context.trace_id:032x}" == answer["X-Request-ID"]
    assert calls
    for call in calls:
        assert call.kind == SpanKind.CLIENT
        assert call.context.trace_id == page.context.trace_id
        assert call.parent.span_id == page.context.span_id
        assert call.context.span_id != page.context.span_id
        assert page.start_time <= call.start_time <= call.end_time <= page.end_time
    everything = "".join(span.to_json() for span in (*calls, page))
    for secret in (MIRA, "secret-shop", "mira", "support", "testserver", "127.0.0.1"):
        assert secret not in everything.lower()
    assert "contacts/{" in everything


@pytest.mark.django_db(databases="__all__")
def test_what_fails_is_marked(spans, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    signed_in(person(Role.SUPPORT)).get("/shops/")
    call = spans.get_finished_spans()[0]
    assert call.status.status_code == StatusCode.ERROR
    assert told(call)["error.type"] == "Maintenance"
    assert told(call)["http.response.status_code"] == 503


@pytest.mark.django_db
def test_what_leads_nowhere_and_is_asked_oddly_is_not_repeated(spans):
    Client().generic("MIRA", "/mira@example.test")
    page = spans.get_finished_spans()[-1]
    assert page.name == "_OTHER …"
    assert "mira" not in page.to_json().lower()


# --- To where they are sent ------------------------------------------------------------------


class Collector(BaseHTTPRequestHandler):
    """Takes spans as a collector does."""

    taken: Queue[bytes]

    def do_POST(self):
        assert self.path == "/v1/traces"
        assert self.headers["Content-Type"] == "application/x-protobuf"
        self.taken.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.mark.django_db(databases="__all__")
def test_where_that_is_wanted_every_process_sends_them(settings, monkeypatch):
    Collector.taken = Queue()
    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(tracing, "_processors", [])
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0], MIDDLEWARE, *settings.MIDDLEWARE[1:]]
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = f"http://127.0.0.1:{server.server_port}"
    ensure_safe_start()
    Client().get("/healthz")
    [processor] = tracing._processors
    processor.shutdown()
    call_attempted.disconnect(tracing.tell_call)
    request = ExportTraceServiceRequest.FromString(Collector.taken.get(timeout=10))
    [resource] = request.resource_spans
    names = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert names["service.name"] == "piggyadmin"
    assert [span.name for span in resource.scope_spans[0].spans] == ["GET /healthz"]
    server.shutdown()
    server.server_close()


def loaded(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the console in a process of its own, and print what of OpenTelemetry came with it."""
    script = (
        "import django, sys; django.setup()\n"
        "from django.core.handlers.wsgi import WSGIHandler\nWSGIHandler()\n"
        "ours = ('opentelemetry.exporter', 'opentelemetry.sdk.trace', 'piggyadmin.tracing')\n"
        "print([name for name in sys.modules if name.startswith(ours)])"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_by_default_nothing_of_it_is_loaded():
    # redis-py loads what measures, where it is installed; nothing that tells spans.
    assert loaded().stdout == "[]\n"
    assert "piggyadmin.tracing" in loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9").stdout


def test_where_its_packages_are_missing_the_start_says_so(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\nreal = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: (\n"
        "    None if 'opentelemetry' in name else real(name, *more))\n"
    )
    there = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "PYTHONPATH": str(tmp_path)}
    assert "needs the packages of requirements-tracing.txt" in loaded(**there).stderr
