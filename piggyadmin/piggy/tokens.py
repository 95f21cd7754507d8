"""The token with which Piggy is asked: the environment's, or else the one kept here, sealed.

The one that is kept can be replaced while the console runs: each process looks every few seconds
whether it is still the same.
"""

import time
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from piggyadmin.piggy.models import KeptToken
from piggyadmin.sealing import seal, unseal

PURPOSE = KeptToken.PURPOSE
# So often, in seconds, does a process look whether the token was replaced.
LOOK_EVERY_SECONDS = 2.0


class SeenToken(NamedTuple):
    """The token that a process has read, from where, and when by its own clock."""

    url: str
    token: str
    at: float


_seen: list[SeenToken] = []


def current_token() -> str:
    """Give the token that is in use; empty where there is none, or none is needed."""
    if settings.PIGGY_API_TOKEN or settings.PIGGY_IN_PROCESS_SANDBOX:
        return str(settings.PIGGY_API_TOKEN)
    now, url = time.monotonic(), settings.PIGGY_API_URL
    for seen in _seen:
        if seen.url == url and now - seen.at < LOOK_EVERY_SECONDS:
            return seen.token
    try:
        token = _read(url)
    except DatabaseError:  # away, or not there yet: then it is as it was
        return next((seen.token for seen in _seen if seen.url == url), "")
    _seen[:] = [SeenToken(url, token, now)]
    return token


def is_from_environment() -> bool:
    """Tell whether the environment sets the token, so that none that is kept here counts."""
    return bool(settings.PIGGY_API_TOKEN)


def kept_token() -> KeptToken | None:
    """Give the row of the token that is kept for the Piggy that this console speaks to."""
    return KeptToken.objects.filter(url=settings.PIGGY_API_URL).first()


def keep_token(token: str, *, by: str) -> None:
    """Keep a token in place of the one that was; it goes to this Piggy alone."""
    values = {"sealed": seal(token, purpose=PURPOSE), "kept_at": timezone.now(), "kept_by": by}
    KeptToken.objects.update_or_create(url=settings.PIGGY_API_URL, defaults=values)
    forget_seen()


def forget_seen() -> None:
    """Look anew the next time that somebody wants the token."""
    _seen.clear()


def _read(url: str) -> str:
    kept = KeptToken.objects.filter(url=url).values_list("sealed", flat=True).first()
    return (kept and unseal(kept, purpose=PURPOSE)) or ""
