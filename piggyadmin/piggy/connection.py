"""HTTP connections on which no answer takes longer than it may, however slowly it drips in.

A socket's timeout counts for each read anew, so an answer that brings a byte a second would never
time out. Here one deadline holds for an answer, from its status line to its last byte. And whatever
goes wrong while a connection is being made, be it the name, the proxy or TLS, is a
NewConnectionError: a certain sign that nothing of the call has left.
"""

import io
import socket
import time
from functools import partial
from http.client import HTTPException, HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError


class _Reader(io.RawIOBase):
    """Reads from a socket until a deadline, a moment of the monotonic clock."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self._socket = sock
        self._file: Any = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)
        count: int | None = self._file.readinto(buffer)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Readable:
    """As much of a socket as an answer uses."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = sock, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._socket, self._deadline))


def _answer(deadline: float, sock: socket.socket, *args: Any, **options: Any) -> HTTPResponse:
    return HTTPResponse(_Readable(sock, deadline), *args, **options)  # type: ignore[arg-type]


class _Timed:
    """What is the same for plain and encrypted connections."""

    sock: Any
    timeout: Any
    response_class: Any

    def _set_deadline(self) -> None:
        self.response_class = partial(_answer, time.monotonic() + self.timeout)

    def connect(self) -> None:
        self._set_deadline()  # for the answer of a proxy
        try:
            super().connect()  # type: ignore[misc]
        except ConnectTimeoutError:
            raise
        except (OSError, HTTPError, HTTPException) as error:
            raise NewConnectionError(self, type(error).__name__) from error  # type: ignore[arg-type]

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock:  # its timeout is what the last answer left of its own
            self.sock.settimeout(self.timeout)
        super().request(*args, **options)  # type: ignore[misc]

    def getresponse(self) -> Any:
        self._set_deadline()
        return super().getresponse()  # type: ignore[misc]


class TimedHTTPConnection(_Timed, HTTPConnection):
    """A plain connection."""


class TimedHTTPSConnection(_Timed, HTTPSConnection):
    """An encrypted one."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = TimedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = TimedHTTPSConnection


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class TimedAdapter(HTTPAdapter):
    """Requests' own adapter, over these connections."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of connections straight to the host."""
        super().init_poolmanager(*args, **options)
        self.poolmanager: PoolManager
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Make the pools of connections by way of a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager
