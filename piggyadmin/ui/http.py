"""Requests of people who are signed in, with types that say so, and what follows an answer."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from piggyadmin.accounts.models import User


logger = logging.getLogger(__name__)


class SignedInRequest(HttpRequest):
    """A request as it reaches a view behind `LoginRequiredMiddleware`."""

    user: "User"
    htmx: "HtmxDetails"


def signed_in(request: HttpRequest) -> "User":
    """Give the person who asks; the middleware has let nobody else through."""
    return cast("User", request.user)


def is_own_address(request: HttpRequest, url: str) -> bool:
    """Tell whether an address, which may be any text, leads to this console."""
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def is_in_clear(request: HttpRequest) -> bool:
    """Tell whether something came in clear that has to come by https."""
    return settings.SECURE_SSL_REDIRECT and not request.is_secure()


def lead_to(request: HttpRequest, address: str, **names: Any) -> HttpResponse:
    """Lead to another page by its name."""
    return open_page(request, reverse(address, kwargs=names))


def open_page(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to another page: htmx, which would put it into this one, is told to open it."""
    if wants_fragment(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for just the part that changes, not for a page of its history."""
    htmx = cast("SignedInRequest", request).htmx
    return bool(htmx) and not htmx.history_restore_request


def after_answer(response: HttpResponse, task: Callable[[], object]) -> None:
    """Have something done once the answer has left, so that nobody waits for it.

    The thread does it before its next request, and before the server ends gracefully. There is
    nobody left to be told of a failure, so it is logged.
    """

    def do() -> None:
        try:
            task()
        except DatabaseError as error:
            logger.warning("Not done after an answer: %s", type(error).__name__)

    response._resource_closers.append(do)  # type: ignore[attr-defined]
