"""Whose form it is: two colleagues may share a browser, and none works in the other's name."""

from typing import Any

from django.core import signing
from django.http import HttpRequest

# The field of every form that says for whom its page was drawn.
OPENED_BY = "opened_by"
_SIGNER_SALT = "piggyadmin.accounts.form_owners"


def mark_of(person: Any) -> str:
    """Give what a person's forms carry; nothing where nobody has signed in."""
    if person is None or not person.is_authenticated:
        return ""
    return signing.Signer(salt=_SIGNER_SALT).sign(str(person.pk))


def owner_of(request: HttpRequest) -> str:
    """Give the key of whoever opened the form that was sent; empty where it does not say."""
    mark = request.POST.get(OPENED_BY, "") if request.method == "POST" else ""
    try:
        return signing.Signer(salt=_SIGNER_SALT).unsign(mark)
    except signing.BadSignature:
        return ""


def is_of_another(request: HttpRequest) -> bool:
    """Tell whether a form says that it was opened by another than the one who is signed in now."""
    says = request.method == "POST" and OPENED_BY in request.POST
    return says and owner_of(request) != str(request.user.pk)
