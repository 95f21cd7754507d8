"""How long ago somebody last proved that it is them: by a password, a second factor or elsewhere.

allauth notes each such proof in the session.
"""

import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piggyadmin.piggy.actor import current_actor
from piggyadmin.ui.http import signed_in

# Of a session that was begun by a PIN alone.
BY_PIN = "by_pin"
# What a PIN does not open: people, settings, and Django's own admin site.
_BEYOND_PIN = {"people", "preferences", "admin"}
# What decides how somebody signs in takes a proof that is no older, in seconds.
SIGN_IN_SECONDS = 15 * 60
_IS_FINAL = _(
    "This cannot be undone, so show first that it is still you. Nothing was done yet, and what you "
    "typed is kept."
)
_IS_A_WAY_IN = _(
    "This decides who gets in here, so show first that it is still you. Nothing was done yet. What "
    "you typed is kept, but for passwords."
)
_IS_OWN_WAY_IN = _(
    "This is about how you sign in, so show first that it is still you. Nothing was done yet."
)


class ProofNeeded(Exception):  # noqa: N818
    """It is not done before somebody has proved anew that it is them; `words` say why."""

    def __init__(self, words: Promise = _IS_FINAL) -> None:
        super().__init__()
        self.words = words


def insist_on_fresh() -> None:
    """Refuse what cannot be undone to whoever proved too long ago that it is them.

    Raises:
        ProofNeeded: which leads to where it is proved, and keeps what was typed.
    """
    seconds, at = settings.FRESH_PROOF_MINUTES * 60, current_actor().proved_at
    if seconds and at is not None and time.time() - at > seconds:
        raise ProofNeeded


def proved_at(request: HttpRequest) -> float:
    """Tell when that was, in seconds since 1970; 0 for never."""
    records = get_authentication_records(request, signed_in(request))
    return max((record["at"] for record in records), default=0.0)


def is_fresh(request: HttpRequest, seconds: float) -> bool:
    """Tell whether it was no longer ago than this."""
    return time.time() - proved_at(request) <= seconds


def insist_on_fresh_for_ways_in(request: HttpRequest) -> None:
    """Refuse to change who gets in here to whoever proved too long ago that it is them.

    Raises:
        ProofNeeded: which leads to where it is proved, and keeps what was typed.
    """
    if not is_fresh(request, SIGN_IN_SECONDS):
        raise ProofNeeded(_IS_A_WAY_IN)


def is_pin_too_little(request: HttpRequest) -> bool:
    """Tell whether somebody came by a PIN, and wants what takes a fresh proof from them."""
    match = request.resolver_match
    is_beyond = bool(match and _BEYOND_PIN.intersection(match.namespaces))
    return is_beyond and BY_PIN in request.session and not is_fresh(request, SIGN_IN_SECONDS)


def ask_first(request: HttpRequest, page: str) -> HttpResponse:
    """Lead whoever decides how they sign in to where they prove that it is them, and say why."""
    messages.info(request, str(_IS_OWN_WAY_IN))
    return redirect(place(page))


def place(page: str) -> str:
    """Give the address where it is proved anew, which leads on to `page`."""
    return f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: page})}"
