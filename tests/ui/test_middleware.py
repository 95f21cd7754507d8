"""The trace id of a request, and personal pages in caches."""

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from piggyadmin.accounts.models import User
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.ui.middleware import BodyLimitMiddleware, TraceMiddleware


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


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/no-such-page/"])
def test_nor_is_any_other_answer(client, db, path):
    answer = client.get(path)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_says_for_how_long_it_may_be_stored_is(rf: RequestFactory):
    answer = TraceMiddleware(lambda _: HttpResponse(headers={"Cache-Control": "max-age=60"}))
    assert answer(rf.get("/"))["Cache-Control"] == "max-age=60"


class Unread:
    """A body that must not be read."""

    def read(self, *_):
        raise AssertionError("It was read.")

    readline = read


def sent(client, headers):
    """Post a form to a page, with these headers and a body that must not be read."""
    return client.generic("POST", "/search/", headers=headers, **{"wsgi.input": Unread()})


@pytest.mark.parametrize(
    ("who", "length", "status"),
    [
        ("client", 64 * 1024 + 1, 413),
        ("client", 200 * 1024 * 1024, 413),
        ("support", 2 * 1024 * 1024 + 1, 413),
    ],
)
def test_what_is_too_large_is_refused_unread(request, db, who, length, status):
    answer = sent(request.getfixturevalue(who), {"content-length": str(length)})
    assert answer.status_code == status
    assert "Nothing was sent to Piggy" in answer.content.decode()


def test_whoever_has_signed_in_may_send_more(support, rf: RequestFactory):
    request = rf.post("/", headers={"content-length": str(1024 * 1024)})
    request.user = User(username="somebody")
    assert BodyLimitMiddleware(lambda _: HttpResponse("ok"))(request).content == b"ok"
    request.user = AnonymousUser()
    assert BodyLimitMiddleware(lambda _: HttpResponse("ok"))(request).status_code == 413


def test_a_body_of_unknown_length_is_refused_unread(support):
    assert sent(support, {"transfer-encoding": "chunked"}).status_code == 411


@pytest.mark.parametrize("path", ["/", "/healthz", "/admin/", "/api/", "/static/x.css"])
def test_nothing_answers_to_trace(client, db, path):
    assert client.trace(path).status_code == 405


def test_files_have_the_headers_of_pages(settings, tmp_path):
    (tmp_path / "x.css").write_text("p {}")
    settings.STATIC_ROOT = tmp_path
    answer = Client().get("/static/x.css")
    assert answer.getvalue() == b"p {}"
    assert answer["Content-Type"] == 'text/css; charset="utf-8"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer
