"""The way back from one thing that was found to all that was found with it."""

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from piggyadmin.ui import stored
from piggyadmin.ui.forms import CodeField

_KEPT = "found"


def keep(request: HttpRequest, query: str, pages: list[str]) -> None:
    """Keep what was looked for and the pages it led to, where there are several."""
    if len(pages) < 2:  # noqa: PLR2004  (one thing is all there is)
        request.session.pop(_KEPT, None)
        return
    named = QueryDict(mutable=True)
    named["q"] = query
    address = stored.address(request, reverse("desk:search"), named, {"q": CodeField()})
    request.session[_KEPT] = {"address": address, "pages": pages}


def way_back(request: HttpRequest) -> str:
    """Give the address of all that was found, on a page that is one of it; empty elsewhere."""
    if not request.user.is_authenticated:
        return ""
    kept = request.session.get(_KEPT) or {}
    return str(kept["address"]) if request.get_full_path() in kept.get("pages", ()) else ""
