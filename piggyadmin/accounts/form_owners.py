"""Whose form it is: two colleagues may share a browser, and none works in the other's name."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

# The field of every form that says for whom its page was drawn.
OPENED_BY = "opened_by"
_SIGNER_SALT = "piggyadmin.accounts.form_owners"


def mark_of(person: Any) -> str:
    """Give what a person's forms carry; nothing where nobody has signed in."""
    if person is None or not person.is_authenticated:
        return ""
    return _signed(str(person.pk), settings.SECRET_KEY)


@lru_cache(maxsize=256)
def _signed(key: str, secret: str) -> str:
    """Sign a person's key, which stands in every form of a page."""
    return signing.Signer(key=secret, salt=_SIGNER_SALT).sign(key)


def owner_of(request: HttpRequest) -> str:
    """Give the key of whoever opened the form that was sent; empty where it does not say."""
    mark = request.POST.get(OPENED_BY, "") if request.method == "POST" else ""
    try:
        return signing.Signer(salt=_SIGNER_SALT).unsign(mark)
    except signing.BadSignature:
        return ""


def is_of_another(request: HttpRequest) -> bool:
    """Tell whether a form may have been opened by another than the one who is signed in now.

    Every form of a page has to say whose it is. A program that has fetched no page, and so names
    none, answers itself for what it sends.
    """
    has_owner = OPENED_BY in request.POST or _is_from_page(request)
    is_sent = request.method == "POST" and request.user.is_authenticated
    return is_sent and has_owner and owner_of(request) != str(request.user.pk)


def _is_from_page(request: HttpRequest) -> bool:
    """Tell by what every browser says of whatever a page posts."""
    return "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
