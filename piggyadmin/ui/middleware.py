"""What is done around every request: a trace id, no personal data in caches, limits."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import add_never_cache_headers

from piggyadmin.piggy.trace import use_trace_id
from piggyadmin.ui.views import error_answer

# An answer to TRACE is what was sent, and might be what only the server was told.
REFUSED_METHODS = {"TRACE", "CONNECT"}
USUAL_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]


class TraceMiddleware:
    """Give every request a trace id of its own, which its calls to Piggy and its answer carry.

    An `X-Request-ID` that a browser sends is ignored: whoever could choose it could make two
    requests look like one in the logs and in the ledger.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the trace id in the header, and keep what is personal to this site."""
        with use_trace_id() as trace_id:
            response = self.get_response(request)
        response["X-Request-ID"] = trace_id
        keep_private(response)
        return response


def keep_private(response: HttpResponse) -> None:
    """Let nobody store what does not say itself for how long, as files do; nor other sites use it.

    Every answer but a file may be about somebody, be it a page, a table or a part of either.
    """
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if "Cache-Control" not in response:
        add_never_cache_headers(response)


class MethodMiddleware:
    """Refuse what no browser and no program of ours asks by, before any view takes it for a GET."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say how it can be asked."""
        if request.method in REFUSED_METHODS:
            return HttpResponseNotAllowed(USUAL_METHODS)
        return self.get_response(request)


class BodyLimitMiddleware:
    """Refuse what is too large before any of it is read; the less from whoever is not signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say that it is too large."""
        if "Transfer-Encoding" in request.headers:
            # Nobody knows how long it gets; browsers say how long a form is.
            return error_answer(request, "400.html", HTTPStatus.LENGTH_REQUIRED, with_layout=False)
        if length_of(request) > most_of(request):
            return error_answer(
                request, "413.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, with_layout=False
            )
        return self.get_response(request)


def length_of(request: HttpRequest) -> int:
    """Read how long the body is going to be."""
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def most_of(request: HttpRequest) -> int:
    """Say how long it may be; who it is matters, and is looked up, only for a long one."""
    least: int = settings.ANONYMOUS_UPLOAD_MAX_SIZE
    if length_of(request) <= least or not request.user.is_authenticated:
        return least
    permission, most = settings.UPLOAD_MAX_SIZES.get(request.path, ("", 0))
    if permission and request.user.has_perm(permission):
        return int(most)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
