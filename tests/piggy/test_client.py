"""The client against a real socket: what it sends, what it repeats, what it makes of answers."""

import gzip
import json
import logging
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest
import requests
from requests.adapters import BaseAdapter

from piggyadmin.piggy import client as client_module
from piggyadmin.piggy.client import (
    BACKOFF_CAP_SECONDS,
    BACKOFF_JITTER,
    BACKOFF_SECONDS,
    LEAST_READ_SECONDS,
    RETRIES,
    RETRY_AFTER_CAP_SECONDS,
    RETRY_BUDGET_SECONDS,
    Call,
    Exchange,
    PiggyClient,
    backoff,
    forget_client,
    on_first_write,
    path_for_log,
    path_value,
    pause_before_repeat,
    piggy_client,
    without_secrets,
)
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import (
    Busy,
    Maintenance,
    Malformed,
    NotFound,
    OutcomeUnknown,
    PiggyError,
    Rejected,
    Unauthorized,
    Unreachable,
)
from piggyadmin.piggy.throttle import DatabaseThrottle
from piggyadmin.piggy.trace import use_trace_id
from piggyadmin.sandbox.transport import SandboxAdapter
from tests.piggy.scripted import Script, answers, refuses

SHORT = (0.2, 0.5)  # seconds to connect and to read
OK = answers({"uuid": "u-1"})
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def error_of(call) -> PiggyError:
    with pytest.raises(PiggyError) as caught:
        call()
    return caught.value


# --- What is sent ----------------------------------------------------------------------------


def test_a_look_up_carries_token_trace_and_query(client, server):
    server.will(answers([1], meta={"page": 2}))
    with use_trace_id("trace-7"):
        envelope = client.get("vouchers/find", params={"code": "A B&c", "contact_uuid": None})
    (request,) = server.received
    assert (request.method, request.path, request.query) == (
        "GET",
        "vouchers/find",
        {"code": "A B&c"},
    )
    assert request.headers["Authorization"] == "Bearer secret-token"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["X-Request-ID"] == "trace-7"
    assert "Content-Type" not in request.headers
    assert (envelope.data, envelope.meta, envelope.trace_id) == ([1], {"page": 2}, "trace-7")


@pytest.mark.parametrize("method", ["post", "put"])
def test_a_write_carries_json(client, server, method):
    getattr(client, method)("contacts", json={"email": "zoë@example.test"})
    (request,) = server.received
    assert request.method == method.upper()
    assert request.json == {"email": "zoë@example.test"}
    assert request.headers["Content-Type"] == "application/json"


def test_a_delete_carries_its_parameters_in_the_query(client, server):
    client.delete("contact-identifiers", params={"contact_identifier_value": "C-1"})
    assert server.received[0].query == {"contact_identifier_value": "C-1"}


