"""What stood in the forms of a shared till when it was locked: there again for the same person.

It waits in the database, sealed, and never in the browser. Whoever else comes in that browser, a
sign-out and the end of the day end it.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from piggyadmin.accounts.drafts import NOT_KEPT
from piggyadmin.accounts.models import LockedPage, SignInHere, User
from piggyadmin.accounts.sessions import SIGN_IN
from piggyadmin.accounts.throttling import browser_mark, is_known_browser
from piggyadmin.json_text import read_flat_json
from piggyadmin.ui.stored import KEPT as PARAMETERS

# The field of the form that locks: for whose sign-in its page was drawn.
DRAWN_FOR = "drawn_for"
# So many characters of JSON are kept of a page; three bytes each are less than a request may have.
MOST_CHARACTERS = 500_000
# So many pages in other tabs are kept.
MOST_PAGES = 10

_SALT = "piggyadmin.accounts.locked_pages"
_SESSION_KEY = "locked_pages"


class Unusable(Exception):  # noqa: N818  (named as a person would)
    """What a page sent cannot be kept, such as for its length."""


def mark_of(request: HttpRequest) -> str:
    """Say for whose sign-in a page is drawn."""
    sign_in = f"{request.user.pk} {request.session.get(SIGN_IN, '')}"
    return signing.Signer(salt=_SALT).sign(sign_in)


# --- Locking ---------------------------------------------------------------------------------


def keep(request: HttpRequest, page: str) -> bool:
    """Keep what stood in the forms of `page`, the path of an address, when it was locked.

    A second tab may lock itself when the session has ended, but not after somebody else came.

    Returns:
        False where something was sent that cannot be kept.
    """
    here = _sign_in_of(request)
    if here is None:
        return True
    try:
        typed = _read(request.POST.get("typed", ""))
    except Unusable:
        return False
    pages = request.session.get(_SESSION_KEY, []) + ([{"page": page, **typed}] if typed else [])
    if parameters := request.session.get(PARAMETERS):
        pages.append({"page": "", "parameters": parameters})
    now = timezone.now()
    LockedPage.objects.bulk_create(
        LockedPage(person_id=here.person_id, mark=here.mark, at=now, typed=each)
        for each in pages[-MOST_PAGES:]
    )
    return True


def _sign_in_of(request: HttpRequest) -> SignInHere | None:
    """Find for which sign-in the page was drawn, if it is still the last one in this browser."""
    try:
        mark = signing.Signer(salt=_SALT).unsign(request.POST.get(DRAWN_FOR, ""))
    except signing.BadSignature:
        return None
    person, _, sign_in = mark.partition(" ")
    if request.user.is_authenticated and str(request.user.pk) != person:
        return None
    sign_in = request.session.get(SIGN_IN, sign_in)
    rows = SignInHere.objects.filter(person=int(person), mark=browser_mark(request))
    return rows.exclude(sign_in="").filter(sign_in=sign_in).first()


def _read(text: str) -> dict[str, Any]:
    """Read what a page sent; what is secret or has to be given anew is left out.

    Raises:
        Unusable: it is too long, or not what pages send.
    """
    if not text:
        return {}
    if len(text) > MOST_CHARACTERS:
        raise Unusable
    try:
        sent = read_flat_json(text)
        fields = [each for each in sent["fields"] if each["name"] not in NOT_KEPT]
        page = {"fields": fields, "drawer": sent["drawer"], "memory": sent["memory"]}
    except (ValueError, TypeError, KeyError) as error:
        raise Unusable from error
    return page if any(page.values()) else {}


# --- Going on --------------------------------------------------------------------------------


@transaction.atomic
def hand_over(request: HttpRequest, person: User) -> None:
    """Give what was kept to whoever has just come, if it is theirs; of others nothing is left."""
    if not is_known_browser(request):
        return
    mark = browser_mark(request)
    SignInHere.objects.filter(mark=mark).exclude(person=person).update(sign_in="")
    rows = LockedPage.objects.filter(mark=mark)
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    kept = [row.typed for row in rows.filter(person=person, at__gte=since).order_by("pk")]
    rows.delete()
    for each in kept:
        if "parameters" in each:
            request.session[PARAMETERS] = each["parameters"]
    if pages := [each for each in kept if "fields" in each]:
        request.session[_SESSION_KEY] = request.session.get(_SESSION_KEY, []) + pages


def forget(request: HttpRequest) -> None:
    """Drop what was kept in this browser."""
    LockedPage.objects.filter(mark=browser_mark(request)).delete()


def take(request: HttpRequest) -> dict[str, Any] | None:
    """Give, once, what stood in the forms of this page when it was locked."""
    pages: list[dict[str, Any]] = request.session.get(_SESSION_KEY, [])
    if request.method != "GET" or "HX-Request" in request.headers:
        return None
    found = next((each for each in reversed(pages) if each["page"] == request.path), None)
    if found:
        request.session[_SESSION_KEY] = [each for each in pages if each is not found]
    return found
