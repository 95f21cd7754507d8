"""Where a link leads somewhere: the one rule by which pages, menu and desk offer addresses.

A view says for whom it is by `permission`, or by a class method `allows` where that takes more. A
view that says nothing is for everybody who has signed in.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.urls import Resolver404, get_urlconf, resolve


def may_open(person: AbstractBaseUser | AnonymousUser | None, url: str) -> bool:
    """Tell whether this address of the console leads somewhere for a person."""
    if person is None or not isinstance(person, PermissionsMixin | AnonymousUser):
        return False
    found = _view_at(urlsplit(str(url)).path, get_urlconf())
    if found is None:
        return False
    view, names = found
    if allows := getattr(view, "allows", None):
        return bool(allows(person, **names))
    permission = getattr(view, "permission", "")
    return not permission or person.has_perm(permission)


@lru_cache(maxsize=1024)
def _view_at(path: str, urlconf: str | None) -> tuple[Any, dict[str, Any]] | None:
    """Find the view of a path, and what the path names; None where there is no page."""
    try:
        match = resolve(path, urlconf)
    except Resolver404:
        return None
    return getattr(match.func, "view_class", match.func), match.kwargs
