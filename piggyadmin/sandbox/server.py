"""The sandbox served alone over HTTP: `gunicorn piggyadmin.sandbox.server:application`.

The API is answered right here; everything else (start page, mailbox, control) is left to Django.
Tables are made and filled at the start where they are not; SANDBOX_CONTACTS and SANDBOX_SEED say
with what.
"""

import contextlib
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from http.client import responses
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, NoReturn

os.environ["DJANGO_SETTINGS_MODULE"] = "piggyadmin.sandbox.standalone"

import django

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  (needs Django set up)
from django.db import connections  # noqa: E402

from piggyadmin.sandbox.api import (  # noqa: E402
    MAX_BODY,
    ApiRequest,
    ConnectionDropped,
    handle,
    is_api_path,
)
from piggyadmin.sandbox.pristine import (  # noqa: E402
    DEFAULT_CONTACTS,
    DEFAULT_SEED,
    prepare,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

Environment = dict[str, Any]

pages = WSGIHandler()


def application(environ: Environment, start_response: "StartResponse") -> Iterable[bytes]:
    """Answer API calls, and hand everything else to Django."""
    request_path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    if not is_api_path(request_path):
        return pages(environ, start_response)
    connections["sandbox"].close_if_unusable_or_obsolete()
    try:
        answer = handle(_read(environ, request_path))
    except ConnectionDropped:
        _drop(environ)
    headers = [*answer.headers.items(), ("Content-Length", str(len(answer.body)))]
    reason = responses.get(answer.status, "Unknown")
    start_response(f"{answer.status} {reason}", headers)
    return [answer.body]


def _read(environ: Environment, path: str) -> ApiRequest:
    """Make a request of the environment; one byte more than allowed is enough to refuse it."""
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "")
    length = MAX_BODY + 1 if chunked else int(environ.get("CONTENT_LENGTH") or 0)
    names = {name: name[5:].replace("_", "-") for name in environ if name.startswith("HTTP_")}
    headers = {short: environ[name] for name, short in names.items()}
    headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
    return ApiRequest(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=environ["wsgi.input"].read(min(length, MAX_BODY + 1)) if length else b"",
    )


def _drop(environ: Environment) -> NoReturn:
    """Reset the connection: the client sees it end without an answer."""
    raw: socket.socket | None = environ.get("gunicorn.socket")
    if raw is not None:
        # Closing without lingering sends a reset instead of a polite end.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
    # gunicorn takes this for the client's doing and says nothing.
    raise ConnectionResetError(errno.ECONNRESET, "The sandbox was told to drop this connection.")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process prepare while others wait."""
    with (Path(gettempdir()) / "piggyadmin-sandbox.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


with _alone():
    prepare(
        int(os.environ.get("SANDBOX_CONTACTS", DEFAULT_CONTACTS)),
        int(os.environ.get("SANDBOX_SEED", DEFAULT_SEED)),
    )
connections.close_all()
