"""Deadlines and certain signs, on real sockets that behave badly."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import requests

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.connection import TimedAdapter, _Reader
from piggyadmin.piggy.errors import OutcomeUnknown, PiggyError, Unreachable

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
BODY = b'{"data": {}}'
PATIENCE_SECONDS = 0.3
# Longer than an answer may take, shorter than its bytes would.
NEVER_SECONDS = 10.0


class Peer:
    """Accepts connections, and does with each what a test wants."""

    def __init__(self, play: Callable[[socket.socket, threading.Event], None]) -> None:
        self.play = play
        self.is_over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(
                    target=self._serve, args=(self.listener.accept()[0],), daemon=True
                ).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.play(connection, self.is_over)

    def close(self) -> None:
        self.is_over.set()
        self.listener.close()


def drips(text: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Send a byte at a time, each of them well within the time that one read may take."""

    def play(connection: socket.socket, is_over: threading.Event) -> None:
        connection.recv(65536)
        for byte in text:
            connection.sendall(bytes([byte]))
            if is_over.wait(PATIENCE_SECONDS / 3):
                return

    return play


def is_silent(_connection: socket.socket, is_over: threading.Event) -> None:
    """Accept, and say nothing at all."""
    is_over.wait(NEVER_SECONDS)


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    peers: list[Peer] = []

    def make(play: Callable[[socket.socket, threading.Event], None]) -> Peer:
        peers.append(Peer(play))
        return peers[-1]

    yield make
    for each in peers:
        each.close()


def outcome(call: Callable[[], object]) -> PiggyError:
    begun = time.monotonic()
    with pytest.raises(PiggyError) as caught:
        call()
    assert time.monotonic() - begun < NEVER_SECONDS
    return caught.value


def client_of(url: str, **options: float) -> PiggyClient:
    timeouts = {"connect_timeout": PATIENCE_SECONDS, "read_timeout": PATIENCE_SECONDS, **options}
    return PiggyClient(url, "t", sleep=lambda _: None, **timeouts)


DRIPS = {
    "status line": HEAD + BODY,
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 100,
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
}


@pytest.mark.parametrize("text", DRIPS.values(), ids=DRIPS)
def test_a_head_that_drips_in_is_not_waited_for(peer, text):
    client = client_of(f"http://127.0.0.1:{peer(drips(text)).port}")
    assert type(outcome(lambda: client.post("x"))) is OutcomeUnknown


def test_a_head_that_comes_at_once_leaves_its_body_no_more_time(peer):
    def play(connection: socket.socket, is_over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(HEAD)
        drips(BODY)(connection, is_over)

    client = client_of(f"http://127.0.0.1:{peer(play).port}")
    assert type(outcome(lambda: client.post("x"))) is OutcomeUnknown


def test_an_answer_that_came_in_the_last_moment_leaves_the_next_request_its_time(server):
    """A connection that is used again has its timeout from the answer before."""
    client = client_of(server.url, connect_timeout=5, read_timeout=5)
    client.get("x")
    adapter = client._session.get_adapter(server.url)
    assert isinstance(adapter, TimedAdapter)
    pools = adapter.poolmanager.pools
    (pool,) = (pools[key] for key in pools.keys())  # noqa: SIM118  (it cannot be iterated over)
    (connection,) = filter(None, pool.pool.queue)
    connection.sock.settimeout(1e-6)
    client.post("x", json="x" * 5_000_000)
    assert len({request.port for request in server.received}) == 1


def test_tls_that_is_never_agreed_on_sent_nothing(peer):
    client = client_of(f"https://127.0.0.1:{peer(is_silent).port}")
    error = outcome(lambda: client.post("x"))
    assert (type(error), error.nothing_changed) == (Unreachable, True)


def test_tls_with_what_speaks_none_sent_nothing(server):
    client = client_of(server.url.replace("http:", "https:"))
    assert type(outcome(lambda: client.post("x"))) is Unreachable
    assert server.received == []


def test_a_proxy_that_drips_sent_nothing(peer, monkeypatch):
    text = b"HTTP/1.1 200 Connection established\r\n" + b"X-More: 1\r\n" * 100
    proxy = peer(drips(text))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    client = client_of("https://api.example.test")
    assert type(outcome(lambda: client.post("x"))) is Unreachable


def test_a_proxy_that_refuses_sent_nothing(peer, monkeypatch):
    def play(connection: socket.socket, _is_over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{peer(play).port}")
    client = client_of("https://api.example.test")
    assert type(outcome(lambda: client.post("x"))) is Unreachable


def test_connecting_that_takes_too_long_sent_nothing():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:  # nobody accepts them, so that there is no room for another
            each.settimeout(0)
            each.connect_ex(address)
        session = requests.Session()
        session.mount("http://", TimedAdapter())
        with pytest.raises(requests.ConnectTimeout):
            session.get(f"http://127.0.0.1:{address[1]}", timeout=(0.2, 5))
        for each in waiting:
            each.close()


def test_nothing_is_read_after_the_deadline_though_it_is_there():
    """What drips in time would otherwise be read on and on."""
    ours, theirs = socket.socketpair()
    with ours, theirs, _Reader(ours, time.monotonic() - 1) as late:
        theirs.sendall(BODY)
        with pytest.raises(TimeoutError):
            late.read(1)
