"""A tiny proxy on loopback that breaks connections at chosen points."""

import re
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from piggyadmin.sandbox.api import PREFIX

PASS = "pass"
SLAM = "slam"  # every connection is reset when its first byte comes, which nobody reads
# These hit writes, and look-ups only where that is wanted.
CUT = "cut"  # the connection is reset after its first bytes; nothing is handed on
LOST = "lost"  # the request is handed on, and its connection is reset at once
LATE = "late"  # the connection is reset at once; the request is handed on when it is released
SLOW = "slow"  # nothing is answered; the request is handed on when it is released

HEAD_ENDS = b"\r\n\r\n"
CHUNK = 65536
# Nothing is held longer.
PATIENCE_SECONDS = 30


def is_write(head: bytes) -> bool:
    """Tell whether a request may change something: two GETs make something too."""
    line = head.split(b"\r\n", 1)[0]
    makes = (b"/auth-token/", b"/auth-url?")
    return not line.startswith(b"GET ") or any(each in line for each in makes)


class Proxy:
    """Hands requests on to a port of this machine while the `with` lasts."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.mode = PASS
        self.breaks_reads = False
        # Of several writes, the one that is meant, by its address; without one, each is.
        self.path = re.compile("")
        self._released = threading.Event()
        self._under_way = 0
        self._quiet = threading.Condition()

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)

    def wait_until_quiet(self) -> None:
        """Wait until all that was handed on was answered, whether anybody heard it or not."""
        with self._quiet:
            assert self._quiet.wait_for(lambda: not self._under_way, 4 * PATIENCE_SECONDS)

    def hold(self) -> None:
        """Keep what is late until it is released; what was kept before is not any more."""
        self.release()
        self._released.clear()

    def release(self) -> None:
        """Hand on what is late, and wait until it was answered."""
        self._released.set()
        self.wait_until_quiet()

    def _listen(self) -> None:
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            with self._quiet:
                self._under_way += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, suppress(OSError):
                self._exchange(client)
        finally:
            with self._quiet:
                self._under_way -= 1
                self._quiet.notify_all()

    def _is_path_meant(self, head: bytes) -> bool:
        address = head.split(b" ", 2)[1].decode()
        return bool(self.path.search(address.partition("?")[0].partition(PREFIX)[2]))

    def _exchange(self, client: socket.socket) -> None:
        if self.mode == SLAM:
            # Before there is something to read, connecting itself may or may not have failed.
            client.recv(1, socket.MSG_PEEK)
            reset(client)
            return
        head, body = _read_head(client)
        is_meant = self.breaks_reads or (is_write(head) and self._is_path_meant(head))
        if self.mode == CUT and is_meant:
            reset(client)
            return
        body = _read_body(client, head, body)
        if self.mode in {LATE, SLOW} and is_meant:
            if self.mode == LATE:
                reset(client)
            self._released.wait(PATIENCE_SECONDS)
        with socket.create_connection(("127.0.0.1", self.target)) as server:
            # One request for each connection, so that an answer ends where its connection does.
            server.sendall(head.replace(b"keep-alive", b"close") + body)
            if self.mode == LOST and is_meant:
                reset(client)
            while chunk := server.recv(CHUNK):
                with suppress(OSError):
                    client.sendall(chunk)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while HEAD_ENDS not in data:
        chunk = client.recv(CHUNK)
        if not chunk:
            raise ConnectionResetError
        data += chunk
    head, _, body = data.partition(HEAD_ENDS)
    return head + HEAD_ENDS, body


def _read_body(client: socket.socket, head: bytes, body: bytes) -> bytes:
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += client.recv(CHUNK)
    return body


def reset(connection: socket.socket) -> None:
    """Close without lingering, which sends a reset instead of a polite end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
