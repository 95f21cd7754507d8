"""Passwords that have become known elsewhere, as the lists of Have I Been Pwned have them.

Of a password only the first five of the 40 figures of its SHA-1 hash leave, and all hashes that
begin so come back, among others that are none: who answers cannot tell which one was meant, nor
whose it is.
"""

import hashlib
import logging
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

TIMEOUT = (2.0, 4.0)  # seconds to connect, and to read
SENT = 5  # figures of the hash
logger = logging.getLogger(__name__)


class BreachedPasswordValidator:
    """Refuse a password that is known elsewhere; the other rules hold while nobody can be asked."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002
        """Refuse it.

        Raises:
            ValidationError: it is on the lists.
        """
        if is_breached(password):
            words = _("This password has become known elsewhere, and is tried. Choose another.")
            raise ValidationError(words, code="password_breached")

    def get_help_text(self) -> str:
        """Say what is asked."""
        return _("Your password can’t be one that has become known elsewhere.")  # noqa: RUF001


def is_breached(password: str) -> bool:
    """Tell whether a password is on the lists; False as well where they cannot be asked."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        answer = requests.get(
            f"{settings.BREACHED_PASSWORDS_URL}{digest[:SENT]}",
            headers={"Add-Padding": "true"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        logger.warning("Breached passwords cannot be asked for: %s", type(error).__name__)
        return False
    if answer.status_code != HTTPStatus.OK:
        logger.warning("Breached passwords cannot be asked for: status %s", answer.status_code)
        return False
    found = dict(line.strip().partition(":")[::2] for line in answer.text.splitlines())
    return found.get(digest[SENT:], "0") != "0"
