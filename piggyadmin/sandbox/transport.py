"""Reaches the pretended API without a socket: an adapter for `requests`, mounted on a session."""

import io
import time
from collections.abc import Mapping
from http.client import responses
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from requests import ConnectionError as RequestsConnectionError
from requests import PreparedRequest, ReadTimeout, Response
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from piggyadmin.sandbox.api import handle
from piggyadmin.sandbox.messages import ApiAnswer, ApiRequest, ConnectionDropped

Timeout: TypeAlias = float | tuple[float | None, float | None] | tuple[float | None] | None


class SandboxAdapter(BaseAdapter):
    """Answers in this very thread, on the sandbox's own database connection."""

    def send(  # noqa: PLR0917  (as requests calls it)
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,  # noqa: ARG002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Response:
        """Answer a request; raises what `requests` would raise for a reset or silent connection."""
        try:
            answer = handle(_read(request), sleep=_Patience(request, timeout).sleep)
        except ConnectionDropped:
            reset = ConnectionResetError(104, "Connection reset by peer")
            error = ProtocolError("Connection aborted.", reset)
            raise RequestsConnectionError(error, request=request) from None
        return _response(request, answer, stream=stream)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class _Patience:
    """Real waiting, but only as long as the caller's read timeout."""

    def __init__(self, request: PreparedRequest, timeout: Timeout) -> None:
        self.request = request
        self.left = timeout[-1] if isinstance(timeout, tuple) else timeout

    def sleep(self, seconds: float) -> None:
        if self.left is not None and seconds >= self.left:
            wait(self.left)
            raise ReadTimeout("Read timed out.", request=self.request)
        wait(seconds)
        self.left = None if self.left is None else self.left - seconds


def wait(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)


def _read(request: PreparedRequest) -> ApiRequest:
    url = urlsplit(request.url or "")
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    return ApiRequest(
        method=request.method or "GET",
        path=unquote(url.path, errors="replace"),
        query=url.query,
        headers={name: _text(value) for name, value in request.headers.items()},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(request: PreparedRequest, answer: ApiAnswer, *, stream: bool) -> Response:
    response = Response()
    response.status_code = answer.status
    response.reason = responses.get(answer.status, "")
    response.headers.update({**answer.headers, "Content-Length": str(len(answer.body))})
    response.encoding = "utf-8"
    response.url = request.url or ""
    response.request = request
    response.raw = HTTPResponse(
        body=io.BytesIO(answer.body),
        headers=answer.headers,
        status=answer.status,
        preload_content=False,
    )
    if not stream:
        response.content  # noqa: B018  (reads it, as requests does)
    return response