def test_netrc_does_not_replace_the_token(client, server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    client.get("shops")
    assert server.received[0].headers["Authorization"] == "Bearer secret-token"


def test_cookies_are_not_kept(client, server):
    server.will(answers({}, headers={"Set-Cookie": "session=1; Path=/"}))
    client.get("shops")
    client.get("shops")
    assert "Cookie" not in server.received[1].headers


def test_connections_are_used_again(client, server, monkeypatch):
    opened = []
    accept = server.get_request

    def count_and_accept():
        opened.append(1)
        return accept()

    monkeypatch.setattr(server, "get_request", count_and_accept)
    for _ in range(3):
        client.get("shops")
    assert len(opened) == 1


def test_proxy_and_certificates_of_the_environment_are_taken_over(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example.test:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ours.pem")
    session = PiggyClient("https://api.example.test", "t")._session
    assert session.proxies["https"] == "http://proxy.example.test:3128"
    assert session.verify == "/etc/ours.pem"


def test_certificates_are_verified(monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    assert PiggyClient("https://api.example.test", "t")._session.verify is True


@pytest.mark.parametrize(
    ("value", "encoded"),
    [("abc-1", "abc-1"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("é ", "%C3%A9%20"), ("\ud800", "%3F")],
)
def test_path_values_are_encoded(value, encoded):
    assert path_value(value) == encoded


@pytest.mark.parametrize("value", ["", " ", ".", "..", " .. "])
def test_a_path_value_cannot_lead_elsewhere(value):
    with pytest.raises(NotFound):
        path_value(value)


# --- Success ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"  ", b"null", b"[true]", b'"ok"', b'{"message": "ok"}'])
def test_any_body_will_do_where_its_content_does_not_matter(client, server, body):
    server.will(Script(status=202, body=body))
    assert client.post("contacts/merge", any_body=True).status == 202


def test_any_body_still_gives_data_where_there_is_some(client, server):
    server.will(answers({"message": "sent"}))
    assert client.post("x", any_body=True).data == {"message": "sent"}
    server.will(Script(body=b'"Generating."'))
    assert client.post("x", any_body=True).data == "Generating."


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_byte_order_mark_does_no_harm(client, server, method):
    server.will(Script(body=b'\xef\xbb\xbf{"data": 1}'))
    assert getattr(client, method)("x").data == 1


# --- Every status, for look-ups and writes ---------------------------------------------------

REFUSALS = {
    400: Rejected,
    401: Unauthorized,
    403: Rejected,
    404: NotFound,
    405: Rejected,
    409: Rejected,
    413: Rejected,
    418: Rejected,
    422: Rejected,
    429: Busy,
    503: Maintenance,
}
BREAKDOWNS = (500, 501, 502, 504, 520, 599)
NOT_FROM_PIGGY = (204, 301, 302, 303, 304, 307, 308)
# Answers that nobody but Piggy gives, with the code that is read from them.
IN_PIGGYS_WORDS: dict[str, tuple[dict[str, object], int | None]] = {
    "envelope": ({"message": "Nee", "code": 60001, "status_code": 0}, 60001),
    "code alone": ({"code": "60001"}, 60001),
    "without a code": ({"message": "Nee", "code": None, "status_code": ...}, None),
}
# What stands between the console and Piggy answers like this.
OF_A_GATEWAY = {
    "none": b"",
    "page": b"<html><h1>Oops</h1></html>",
    "list": b"[1, 2]",
    "null": b"null",
    "binary": bytes(range(256)),
    "cut": b'{"message": "Nee", "code": 10',
    "success": b'{"data": {"uuid": "u-1"}, "meta": []}',
    "error": b'{"error": {"code": 1003}}',
    "status as code": b'{"message": "Nee", "code": 503}',
    "message and more": b'{"message": "Nee", "request_id": "r-1"}',
    "message is no text": b'{"message": ["Nee"], "status_code": 503}',
}


def script_of(status: int, envelope: dict[str, object]) -> Script:
    content = {name: status if value is ... else value for name, value in envelope.items()}
    return Script(status=status, body=json.dumps(content).encode())


@pytest.mark.parametrize(("envelope", "code"), IN_PIGGYS_WORDS.values(), ids=IN_PIGGYS_WORDS)
@pytest.mark.parametrize(("status", "kind"), REFUSALS.items())
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_refusals(client, server, method, status, kind, envelope, code):
    server.will(script_of(status, envelope))
    error = error_of(lambda: getattr(client, method)("x"))
    assert type(error) is kind
    assert error.nothing_changed
    assert (error.status, error.code, error.is_write) == (status, code, method != "get")


@pytest.mark.parametrize("status", sorted(set(REFUSALS) - {503}))
def test_a_refusal_of_the_framework_needs_no_more_than_a_message(client, server, status):
    server.will(Script(status=status, body=b'{"message": "Too Many Attempts."}'))
    assert type(error_of(lambda: client.post("x"))) is REFUSALS[status]


def test_maintenance_with_no_more_than_a_message_may_be_a_gateways(client, server):
    server.will(Script(status=503, body=b'{"message": "Service Unavailable"}'))
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown


def test_the_oauth_layer_refuses_a_token_in_words_of_its_own(client, server):
    body = b'{"error": "invalid_token", "error_description": "It has expired."}'
    server.will(Script(status=401, body=body))
    assert type(error_of(lambda: client.post("x"))) is Unauthorized
    server.will(Script(status=403, body=body))
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown


@pytest.mark.parametrize("body", OF_A_GATEWAY.values(), ids=OF_A_GATEWAY)
@pytest.mark.parametrize("status", [*REFUSALS, *BREAKDOWNS])
def test_whatever_a_gateway_says_of_a_write_may_have_been_carried_out(client, server, status, body):
    server.will(Script(status=status, body=body))
    writes = (client.post, client.put, client.delete, partial(client.get, creates=True))
    for write in writes:
        error = error_of(lambda write=write: write("x"))
        assert (type(error), error.status) == (OutcomeUnknown, status)
        assert "Nothing was changed" not in error.message
    assert len(server.received) == len(writes)


@pytest.mark.parametrize("body", OF_A_GATEWAY.values(), ids=OF_A_GATEWAY)
@pytest.mark.parametrize("status", REFUSALS)
def test_what_a_gateway_says_of_a_look_up_is_no_answer(client, server, status, body):
    """Above all it is no proof that something is not there."""
    server.will(Script(status=status, body=body))
    kinds = {401: Unauthorized, 429: Busy, 503: Maintenance}
    assert type(error_of(lambda: client.get("x"))) is kinds.get(status, Malformed)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 503])
def test_an_internal_error_is_no_refusal_whatever_the_status(client, server, status):
    server.will(refuses(1000, status=status))
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown


@pytest.mark.parametrize("status", [200, 201, 202, 206])
def test_any_2xx_is_a_success(client, server, status):
    server.will(answers({"uuid": "u-1"}, status=status))
    envelope = client.post("x")
    assert (envelope.data, envelope.status) == ({"uuid": "u-1"}, status)


def test_an_error_is_no_success_even_where_any_body_will_do(client, server):
    server.will(Script(body=b'{"message": "Nee", "code": 1003, "status_code": 400}'))
    assert type(error_of(lambda: client.post("x", any_body=True))) is OutcomeUnknown


@pytest.mark.parametrize("status", BREAKDOWNS)
def test_breakdowns(client, server, status):
    server.will(Script(status=status, body=b"<html>"))
    assert type(error_of(lambda: client.get("x"))) is Unreachable
    for write in (client.post, client.put, client.delete):
        error = error_of(lambda write=write: write("x"))
        assert type(error) is OutcomeUnknown
        assert not error.nothing_changed


@pytest.mark.parametrize("status", NOT_FROM_PIGGY)
def test_answers_that_piggy_does_not_give(client, server, status):
    elsewhere = {"Location": f"{server.url}/elsewhere", "Content-Length": "0"}
    server.will(Script(status=status, body=b"", headers=elsewhere))
    assert type(error_of(lambda: client.get("x"))) is Malformed
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown
    assert all(request.path == "x" for request in server.received)


GARBAGE = {
    "nothing": b"",
    "page": b"<html>",
    "no data": b'{"message": "ok"}',
    "list": b"[]",
    "text": b'"ok"',
    "null": b"null",
    "cut": b'{"data": {"uuid": ',
    "binary": b"\xff\xfe\x00\x01",
    "too deep": b"[" * 100_000,
    "big number": b'{"data": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_garbage(client, server, body):
    server.will(Script(body=body))
    assert type(error_of(lambda: client.get("x"))) is Malformed
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown


def test_a_page_is_no_success_even_where_any_body_will_do(client, server):
    server.will(Script(body=b"<html>Sign in to the network</html>"))
    assert type(error_of(lambda: client.post("x", any_body=True))) is OutcomeUnknown


def test_garbage_that_claims_to_be_compressed(client, server):
    server.will(Script(body=b"not gzip", headers={"Content-Encoding": "gzip"}))
    assert type(error_of(lambda: client.get("x"))) is Malformed
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown


def test_a_huge_answer_is_not_read(client, server, monkeypatch):
    monkeypatch.setattr(client_module, "ANSWER_LIMIT_BYTES", 1000)
    server.will(answers("x" * 200_000))
    assert type(error_of(lambda: client.get("x"))) is Malformed
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown
    assert len(server.received) == 2


def test_an_answer_that_is_no_http(client, server):
    server.will(Script(raw=b"SSH-2.0-OpenSSH_9.2\r\n"))
    assert type(error_of(lambda: client.get("x"))) is Unreachable
    assert type(error_of(lambda: client.post("x"))) is OutcomeUnknown


# --- Broken connections ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        Script(resets=True),
        Script(wait=1.0),
        Script(cuts=True),
        Script(drip=0.2),
        Script(raw=CHUNKED + b'5\r\n{"dat\r\n'),
    ],
    ids=["reset", "silence", "cut", "drip", "cut-chunks"],
)
def test_answers_that_are_lost(client, server, script, monkeypatch):
    monkeypatch.setattr(client_module, "RETRIES", 0)
    client.timeout = SHORT
    server.will(script)
    error = error_of(lambda: client.get("x"))
    assert (type(error), error.status) == (Unreachable, None)
    for write in (client.post, client.put, client.delete):
        assert type(error_of(lambda write=write: write("x"))) is OutcomeUnknown
    assert len(server.received) == 4


def test_an_answer_that_drips_in_is_not_waited_for(client, server, monkeypatch):
    monkeypatch.setattr(client_module, "RETRIES", 0)
    client.timeout = SHORT
    server.will(answers("x" * 1000, drip=0.1))  # a minute and a half of it
    begun = time.monotonic()
    assert type(error_of(lambda: client.get("x"))) is Unreachable
    assert time.monotonic() - begun < 10


def test_answers_in_chunks_and_compressed_ones_are_read_whole(client, server):
    text = "x" * 100_000
    body = answers(text).body
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:], b""))
    squeezed = Script(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    server.will(Script(raw=CHUNKED + chunks), squeezed)
    assert [client.get("x").data, client.get("x").data] == [text, text]


def test_one_connection_serves_one_call_after_the_other(client, server):
    server.will(OK, refuses(status=404), Script(body=b""), answers("x" * 200_000), OK)
    for _ in range(5):
        with suppress(PiggyError):
            client.get("x")
    assert len(server.received) == 5
    assert len({request.port for request in server.received}) == 1


def test_a_refused_connection_sent_nothing(pauses):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    client = PiggyClient(url, "t", sleep=pauses.append)
    for call in (client.get, client.post, client.put, client.delete):
        error = error_of(lambda call=call: call("x"))
        assert type(error) is Unreachable
        assert error.nothing_changed
    assert len(pauses) == RETRIES  # of the look-up alone


def test_an_unknown_host_sent_nothing():
    client = PiggyClient("http://piggy.invalid", "t", sleep=lambda _: None)
    assert type(error_of(lambda: client.post("x"))) is Unreachable


def test_an_unreachable_proxy_sent_nothing(monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused.getsockname()[1]}")
    client = PiggyClient("http://api.example.test", "t")
    assert type(error_of(lambda: client.post("x"))) is Unreachable


class Fails(BaseAdapter):
    """Stands for what cannot be staged on this machine."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, *_, **__):
        raise self.error

    def close(self) -> None:
        pass


def test_a_connection_that_takes_too_long_sent_nothing():
    client = PiggyClient("http://x.invalid", "t", adapter=Fails(requests.ConnectTimeout()))
    assert type(error_of(lambda: client.post("x"))) is Unreachable


def test_tls_with_somebody_else_sent_nothing(server):
    """What answers does not speak TLS at all: nothing of the call was readable to it."""
    client = PiggyClient(server.url.replace("http", "https"), "t")
    error = error_of(lambda: client.post("x"))
    assert isinstance(error, Unreachable | OutcomeUnknown)
    assert server.received == []


@pytest.mark.parametrize("broken", [{"token": "line\nbreak"}, {"base_url": "gopher//x"}])
def test_what_cannot_be_written_down_is_not_sent(broken):
    client = PiggyClient(**{"base_url": "http://x.invalid", "token": "t", **broken})
    error = error_of(lambda: client.post("x"))
    assert (type(error), error.passing) == (Unreachable, False)


# --- Repeats: one test per rule --------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_look_up_is_repeated_after_a_passing_error(client, server, pauses, status):
    server.will(Script(status=status), OK)
    assert client.get("x").data == {"uuid": "u-1"}
    assert len(pauses) == 1


@pytest.mark.parametrize("script", [Script(resets=True), Script(wait=1.0), Script(cuts=True)])
def test_a_look_up_is_repeated_after_a_lost_answer(client, server, script):
    client.timeout = SHORT
    server.will(script, OK)
    assert client.get("x").data == {"uuid": "u-1"}


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 405, 409, 422, 500])
def test_a_look_up_is_not_repeated_when_it_would_be_no_use(client, server, pauses, status):
    server.will(Script(status=status, body=b""))
    error_of(lambda: client.get("x"))
    assert (len(server.received), pauses) == (1, [])


def test_a_look_up_is_repeated_just_so_often(client, server, pauses):
    server.will(Script(status=502))
    assert type(error_of(lambda: client.get("x"))) is Unreachable
    assert (len(server.received), len(pauses)) == (RETRIES + 1, RETRIES)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_write_is_not_repeated(client, server, pauses, method, status):
    server.will(Script(status=status))
    error_of(lambda: getattr(client, method)("x"))
    assert (len(server.received), pauses) == (1, [])


@pytest.mark.parametrize(
    "script", [Script(status=429), Script(status=503), Script(status=502), Script(resets=True)]
)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_write_that_may_be_repeated_is(client, server, method, script):
    server.will(script, OK)
    assert getattr(client, method)("x", repeatable=True).data == {"uuid": "u-1"}
    assert len(server.received) == 2


def test_a_repeat_sends_the_same_again(client, server):
    server.will(Script(status=503), OK)
    client.put("x", json={"a": 1}, repeatable=True)
    first, second = server.received
    assert first.body == second.body
    assert first.headers["X-Request-ID"] == second.headers["X-Request-ID"]


def test_pauses_double_up_to_the_cap_with_a_share_of_chance(monkeypatch):
    for chance, share in ((0.0, 1.0), (1.0, 1 - BACKOFF_JITTER)):
        monkeypatch.setattr("random.random", lambda chance=chance: chance)
        expected = [min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2**n) * share for n in range(6)]
        assert [backoff(attempt) for attempt in range(1, 7)] == expected


def test_retry_after_in_seconds_is_honoured(client, server, pauses):
    server.will(Script(status=429, headers={"Retry-After": "6"}), OK)
    client.get("x")
    assert pauses == [6.0]


def test_retry_after_as_a_date_is_honoured(client, server, pauses):
    moment = datetime.now(UTC) + timedelta(seconds=6)
    server.will(
        Script(status=503, headers={"Retry-After": format_datetime(moment, usegmt=True)}), OK
    )
    client.get("x")
    assert 4 <= pauses[0] <= 6


@pytest.mark.parametrize("value", ["", "soon", "-5", "0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_retry_after_that_says_nothing_leaves_the_usual_pause(client, server, pauses, value):
    server.will(Script(status=429, headers={"Retry-After": value}), OK)
    client.get("x")
    assert BACKOFF_SECONDS * (1 - BACKOFF_JITTER) <= pauses[0] <= BACKOFF_SECONDS


def test_a_long_retry_after_is_told_instead_of_waited_for(client, server, pauses):
    server.will(Script(status=429, headers={"Retry-After": str(int(RETRY_AFTER_CAP_SECONDS + 1))}))
    error = error_of(lambda: client.get("x"))
    assert (len(server.received), pauses) == (1, [])
    assert error.retry_after == RETRY_AFTER_CAP_SECONDS + 1
    assert "9 seconds" in error.message


def test_a_repeat_has_what_is_left_of_the_time_of_its_call():
    client = PiggyClient("http://x.invalid", "t", connect_timeout=3, read_timeout=30)
    call = Call("GET", "x", repeatable=True)
    assert client._timeout_of(call, 1) == (3, 30)
    late = Call("GET", "x", repeatable=True, begun=call.begun - 9)
    assert client._timeout_of(late, 1) == (3, 30)
    assert client._timeout_of(late, 2)[1] == pytest.approx(24, abs=1)
    too_late = Call("GET", "x", repeatable=True, begun=call.begun - 99)
    assert client._timeout_of(too_late, 2) == (3, LEAST_READ_SECONDS)


def test_no_repeat_begins_when_the_time_is_over():
    error = Unreachable(passing=True)
    call = Call("GET", "x", repeatable=True)
    assert pause_before_repeat(call, error, 1) is not None
    late = Call("GET", "x", repeatable=True, begun=call.begun - RETRY_BUDGET_SECONDS)
    assert pause_before_repeat(late, error, 1) is None


# --- Before a write leaves -------------------------------------------------------------------


class Told:
    """Notes how many requests had arrived when it was called."""

    def __init__(self, server) -> None:
        self.server = server
        self.arrived: list[int] = []

    def __call__(self) -> None:
        self.arrived.append(len(self.server.received))


def test_the_first_write_is_told_of_before_it_leaves(client, server):
    told = Told(server)
    with on_first_write(told):
        client.get("x")
        client.post("x")
        client.put("x")
    client.delete("x")
    assert told.arrived == [1]


def test_a_repeated_write_is_told_of_once(client, server):
    server.will(Script(status=502), OK)
    told = Told(server)
    with on_first_write(told):
        client.put("x", repeatable=True)
    assert (told.arrived, len(server.received)) == ([0], 2)


def test_look_ups_are_not_told_of(client, server):
    told = Told(server)
    with on_first_write(told):
        client.get("x")
    assert told.arrived == []


def test_a_get_that_creates_is_a_write(client, server):
    told = Told(server)
    server.will(Script(status=502))
    with on_first_write(told):
        assert type(error_of(lambda: client.get("x", creates=True))) is OutcomeUnknown
    assert (told.arrived, len(server.received)) == ([0], 1)


def test_a_write_that_cannot_be_told_of_is_not_sent(client, server):
    def fails() -> None:
        raise RuntimeError

    with on_first_write(fails), pytest.raises(RuntimeError):
        client.post("x")
    assert server.received == []


def test_a_write_that_cannot_be_written_down_is_not_told_of():
    told = []
    client = PiggyClient("gopher//x", "t")
    with on_first_write(lambda: told.append(1)):
        error_of(lambda: client.post("x"))
    assert told == []


@pytest.mark.django_db  # its threads may have a connection to give back
def test_writes_made_side_by_side_are_told_of_once(client, server):
    told = Told(server)
    with on_first_write(told):
        gather(*[partial(client.post, "x")] * 4)
    assert (told.arrived, len(server.received)) == ([0], 4)


# --- Throttle, observer, log -----------------------------------------------------------------


class Turnstile:
    def __init__(self, *, is_shut: bool = False) -> None:
        self.turns, self.is_shut = 0, is_shut

    def take(self) -> None:
        self.turns += 1
        if self.is_shut:
            raise Busy(retry_after=3)


def test_every_attempt_takes_a_turn(server):
    throttle = Turnstile()
    client = PiggyClient(server.url, "t", throttle=throttle, sleep=lambda _: None)
    server.will(Script(status=502), OK)
    client.get("x")
    assert throttle.turns == 2


def test_nothing_is_sent_without_a_turn(server):
    client = PiggyClient(server.url, "t", throttle=Turnstile(is_shut=True))
    assert type(error_of(lambda: client.get("x"))) is Busy
    assert "Nothing was changed" in str(error_of(lambda: client.post("x")).message)
    assert server.received == []


def test_every_attempt_is_observed(server):
    seen: list[Exchange] = []
    client = PiggyClient(server.url, "t", observer=seen.append, sleep=lambda _: None)
    server.will(Script(status=502), OK)
    with use_trace_id("trace-9"):
        client.get("shops", params={"email": "mira@example.test"})
    facts = [(s.method, s.path, s.attempt, s.status, s.trace_id, type(s.error)) for s in seen]
    assert facts == [
        ("GET", "shops", 1, 502, "trace-9", Unreachable),
        ("GET", "shops", 2, 200, "trace-9", type(None)),
    ]
    assert all(exchange.seconds > 0 for exchange in seen)


def test_failed_attempts_are_logged_without_anything_personal(client, server, caplog):
    server.will(refuses(55031, message="mira@example.test unknown"))
    with caplog.at_level(logging.DEBUG, logger="piggyadmin"), use_trace_id("trace-3"):
        error_of(
            lambda: client.get(
                f"contacts/{path_value('mira@example.test')}", params={"email": "mira@x.test"}
            )
        )
    (record,) = caplog.records
    assert record.getMessage() == (
        "GET contacts/… failed at attempt 1: NotFound status=400 code=55031 trace=trace-3"
    )


def test_the_http_library_does_not_log_queries(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get("contacts/find-one-by", params={"email": "mira@example.test"})
    assert "mira" not in caplog.text


def test_paths_in_the_log_keep_words_and_uuids_only():
    uuid = "c0ffee00-0000-4000-8000-0000000000a1"
    assert path_for_log(f"contacts/{uuid}/claim") == f"contacts/{uuid}/claim"
    assert path_for_log("contacts/Mira%20J/tier") == "contacts/…/tier"


@pytest.mark.parametrize("token", ["session", "c0ffee00-0000-4000-8000-0000000000a1", "a%2Fb"])
def test_a_session_token_is_in_no_path_that_is_kept(token):
    path = f"contact-session-tokens/{token}"
    for kept in (path_for_log, without_secrets):
        assert kept(path) == "contact-session-tokens/…"
        assert kept(f"{path}/use") == "contact-session-tokens/…/use"
    assert without_secrets("contacts/Mira%20J/tier") == "contacts/Mira%20J/tier"
    assert without_secrets("contact-session-tokens") == "contact-session-tokens"


# --- The process-wide client -----------------------------------------------------------------


@pytest.fixture
def fresh_client():
    forget_client()
    yield
    forget_client()


@pytest.mark.usefixtures("fresh_client")
def test_without_a_token_the_client_works_in_this_process(settings):
    settings.PIGGY_IN_PROCESS_SANDBOX = True
    settings.PIGGY_CALLS_PER_SECOND = 5.0
    client = piggy_client()
    assert client is piggy_client()
    assert isinstance(client._session.get_adapter("http://x"), SandboxAdapter)
    assert client._throttle is None


@pytest.mark.usefixtures("fresh_client")
def test_with_a_token_the_client_works_over_the_network(settings):
    settings.PIGGY_IN_PROCESS_SANDBOX = False
    settings.PIGGY_API_URL, settings.PIGGY_API_TOKEN = "https://api.example.test", "t"
    settings.PIGGY_CONNECT_TIMEOUT, settings.PIGGY_READ_TIMEOUT = 1.0, 2.0
    settings.PIGGY_CALLS_PER_SECOND = 5.0
    client = piggy_client()
    assert client.timeout == (1.0, 2.0)
    assert isinstance(client._throttle, DatabaseThrottle)
    assert client._throttle.name == client.account
    assert "t" not in {client.account, client._throttle.name}


def test_accounts_are_told_apart():
    one = PiggyClient("https://api.example.test", "t")
    assert one.account == PiggyClient("https://api.example.test/", "t").account
    assert one.account != PiggyClient("https://api.example.test", "u").account
