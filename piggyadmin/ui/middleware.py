"""What is done around every request: a trace id, and no personal data in caches."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from piggyadmin.piggy.trace import use_trace_id


class TraceMiddleware:
    """Give every request a trace id of its own, which its calls to Piggy and its answer carry.

    An `X-Request-ID` that a browser sends is ignored: whoever could choose it could make two
    requests look like one in the logs and in the ledger.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the trace id in the header, and keep personal pages out of caches."""
        with use_trace_id() as trace_id:
            response = self.get_response(request)
        response["X-Request-ID"] = trace_id
        if is_personal(request, response):
            add_never_cache_headers(response)
        return response


def is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether the answer is a page made for somebody who has signed in."""
    is_page = response.get("Content-Type", "").startswith("text/html")
    user = getattr(request, "user", None)
    return is_page and user is not None and user.is_authenticated
