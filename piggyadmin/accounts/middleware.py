"""Asking people to sign in, without losing what they typed."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext

# How long, in seconds, and how much, in characters, is kept for whoever signs in again.
KEPT_SECONDS = 15 * 60
MOST_CHARACTERS = 20_000

_KEPT = "typed"
# The pages with the form of an action.
_FORMS = {"actions:action", "duplicates:pair", "duplicates:cluster-merge"}
# What belongs to one showing of a form, or has to be given anew.
_NOT_KEPT = ("csrfmiddlewaretoken", "submission_key", "agreement", "confirmation", "again")


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads to the sign-in page; what was typed into an action's form is there again afterwards.

    With JavaScript the page stays where it is, and needs none of this.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        """Keep what was typed, in this browser's session and for a while, and ask to sign in."""
        is_form = request.method == "POST" and "HX-Request" not in request.headers
        match = request.resolver_match
        if is_form and match and match.view_name in _FORMS:
            _keep(request)
        return super().handle_no_permission(request, view_func)


def _keep(request: HttpRequest) -> None:
    typed = request.POST.copy()
    for name in _NOT_KEPT:
        typed.pop(name, None)
    fields = typed.urlencode()
    words = gettext("Your session has ended and nothing was sent. Sign in and fill it in again.")
    if len(fields) <= MOST_CHARACTERS:
        request.session[_KEPT] = {"path": request.path, "fields": fields, "at": time.time()}
        words = gettext("Your session has ended and nothing was sent. What you typed is kept.")
    messages.warning(request, words)


def take_typed(request: HttpRequest) -> QueryDict | None:
    """Give, once, what was typed into this page before the session ended; None for nothing."""
    kept = request.session.pop(_KEPT, None)
    if not kept or kept["path"] != request.path or time.time() - kept["at"] > KEPT_SECONDS:
        return None
    return QueryDict(kept["fields"])
