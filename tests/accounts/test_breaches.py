"""Passwords that became known elsewhere are refused, and hardly anything of them leaves."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

# printf 'five lamps of tin' | sha1sum
KNOWN = "five lamps of tin"
HEAD, TAIL = "08A6B", "9892815AA9849DD6EA7B870812F9AC78D20"


class Lists(HTTPServer):
    """Answers as the lists do, and keeps what it was asked."""

    asked: list[str]
    status, lines = 200, ""


class Answer(BaseHTTPRequestHandler):
    server: Lists

    def do_GET(self):
        self.server.asked.append(self.path)
        assert self.headers["Add-Padding"] == "true"
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.lines.encode())

    def log_message(self, *_args):
        pass


@pytest.fixture
def lists(settings) -> Iterator[Lists]:
    server = Lists(("127.0.0.1", 0), Answer)
    server.asked = []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.BREACHED_PASSWORDS_URL = f"http://127.0.0.1:{server.server_port}/range/"
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "piggyadmin.accounts.breaches.BreachedPasswordValidator"}
    ]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_known_elsewhere_is_refused(lists):
    lists.lines = f"{'0' * 35}:0\r\n{TAIL}:3\r\n"
    with pytest.raises(ValidationError, match="become known elsewhere") as refused:
        validate_password(KNOWN)
    assert refused.value.error_list[0].code == "password_breached"
    assert lists.asked == [f"/range/{HEAD}"]


@pytest.mark.parametrize("lines", ["", f"{TAIL}:0\r\n", f"{TAIL[::-1]}:7\r\n", "<html>"])
def test_what_is_not_is_taken(lists, lines):
    lists.lines = lines
    validate_password(KNOWN)
    assert len(lists.asked) == 1


@pytest.mark.parametrize("status", [302, 429, 503])
def test_what_cannot_be_asked_is_no_reason_to_refuse(lists, caplog, status):
    lists.status, lists.lines = status, f"{TAIL}:3\r\n"
    validate_password(KNOWN)
    assert f"status {status}" in caplog.text
    assert KNOWN not in caplog.text


def test_nor_is_silence(lists, settings, caplog):
    settings.BREACHED_PASSWORDS_URL = "http://127.0.0.1:9/"
    validate_password(KNOWN)
    assert "ConnectionError" in caplog.text


def test_it_is_one_of_the_rules_that_are_told(lists):
    assert "become known elsewhere" in password_validators_help_texts()[0]
