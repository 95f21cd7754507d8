"""How allauth behaves here: nobody signs up by themselves, and passwords are not tried for ever."""

import logging
import math
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from piggyadmin.accounts.addresses import address_of
from piggyadmin.accounts.models import User
from piggyadmin.accounts.oidc import may_use_password
from piggyadmin.accounts.throttling import LockedOut, Try
from piggyadmin.ui.http import is_own_address

logger = logging.getLogger(__name__)

TOO_MANY = "too_many_login_attempts"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are made by an administrator, never by a sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse every sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give the person's own address, past the proxies that are trusted."""
        return address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Look whether a password is right, here and wherever else one is asked for.

        Raises:
            ValidationError: there were too many failures; it says when to try again.
        """
        try:
            attempt = Try(request, credentials.get("username", ""))
        except LockedOut as locked:
            logger.warning("Refused, after too many failures, to look at a password")
            raise too_many(locked) from None
        person = authenticate(request, **credentials)
        if isinstance(person, User) and may_use_password(person):
            attempt.succeeded(person)
            return person
        attempt.failed()
        return None

    def is_safe_url(self, url: str) -> bool:
        """Lead nowhere else after signing in; what is no address at all is not safe either."""
        return is_own_address(context.request, url)


def too_many(locked: LockedOut) -> ValidationError:
    """Say when a password can be tried again; what is over by then is not told to the second."""
    seconds = (locked.until - timezone.now()).total_seconds()
    minutes = max(1, math.ceil(seconds / 60))
    words = ngettext(
        "Too many failed login attempts; this one was not looked at. Try again in a minute, "
        "after %(time)s.",
        "Too many failed login attempts; this one was not looked at. Try again in %(minutes)s "
        "minutes, after %(time)s.",
        minutes,
    )
    time = date_format(timezone.localtime(locked.until), "H:i:s")
    return ValidationError(
        words, code=TOO_MANY, params={"minutes": minutes, "time": time, "seconds": seconds}
    )
