"""Requests are UTF-8, whatever encoding they name."""

from io import BytesIO

import pytest
from django.core.exceptions import BadRequest

from piggyadmin.utf8_requests import Utf8ASGIRequest, Utf8WSGIRequest
from tests.test_gunicorn_worker import GET, connected, console, first_line  # noqa: F401

# None of texts, none at all, and what the parser of headers stumbles over.
KINDS = [
    *(f"text/plain; charset={name}" for name in ("base64", "rot13", "undefined", "idna", "none")),
    *("text/plain; a*=none''b", "text/plain; a*=base64''b", "text/plain; a*0=b; a*=utf-8''c"),
    "text/plain; charset*=utf-8''base64",
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_is_utf_8(rf, kind):
    environ = rf.get("/?a=%C3%A9").environ | {"CONTENT_TYPE": kind}
    assert Utf8WSGIRequest(environ).GET["a"] == "é"
    scope = {"method": "GET", "path": "/", "query_string": b"a=%C3%A9"}
    scope["headers"] = [(b"content-type", kind.encode())]
    assert Utf8ASGIRequest(scope, BytesIO()).GET["a"] == "é"


def posted(rf, part: str, charset: str) -> Utf8WSGIRequest:
    form = f"--x\r\nContent-Disposition: form-data; {part}\r\n\r\né\r\n--x--\r\n".encode()
    environ = rf.generic("POST", "/", form, content_type="text/plain").environ
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    return Utf8WSGIRequest(environ | {"CONTENT_TYPE": kind})


@pytest.mark.parametrize("charset", ["base64", "latin-1", "undefined"])
def test_a_form_is_utf_8(rf, charset):
    assert posted(rf, 'name="login"', charset).POST["login"] == "é"


def test_a_form_without_sense_is_refused(rf):
    request = posted(rf, "name*0=b; name*=utf-8''c", "utf-8")
    with pytest.raises(BadRequest):
        request.POST  # noqa: B018
    assert not request.POST


@pytest.mark.parametrize("kind", [KINDS[0], "text/plain; a*0=b; a*=utf-8''c"])
def test_the_console_answers(console, kind):  # noqa: F811
    head = GET.replace(b"healthz", b"healthz?a=%41") + f"Content-Type: {kind}\r\n\r\n".encode()
    with connected(console, head) as connection:
        assert first_line(connection) == "HTTP/1.1 200 OK"
