"""What somebody typed into a form that could not be taken: it is there again on the form's page.

Of whoever has not signed in nothing is stored here: their browser keeps it for a while, sealed, so
that nobody who finds it there can read it.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from piggyadmin import sealing
from piggyadmin.accounts.form_owners import OPENED_BY, is_of_another, owner_of

# How long, in seconds, and how much, in characters, is kept; a cookie holds less than 4,096 bytes.
KEPT_SECONDS = 15 * 60
MOST_CHARACTERS = 20_000
MOST_IN_COOKIE = 3_800

_KEY = "typed"
COOKIE = f"{settings.COOKIE_PREFIX}{_KEY}"
_SALT = "piggyadmin.accounts.drafts"
# Who typed into a form that does not say whose it is, though it has to.
_SOMEBODY = "somebody"
# The pages that put what was typed into their form again.
FORMS = {
    "actions:action",
    "duplicates:pair",
    "duplicates:cluster-merge",
    "desk:search",
    "people:new",
    "people:edit",
    "people:roles",
    "people:password",
    "people:identity",
    "preferences:new-role",
    "preferences:role",
    "preferences:tokens",
}
# What belongs to one showing of a form, or has to be given anew.
NOT_KEPT = (
    "csrfmiddlewaretoken",
    "submission_key",
    "agreement",
    "confirmation",
    "again",
    OPENED_BY,
    "secret",
    "account_secret",
    "pin",
    "password",
    "oldpassword",
    "old_password",
    "password1",
    "password2",
    "new_password1",
    "new_password2",
    "contact_session_token",
    "receipt_code",
)
# On other pages the sentences that were typed are shown, to be copied.
_SENTENCES = ("comment", "why", "note")


def is_for_form(request: HttpRequest) -> bool:
    """Tell whether the page that is asked for puts what was typed into its form again."""
    match = request.resolver_match
    return match is not None and match.view_name in FORMS


def page_of(request: HttpRequest) -> str:
    """Give the address of the page on which a form stands that was sent to another one."""
    if is_for_form(request):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    # Without its host a path of two slashes would name another one.
    path = escape_leading_slashes(parts.path)
    return f"{path}?{parts.query}" if parts.query else path


def keep(request: HttpRequest, response: HttpResponse, page: str) -> bool:
    """Keep what was typed for `page`; tells whether it could be."""
    typed = request.POST.copy()
    by = owner_of(request) or (_SOMEBODY if is_of_another(request) else "")
    for name in NOT_KEPT:
        typed.pop(name, None)
    fields = typed.urlencode()
    if len(fields) > MOST_CHARACTERS:
        return False
    kept = {"path": urlsplit(page).path, "fields": fields, "by": by}
    text = signing.dumps(kept, salt=_SALT, compress=True)
    if request.user.is_authenticated:
        request.session[_KEY] = text
        return True
    sealed = sealing.seal(text, purpose=_SALT)
    if len(sealed) > MOST_IN_COOKIE:
        return False
    _set_cookie(response, sealed)
    return True


def _set_cookie(response: HttpResponse, text: str) -> None:
    response.set_cookie(
        COOKIE,
        text,
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _from_cookie(request: HttpRequest) -> str:
    return sealing.unseal(request.COOKIES.get(COOKIE, ""), purpose=_SALT) or ""


def _kept(request: HttpRequest) -> dict[str, Any]:
    text = request.session.get(_KEY) or _from_cookie(request)
    if not text or hasattr(request, "typed_is_taken"):
        return {}
    try:
        kept: dict[str, Any] = signing.loads(text, salt=_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return {}
    return kept


def take(request: HttpRequest) -> tuple[QueryDict, bool] | None:
    """Give, once, what was typed for this page, and whether somebody else typed it."""
    kept = _kept(request)
    if not kept:
        return None
    request.typed_is_taken = True  # type: ignore[attr-defined]
    request.session.pop(_KEY, None)
    if kept["path"] != request.path:
        return None
    return QueryDict(kept["fields"]), kept["by"] not in {"", str(request.user.pk)}


def sentences(request: HttpRequest) -> list[str]:
    """Give, once, the sentences that were typed for this page, which has no form to put them in."""
    if is_for_form(request) or _kept(request).get("path") != request.path:
        return []
    typed, _is_of_another = take(request) or (QueryDict(), False)
    return [str(typed[name]) for name in _SENTENCES if typed.get(name)]


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Have the browser forget what was taken."""
    if hasattr(request, "typed_is_taken") and COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Lax")
