"""Requests of people who are signed in, with types that say so."""

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from piggyadmin.accounts.models import User

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class SignedInRequest(HttpRequest):
    """A request as it reaches a view behind `LoginRequiredMiddleware`."""

    user: User
    htmx: "HtmxDetails"


def signed_in(request: HttpRequest) -> User:
    """Give the person who asks; the middleware has let nobody else through."""
    return cast("User", request.user)


def lead_to(request: HttpRequest, address: str, **names: Any) -> HttpResponse:
    """Lead to another page: htmx, which would put it into this one, is told to open it."""
    if wants_fragment(request):
        return HttpResponseClientRedirect(reverse(address, kwargs=names))
    return HttpResponseRedirect(reverse(address, kwargs=names))


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for just the part that changes, not for a page of its history."""
    htmx = cast("SignedInRequest", request).htmx
    return bool(htmx) and not htmx.history_restore_request
