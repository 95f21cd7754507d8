"""Small things that a browser remembers for each person who uses it."""

from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 60 * 60  # seconds


def own_cookie(request: HttpRequest, name: str) -> str:
    """Name the cookie of whoever is signed in: people who share a browser have their own."""
    user = getattr(request, "user", None)
    return f"{settings.COOKIE_PREFIX}{name}-{getattr(user, 'pk', None) or 0}"


def keep(response: HttpResponse, cookie: str, value: str) -> None:
    """Have the browser keep a value for a year; scripts do not see it."""
    response.set_cookie(
        cookie,
        quote(value),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept(request: HttpRequest, cookie: str) -> str:
    """Give what was kept, which may be any text by now; empty for nothing."""
    return unquote(request.COOKIES.get(cookie, ""))
