"""Where messages wait for the next page."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class MessageStorage(CookieStorage):
    """A cookie that belongs to this host alone.

    Never the session: a message for somebody who has not signed in must not make one.
    """

    cookie_name = f"{settings.COOKIE_PREFIX}messages"
