"""Parameters that tell of people, kept out of addresses.

What is typed into a filter can be somebody's e-mail, name or card. It is posted, kept in the
session of whoever typed it, and named in addresses by a random key: `?stored=…`. So it stands in no
history, bookmark or log of a proxy, and paging, exports and links go on with it. What tells of
nobody (a state, a day, a UUID) stays in the address, which can be sent to a colleague.
"""

import re
import secrets
from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls.converters import UUIDConverter
from django.utils.translation import gettext

PARAMETER = "stored"
# So many are kept for a person, and so much of each; the oldest make room.
MOST_KEPT = 20
MOST_CHARACTERS = 4000

KEPT = "stored_parameters"
_UUID = re.compile(UUIDConverter.regex, re.IGNORECASE)
_WORD = re.compile(r"[\w-]{1,100}")

Fields = Mapping[str, forms.Field]


class NotKept(Exception):  # noqa: N818  (it happens: the session has ended, others made room)
    """What an address names is not kept any more, or was somebody else's."""


def address(
    request: HttpRequest,
    path: str,
    query: QueryDict,
    fields: Fields,
    words: frozenset[str] = frozenset(),
) -> str:
    """Give the address of a page with these parameters, in which nothing tells of people.

    `fields` are those that the page reads; of the texts among them, `words` are of the console's
    own making, such as the name of an action.
    """
    named = filled(query, fields)
    if tells_of_people(named, fields, words):
        named = QueryDict(f"{PARAMETER}={_keep(request, named)}")
    return f"{path}?{named.urlencode()}" if named else path


def tells_of_people(query: QueryDict, fields: Fields, words: frozenset[str] = frozenset()) -> bool:
    """Tell whether a text is among the parameters that may be about somebody."""
    return any(
        not _UUID.fullmatch(value) and not (name in words and _WORD.fullmatch(value))
        for name, field in fields.items()
        if isinstance(field, forms.CharField)
        for value in filter(None, query.getlist(name))
    )


def parameters(request: HttpRequest, query: QueryDict | None = None) -> QueryDict:
    """Give what an address names, be it in the address itself or kept.

    Raises:
        NotKept: its key names nothing.
    """
    named = (request.GET if query is None else query).copy()
    for key in named.pop(PARAMETER, [])[-1:]:
        kept = request.session.get(KEPT, {})
        if key not in kept:
            raise NotKept
        named.update(QueryDict(kept[key]))
    return named


def lead_from_lost(request: HttpRequest, path: str) -> HttpResponse:
    """Lead to the page without parameters, and say what became of those that its address names."""
    words = gettext(
        "What was filled in here is not kept any more. Nothing was changed: fill it in again."
    )
    messages.warning(request, words)
    return HttpResponseRedirect(path)


def filled(query: QueryDict, fields: Fields) -> QueryDict:
    """Leave out what is empty or unknown."""
    filled = QueryDict(mutable=True)
    for name in fields:
        if values := list(filter(None, query.getlist(name))):
            filled.setlist(name, values)
    return filled


def _keep(request: HttpRequest, query: QueryDict) -> str:
    text = query.urlencode()
    if len(text) > MOST_CHARACTERS:
        raise RequestDataTooBig
    kept: dict[str, str] = request.session.get(KEPT, {})
    newest = next(reversed(kept), "")
    if kept.get(newest) == text:
        return newest  # a page that is opened again writes no session
    key = next((key for key, other in kept.items() if other == text), secrets.token_urlsafe(9))
    others = [(other, value) for other, value in kept.items() if other != key]
    request.session[KEPT] = dict([*others[-MOST_KEPT + 1 :], (key, text)])
    return key
