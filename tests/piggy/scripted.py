"""A server on a real socket that answers what it was told, manners good and bad."""

import json
import socket
import struct
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from piggyadmin.piggy.client import API_PATH


@dataclass
class Script:
    """One answer: what is sent, and what goes wrong with it."""

    status: int = 200
    body: bytes = b'{"data": {}, "meta": []}'
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0  # seconds before the answer
    resets: bool = False  # resets the connection instead of answering
    cuts: bool = False  # resets it in the middle of the body
    raw: bytes | None = None  # sent instead of any HTTP
    drip: float = 0.0  # seconds between the bytes of the body


def answers(data: Any, *, meta: Any = None, **rest: Any) -> Script:
    """Script a success with `data`."""
    return Script(body=json.dumps({"data": data, "meta": meta or []}).encode(), **rest)


def refuses(code: int | None = None, *, status: int = 400, **envelope: Any) -> Script:
    """Script an error in its envelope."""
    content = {"message": "Nee.", "code": code, "status_code": status, **envelope}
    return Script(status=status, body=json.dumps(content).encode())


@dataclass
class Received:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float
    port: int  # of the caller: another one for each connection

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path)
        self.server.received.append(
            Received(
                method=self.command,
                path=url.path.removeprefix(API_PATH),
                query=dict(parse_qsl(url.query)),
                headers=dict(self.headers.items()),
                body=self.rfile.read(length),
                at=time.monotonic(),
                port=self.client_address[1],
            )
        )
        self.play(self.server.next_script())

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def play(self, script: Script) -> None:
        time.sleep(script.wait)
        if script.resets:
            self.reset()
        elif script.raw is not None:
            self.wfile.write(script.raw)
            self.close_connection = True
        else:
            self.answer(script)

    def answer(self, script: Script) -> None:
        self.send_response(script.status)
        headers = {"Content-Length": str(len(script.body)), **script.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if script.cuts:
            self.wfile.write(script.body[: len(script.body) // 2])
            self.reset()
        elif script.drip:
            for byte in script.body:
                self.wfile.write(bytes([byte]))
                time.sleep(script.drip)
        else:
            self.wfile.write(script.body)

    def reset(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        with suppress(OSError):  # the other side, or we ourselves, have hung up
            super().finish()

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scripts: deque[Script] = deque()
        self.received: list[Received] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def will(self, *scripts: Script) -> None:
        """Play these one after the other; the last one for all that follow."""
        self.scripts = deque(scripts)

    def next_script(self) -> Script:
        with self.lock:
            if len(self.scripts) > 1:
                return self.scripts.popleft()
            return self.scripts[0] if self.scripts else Script()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: connections break here on purpose."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
