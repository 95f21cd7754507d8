"""The worker class: requests arrive without holding a thread, however slowly they are sent."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from django.conf import settings

from piggyadmin.gunicorn_worker import MOST_BODY, MOST_HEAD, Arrival
from tests.browser.console import ConsoleServer
from tests.tasks.processes import wait_until

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
FILE = GET.replace(b"healthz", b"static/admin/js/vendor/xregexp/xregexp.js")
THREADS = 2
# More of each kind than there are threads; any of them would wait for gunicorn's own.
HALVES = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: local",
    "half a body": HEAD + b"Content-Length: 1000\r\n\r\nlogin=",
    "a body too long": HEAD + b"Content-Length: 200000000\r\n\r\nlogin=",
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\nlogin=",
    "a second one": GET + b"\r\n" + GET[:20],
    "no end": GET + b"Connection: close\r\n\r\n",
    # And nobody reads what is sent in return.
    "a large file": FILE + b"\r\n",
}


@pytest.fixture(scope="module")
def console(sandbox_server, tmp_path_factory) -> Iterator[ConsoleServer]:
    directory = tmp_path_factory.mktemp("console")
    few = {"THREADS": str(THREADS), "WORKER_BESIDE_WEB": "false"}
    with ConsoleServer(directory, sandbox_server, **few) as server:
        yield server


def far_away(console: ConsoleServer) -> socket.socket:
    """Connect as over a network, where less is on its way at a time than on one machine."""
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", console.port))
    return made


@contextmanager
def connected(console: ConsoleServer, data: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", console.port), timeout=10) as made:
        made.sendall(data)
        yield made


def first_line(connection: socket.socket) -> str:
    return connection.makefile("rb").readline().decode().strip()


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_who_sends_slowly_holds_no_thread(console, half):
    slow = [far_away(console) for _ in range(40)]
    try:
        for each in slow:
            each.sendall(half)
        # gunicorn's own threads would be held for five seconds at the least, or for ever.
        for path in ("/healthz", "/accounts/login/"):
            assert requests.get(f"{console.url}{path}", timeout=4).ok
    finally:
        for each in slow:
            each.close()


def test_what_arrives_in_pieces_is_answered(console):
    with connected(console) as connection:
        for piece in (GET[:7], GET[7:], b"\r", b"\n"):
            time.sleep(0.01)  # so that they arrive one by one
            connection.sendall(piece)
        assert first_line(connection) == "HTTP/1.1 200 OK"


def test_a_connection_is_kept_and_what_was_sent_ahead_is_answered(console):
    with connected(console, 3 * (GET + b"\r\n")) as connection:
        answers = connection.makefile("rb")
        assert [answer(answers) for _ in range(3)] == [b"ok"] * 3
        connection.sendall(GET + b"\r\n")
        assert answer(answers) == b"ok"


def answer(stream) -> bytes:
    """Read the next answer, and give its body."""
    lines = iter(stream.readline, b"\r\n")
    lengths = [line.split(b":")[1] for line in lines if line.lower().startswith(b"content-length")]
    return bytes(stream.read(int(lengths[0])))


@pytest.mark.parametrize("length", [b"0" * 20 + b"%d" % len(GET), b"9" * 20])
def test_no_body_is_taken_for_a_request(console, length):
    """However its length is written: a proxy may pass it on as it came, with others' behind it."""
    form = HEAD + b"Content-Length: " + length + b"\r\n\r\n"
    with connected(console, form) as connection:
        time.sleep(0.1)  # so that the body arrives by itself
        connection.sendall(GET + b"\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert connection.makefile("rb").read().count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"Content-Length: 200000000", "HTTP/1.1 413 Request Entity Too Large"),
        (b"Content-Length: 65537", "HTTP/1.1 413 Request Entity Too Large"),
        (b"Transfer-Encoding: chunked", "HTTP/1.1 411 Length Required"),
    ],
)
def test_what_is_too_large_is_answered_before_it_is_sent(console, said, status):
    body = b"" if b"65537" not in said else b"x" * 65537
    with connected(console, HEAD + said + b"\r\n\r\n" + body) as connection:
        assert first_line(connection) == status


def test_an_answer_is_read_by_who_goes_on_sending(console):
    """A connection that is closed upon something unread would be reset, and the answer lost."""
    with connected(console, HEAD + b"Content-Length: 200000000\r\n\r\n") as connection:
        connection.sendall(b"x" * 3_000_000)
        assert b"Nothing was sent to Piggy" in connection.makefile("rb").read()


def test_who_asks_first_is_told_to_go_ahead(console):
    form = HEAD + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    with connected(console, form) as connection:
        answers = connection.makefile("rb")
        assert answers.readline() + answers.readline() == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"a=b&c")
        assert answers.readline() == b"HTTP/1.1 403 Forbidden\r\n"


def test_but_not_with_what_is_too_large(console):
    form = HEAD + b"Content-Length: 200000000\r\nExpect: 100-continue\r\n\r\n"
    with connected(console, form) as connection:
        assert first_line(connection) == "HTTP/1.1 413 Request Entity Too Large"


def test_the_server_keeps_its_name_to_itself(console):
    assert "gunicorn" not in str(requests.get(f"{console.url}/healthz", timeout=5).headers)


def test_room_is_made_for_who_comes_when_it_is_full(console):
    """Whoever has been sending the longest goes first."""
    waiting = []
    try:
        for _ in range(520):
            waiting.append(socket.create_connection(("127.0.0.1", console.port)))
            waiting[-1].sendall(b"GET / HT")
        assert requests.get(f"{console.url}/healthz", timeout=30).ok
        waiting[0].settimeout(10)
        assert wait_until(lambda: waiting[0].recv(10) == b"")
    finally:
        for each in waiting:
            each.close()


# --- When a request is there -------------------------------------------------------------------


def arrived(data: bytes, size: int = 1) -> Arrival:
    """Have a request arrive in pieces."""
    arrival = Arrival()
    for at in range(0, len(data), size):
        assert not arrival.is_ready
        arrival.add(data[at : at + size])
    return arrival


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    "request_", [GET + b"\r\n", HEAD + b"Content-Length: 3\r\n\r\na=b", b"\r\n" + GET + b"\r\n"]
)
def test_it_is_there_with_its_last_byte_and_not_before(request_, size):
    arrival = arrived(request_, size)
    assert arrival.is_ready
    assert arrival.is_buffered


@pytest.mark.parametrize(
    "said",
    [
        *(b"content-length:3", b"CONTENT-LENGTH: \t3 ", b"Content-Length: " + b"0" * 20 + b"3"),
        b"X: content-length: 9\r\nContent-Length: 3",
    ],
)
def test_its_length_is_read_as_the_parser_reads_it(said):
    assert arrived(HEAD + said + b"\r\n\r\na=b").length == len(HEAD + said) + 7


@pytest.mark.parametrize(
    "said",
    [
        *(b"Content-Length: %d" % (MOST_BODY + 1), b"Content-Length: 1" + b"0" * 20),
        b"Transfer-Encoding: gzip, chunked",
    ],
)
def test_what_cannot_be_buffered_is_not_waited_for(said):
    arrival = arrived(HEAD + said + b"\r\n\r\n")
    assert arrival.is_ready
    assert not arrival.is_buffered


def test_a_head_without_an_end_is_not_waited_for():
    arrival = Arrival()
    arrival.add(b"GET /" + b"x" * MOST_HEAD)
    assert arrival.is_ready


def test_what_the_console_takes_is_buffered():
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= MOST_BODY
