"""Which views somebody has of a list, which of them is on, and who may change one.

Any list with a filter takes part: `{% saved_views "its:name" %}` stands above it, in most of them
because `ui/_filter_bar.html` does.
"""

from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import SHARE_VIEWS
from piggyadmin.saved_views.models import SavedView
from piggyadmin.ui import stored
from piggyadmin.ui.filters import FilteredView
from piggyadmin.ui.links import may_open

# Fields of filters that say where a page ended, and narrow nothing down.
PLACES = frozenset({"after", "before"})
# So many views a person keeps of one list: above it stand buttons, and no second menu.
MOST_OF_A_LIST = 20


class ViewButton(NamedTuple):
    """A view as it stands above its list."""

    view: SavedView
    is_on: bool
    is_own: bool


def view_class_of(list_name: str) -> type[FilteredView]:
    """Find what shows a list that somebody may open (`may_open_list`).

    Raises:
        Http404: it has no filter.
    """
    shown_by = getattr(resolve(reverse(list_name)).func, "view_class", None)
    if not (isinstance(shown_by, type) and issubclass(shown_by, FilteredView)):
        raise Http404
    return shown_by


def narrowing(list_name: str, query: QueryDict) -> QueryDict:
    """Give what of a query narrows a list down.

    Raises:
        Http404: it has no filter.
    """
    fields = view_class_of(list_name).filter_class.base_fields
    return stored.filled(query, {name: fields[name] for name in fields if name not in PLACES})


def address_of(request: HttpRequest, list_name: str, query: QueryDict) -> str:
    """Give the address of a list with a filter, in which nothing tells of people."""
    shown = view_class_of(list_name).filter_class
    return stored.address(request, reverse(list_name), query, shown.base_fields, shown.own_words)


def views_for(person: User) -> QuerySet[SavedView]:
    """Select what somebody has kept, and what is for everybody."""
    return SavedView.objects.filter(Q(person=person) | Q(is_shared=True))


def buttons(person: User, list_name: str, now: QueryDict) -> list[ViewButton]:
    """Give the views of a list that can be opened, and tell which one is on."""
    on = _comparable(now)
    kept = ((view, view.query) for view in views_for(person).filter(list_name=list_name))
    return [
        ViewButton(view, _comparable(query) == on, view.person_id == person.pk)
        for view, query in kept
        if query is not None
    ]


def _comparable(query: QueryDict) -> list[tuple[str, list[str]]]:
    """Give a filter without the order in which it was filled in."""
    return sorted((name, sorted(values)) for name, values in query.lists())


def can_change(view: SavedView, person: User) -> bool:
    """Tell whether somebody may rename or remove a view: their own, or with that right shared."""
    return view.person_id == person.pk or (view.is_shared and person.has_perm(SHARE_VIEWS))


def may_open_list(person: User, list_name: str) -> bool:
    """Tell whether a list leads somewhere for somebody; one that is no more leads nowhere."""
    try:
        return may_open(person, reverse(list_name))
    except NoReverseMatch:
        return False


def file_of(list_name: str) -> str:
    """Give the name of the address of a list's file; nothing where it has none.

    Raises:
        Http404: it has no filter.
    """
    return view_class_of(list_name).file_name


def may_open_file(person: User, list_name: str) -> bool:
    """Tell whether somebody may have a list as a file, and whether it has one."""
    if not may_open_list(person, list_name):
        return False
    name = file_of(list_name)
    return bool(name) and may_open(person, reverse(name))


def file_address_of(request: HttpRequest, list_name: str, query: QueryDict) -> str:
    """Give the address of a list's file with a filter, in which nothing tells of people."""
    shown = view_class_of(list_name).filter_class
    path = reverse(file_of(list_name))
    return stored.address(request, path, query, shown.base_fields, shown.own_words)


def is_full(person: User, list_name: str) -> bool:
    """Tell whether somebody has kept as many views of a list as they can."""
    return SavedView.objects.filter(person=person, list_name=list_name).count() >= MOST_OF_A_LIST
