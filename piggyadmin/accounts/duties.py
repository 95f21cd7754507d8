"""What somebody has to do before anything else: until it is done, every page leads there.

It stands in the session, so that no page has to look it up.
"""

import time
from enum import StrEnum

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from piggyadmin.accounts.models import User

_KEY = "duties"


class Duty(StrEnum):
    """What can have to be done first; the value is the page on which it is done."""

    PASSWORD = "account_change_password"  # noqa: S105  (a page)
    FACTOR = "factors:list"


# What else can be opened meanwhile, by name or by where its name begins.
_OPEN = ("account_", "mfa_", "factors:")


def impose(request: HttpRequest, duty: Duty, since: float = 0) -> None:
    """Have it done before anything else, from a moment on (seconds since 1970)."""
    request.session[_KEY] = {**request.session.get(_KEY, {}), duty: since}


def lift(request: HttpRequest, duty: Duty) -> None:
    """Note that it is done."""
    duties = request.session.get(_KEY, {})
    if duty in duties:
        request.session[_KEY] = {name: since for name, since in duties.items() if name != duty}


def due(request: HttpRequest) -> Duty | None:
    """Give what has to be done now, unless the page that is asked for may be opened before."""
    duties = request.session.get(_KEY)
    match = request.resolver_match
    if not duties or (match and match.view_name.startswith(_OPEN)):
        return None
    return next((Duty(name) for name, since in duties.items() if since <= time.time()), None)


@receiver(user_logged_in)
def impose_password(request: HttpRequest, user: User, **_more: object) -> None:
    """Have whoever was told to choose another password do so."""
    if user.owes_password:
        impose(request, Duty.PASSWORD)
