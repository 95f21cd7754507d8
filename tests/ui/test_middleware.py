"""The trace id of a request, and personal pages in caches."""

from uuid import UUID

from django.http import HttpResponse
from django.test import RequestFactory

from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.ui.middleware import TraceMiddleware


def test_the_answer_carries_the_trace_id_of_the_request(rf: RequestFactory):
    seen = []

    def view(_request):
        seen.append(current_trace_id())
        return HttpResponse("ok")

    answer = TraceMiddleware(view)(rf.get("/"))
    assert answer["X-Request-ID"] == seen[0]
    assert UUID(seen[0])


def test_what_a_browser_sends_is_not_trusted(client):
    mine = "11111111-1111-4111-8111-111111111111"
    first = client.get("/healthz", headers={"x-request-id": mine})["X-Request-ID"]
    assert first != mine
    assert client.get("/healthz")["X-Request-ID"] != first


def test_pages_of_people_are_never_stored(support):
    answer = support.get("/actions/")
    assert "no-store" in answer["Cache-Control"]


def test_what_is_no_page_may_be_stored(support):
    assert "Cache-Control" not in support.get("/healthz")
