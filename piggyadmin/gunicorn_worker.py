"""The worker class of the web server: no thread ever waits for a client to send.

gunicorn's own threads read from the socket, so that as many half-sent requests as there are threads
stop everything. Here the main loop, which waits for all connections at once, takes in a request
until all of it is there, and only then a thread answers it.
"""

import re
import selectors
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.errors import AppImportError
from gunicorn.http import wsgi
from gunicorn.http.unreader import SocketUnreader, Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

if TYPE_CHECKING:
    from concurrent.futures import Future

MOST_HEAD = 64 * 1024  # bytes
MOST_BODY = 2 * 1024 * 1024  # bytes; what is longer is answered without being read
MOST_HELD = 64 * 1024 * 1024  # bytes of all requests that are still arriving
PIECE = 64 * 1024  # bytes
ARRIVAL_SECONDS = 60.0
# So long a client has for taking the last answer, before its connection is closed.
LINGER_SECONDS = 2.0
# What a client has not taken yet of an answer that its thread is done with: any page, any file.
MOST_UNTAKEN = 512 * 1024  # bytes
# So long a thread waits for a client that takes nothing of more than that, or for what is chunked.
STALL_SECONDS = 20

# Its first figures tell what is too long; zeros before them tell nothing, to gunicorn neither.
_LENGTH = re.compile(
    rb"^content-length:[ \t]*0*+([0-9]{0,15})[0-9]*+[ \t]*\r$", re.IGNORECASE | re.MULTILINE
)
_CHUNKED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_EXPECTED = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r$", re.IGNORECASE | re.MULTILINE)

# What needs nothing of Piggy's has threads of its own, and never stands behind pages that wait.
OWN_THREADS = 4
_NEEDS_NO_PIGGY = re.compile(rb"[A-Z]+ /(?:healthz|readyz|accounts/login/|static/)")

# Which server it is, and of which version, is nobody's business.
wsgi.SERVER = "console"


