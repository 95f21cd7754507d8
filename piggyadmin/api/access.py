"""Who asks: a program shows its token in a header, and nothing else opens the door.

No cookie is looked at and no session made, so that no page of another site can ask in somebody's
name; that is why these views need no token against forged forms.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from piggyadmin.accounts.permissions import USE_API, check_permission
from piggyadmin.accounts.throttling import count_guess, count_use
from piggyadmin.actions.base import Action
from piggyadmin.api import services
from piggyadmin.api.models import AccessScope, AccessToken
from piggyadmin.api.problems import ANSWERED, Problem, ProblemKind, answer_to
from piggyadmin.ledger import people_events
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.ui.http import SignedInRequest, is_in_clear

# So many requests within five minutes with one token.
MOST_REQUESTS = 1000
View = Callable[..., Any]


class ProgramRequest(SignedInRequest):
    """A request of a program, with the token that it has shown."""

    access_token: AccessToken


def token_of(request: HttpRequest) -> AccessToken:
    """Give the token that a request has shown; the door has let no other one through."""
    return cast("ProgramRequest", request).access_token


def may_do(token: AccessToken, action: Action) -> bool:  # type: ignore[type-arg]
    """Tell whether a token, and the person whose it is, may do an action."""
    has_scope = action.is_read or token.scope == AccessScope.ALL
    return has_scope and action.is_allowed_for(token.person)


def for_programs(view: View) -> View:
    """Let in who shows a token, and answer whatever happens as programs read it."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def let_in(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        def answer() -> HttpResponse:
            token = identify(request)
            request.user = token.person
            cast("ProgramRequest", request).access_token = token
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return answered(answer)

    return let_in


def answered(ask: Callable[[], HttpResponse]) -> HttpResponse:
    """Give an answer, or a problem that says why there is none."""
    try:
        response = ask()
    except ANSWERED as failure:
        return answer_to(failure)
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    return ProblemKind.METHOD.answer(headers={"Allow": response["Allow"]})


def identify(request: HttpRequest) -> AccessToken:
    """Find whose token it is, and count the request.

    Raises:
        Problem: there is none, or it opens nothing, or it came in clear.
        PermissionDenied: the person may not let programs in any more.
        LockedOut: there were too many requests, or too many wrong tokens from there.
    """
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _closed(gettext("Send a token: Authorization: Bearer …"), "")
    if is_in_clear(request):
        words = gettext(
            "Nothing was done. This came in clear, and its token with it: withdraw it, make "
            "another one, and use https."
        )
        raise Problem(ProblemKind.INSECURE, words)
    token = services.find_token(secret.strip())
    if token is None:
        count_guess(request)
        people_events.record(PersonEventKind.SIGN_IN_FAILED, None)
        raise _closed(gettext("This token opens nothing."), "invalid_token")
    if not token.is_usable:
        raise _closed(gettext("This token has ended."), "invalid_token")
    if token.person.owes_password:
        words = gettext("Nothing is open to programs before their person has another password.")
        raise _closed(words, "invalid_token")
    check_permission(token.person, USE_API)
    count_use("token", str(token.pk), MOST_REQUESTS)
    services.note_use(token)
    return token


def _closed(words: str, error: str) -> Problem:
    """Say that the door stays closed, and how it is opened (RFC 6750)."""
    asked = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(ProblemKind.UNAUTHENTICATED, words, headers={"WWW-Authenticate": asked})