class Arrival:
    """What has come of one request.

    It only tells when to stop waiting: what the bytes mean is gunicorn's parser's to say.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        # Of head and body; None until the head is there.
        self.length: int | None = None
        # Whether nothing has to be read from the socket any more.
        self.is_buffered = True
        self.wants_go_ahead = False

    def add(self, piece: bytes) -> None:
        """Take in some more."""
        searched = max(0, len(self.data) - 3)
        self.data += piece
        if self.length is None and (end := self.data.find(b"\r\n\r\n", searched)) >= 0:
            self._read_head(bytes(self.data[: end + 2]), end + 4)

    def _read_head(self, head: bytes, length: int) -> None:
        """Find out how long the request is; one that is chunked or too long is not waited for."""
        found = _LENGTH.search(head)
        body = int(found[1] or 0) if found else 0
        self.is_buffered = body <= MOST_BODY and not _CHUNKED.search(head)
        self.length = length + body if self.is_buffered else length
        self.wants_go_ahead = bool(self.is_buffered and body and _EXPECTED.search(head))

    @property
    def is_ready(self) -> bool:
        """Whether a thread can go to work on it, be it only to refuse it."""
        if self.length is None:
            return len(self.data) > MOST_HEAD
        return len(self.data) >= self.length


class Buffered(Unreader):  # type: ignore[misc]
    """Gives gunicorn's parser what has arrived, and the end of the stream after that."""

    def chunk(self, size_hint: int | None = None) -> bytes:  # noqa: ARG002  (gunicorn's signature)
        """Give more than is buffered: nothing."""
        return b""


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, behind a main loop that takes requests in.

    `pending_conns`, which gunicorn watches for data that is late, holds here every connection whose
    request is arriving, and those that are about to be closed.
    """

    def load_wsgi(self) -> None:
        """Load the application; where it refuses to start, say why without a traceback."""
        try:
            super().load_wsgi()
        except ImproperlyConfigured as error:
            raise AppImportError(str(error)) from None

    def init_process(self) -> None:
        """Begin, with threads for what must not wait."""
        self._own_threads = ThreadPoolExecutor(OWN_THREADS)
        super().init_process()

    # --- Requests that arrive

    def enqueue_req(self, conn: TConn) -> None:
        """Have a request arrive, on a new connection or on one that was kept, before a thread."""
        conn.arrival = Arrival()
        if conn.parser:
            conn.arrival.add(conn.parser.unreader.take_buffered())
        conn.sock.settimeout(0)
        self._watch(conn, self._receive, ARRIVAL_SECONDS)
        self._receive(conn, conn.sock)

    def _receive(self, conn: TConn, _sock: socket.socket) -> None:
        """Take in what is there; with all of it, a thread has its turn."""
        arrival = conn.arrival
        while not arrival.is_ready:
            piece = self._read(conn)
            if piece is None:
                return
            if not piece:
                self._drop(conn)
                return
            arrival.add(piece)
            if arrival.wants_go_ahead:
                self._tell_to_go_ahead(conn)
        self._unwatch(conn)
        self._hand_over(conn)

    def _read(self, conn: TConn) -> bytes | None:
        """Read what is there: nothing yet is None, the end of the connection is empty."""
        try:
            piece: bytes = conn.sock.recv(PIECE)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        return piece

    def _tell_to_go_ahead(self, conn: TConn) -> None:
        conn.arrival.wants_go_ahead = False
        with suppress(OSError):
            conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _hand_over(self, conn: TConn) -> None:
        """Give a thread a request, which it need not wait for."""
        stall = struct.pack("ll", STALL_SECONDS, 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, stall)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNTAKEN)
        conn.init()
        buffered = conn.arrival.is_buffered
        conn.parser.unreader = Buffered() if buffered else SocketUnreader(conn.sock)
        conn.parser.unreader.unread(bytes(conn.arrival.data))
        is_at_once = _NEEDS_NO_PIGGY.match(conn.arrival.data)
        conn.arrival.data.clear()
        conn.data_ready = True
        pool = self._own_threads if is_at_once else self.tpool
        answering = pool.submit(self.handle, conn)
        answering.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, conn, done)
        )

    # --- In a thread

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answer; a connection on which something unread may still come is not kept."""
        # Whoever waits for that has been told to go ahead, unless it is refused anyhow.
        req._expected_100_continue = False
        if not conn.arrival.is_buffered:
            req.force_close()
        return bool(super().handle_request(req, conn))

    # --- Connections that end

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Keep a connection or close it; the main loop does not wait for a client to close it."""
        if fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.settimeout(0)
            self._watch(conn, self._discard, LINGER_SECONDS)
        except (OSError, ValueError):
            self._close(conn)

    def _discard(self, conn: TConn, _sock: socket.socket) -> None:
        """Throw away what a client still sends: an answer is lost that is closed upon unread."""
        if self._read(conn) == b"":
            self._drop(conn)

    def murder_pending(self) -> None:
        """Close what has had its time, and when there is no room whatever came first."""
        now = time.monotonic()
        for conn in [each for each in self.pending_conns if each.timeout <= now]:
            self._drop(conn)
        held = sum(len(conn.arrival.data) for conn in self.pending_conns)
        while self.pending_conns and (held > MOST_HELD or self.nr_conns >= self.worker_connections):
            held -= len(self.pending_conns[0].arrival.data)
            self._drop(self.pending_conns[0])

    def _cap_keepalive(self, deadline: float) -> None:
        """Let nobody who only might send something hold up the end."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def is_parent_alive(self) -> bool:
        """Tell whether the master lives; when it does not, make way at once for the next one."""
        is_alive = bool(super().is_parent_alive())
        if not is_alive:
            self.alive = False
            self.set_accept_enabled(enabled=False)
            for listener in self.sockets:
                listener.close()
        return is_alive

    # --- The loop's book-keeping

    def _watch(self, conn: TConn, what: Any, seconds: float) -> None:
        if not self.alive:
            seconds = min(seconds, LINGER_SECONDS)
        conn.timeout = time.monotonic() + seconds
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(what, conn))
        self.pending_conns.append(conn)

    def _unwatch(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)

    def _drop(self, conn: TConn) -> None:
        self._unwatch(conn)
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
