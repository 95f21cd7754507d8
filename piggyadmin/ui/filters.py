"""Filters of long lists: what is left out is stated in words, pages begin where the last ended."""

from datetime import date as day
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from piggyadmin.ui import stored


def beginning(value: day) -> datetime:
    """Give the moment a day begins in the shop's time zone."""
    return timezone.make_aware(datetime.combine(value, time.min))


def end(value: day) -> datetime:
    """Give the moment a day is over in the shop's time zone."""
    return beginning(value + timedelta(days=1))


class StatedFilter(forms.Form):
    """What a list can be narrowed down to; everything is optional, and can be said in words."""

    template_name = "ui/form.html"
    # Fields whose text is a word of the console's own: it tells of nobody.
    own_words: ClassVar[frozenset[str]] = frozenset()
    # What is said of a list that is not narrowed down, and of one that is.
    everything: ClassVar[str | Promise] = _("Everything, newest first.")
    narrowed: ClassVar[str | Promise] = _("Only this, newest first: %(parts)s.")
    # Fields that are needed seldom: they stand folded away behind the others.
    further: ClassVar[frozenset[str]] = frozenset()

    @property
    def bar_fields(self) -> list[forms.BoundField]:
        """The fields that are always seen."""
        return [field for field in self.visible_fields() if field.name not in self.further]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [field for field in self.visible_fields() if field.name in self.further]

    @property
    def shows_further(self) -> bool:
        """Whether what is folded away narrows the list down, or is wrong."""
        return bool(self.further & (self.values.keys() | self.errors.keys()))

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first one, which would look as if there were nothing."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if isinstance(since, day) and isinstance(until, day) and until < since:
            words = gettext("This is before “%(label)s”.")
            self.add_error("until", words % {"label": self.fields["since"].label})
        return cleaned

    def chips(self) -> list[tuple[str, str]]:
        """Give each field that narrows the list down, with what it says."""
        return [(name, self.said(name)) for name in self.values]

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in and can be used."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words(self) -> str:
        """State the filter in words."""
        values = self.values
        if self.errors:
            return gettext("Nothing: correct the filter first.")
        if not values:
            return str(self.everything)
        return str(self.narrowed) % {"parts": " · ".join(self.said(name) for name in values)}

    def said(self, name: str) -> str:
        """Say what one field narrows the list down to."""
        field, value = self.fields[name], self.values[name]
        if isinstance(field, forms.BooleanField):
            return str(field.label)
        return f"{field.label}: {self.said_value(name, value)}"

    def said_value(self, name: str, value: Any) -> str:
        """Say a field's value as it stands in its list of choices."""
        if isinstance(value, day):
            return date(value, pgettext("date", "j M Y"))
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


class FilteredView(View):
    """A list, or a file of it, that a filter narrows down; what it reads stands in `query`.

    The filter is posted. What of it tells of people is stored, and never in an address for long.
    """

    filter_class: ClassVar[type[StatedFilter]]
    # The name of the list's address.
    list_name: ClassVar[str]
    # The name of the address at which it is a file; nothing where there is none.
    file_name: ClassVar[str] = ""
    query: QueryDict

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the filter; one that stands in the address and tells of people leaves it."""
        fields, words = self.filter_class.base_fields, self.filter_class.own_words
        if stored.tells_of_people(request.GET, fields, words):
            return redirect(self.address(request.path, request.GET))
        try:
            self.query = stored.parameters(request)
        except stored.NotKept:
            return stored.lead_from_lost(request, reverse(self.list_name))
        return super().dispatch(request, *args, **kwargs)

    def address(self, path: str, query: QueryDict) -> str:
        """Give the address with this filter, in which nothing tells of people."""
        fields, words = self.filter_class.base_fields, self.filter_class.own_words
        return stored.address(self.request, path, query, fields, words)


class FilteredList(FilteredView):
    """A list to which its filter is posted."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lead to what the filter leaves, without the fields that are to be left out."""
        query = request.POST.copy()
        for name in request.POST.getlist("without"):
            query.pop(name, None)
        return redirect(self.address(reverse(self.list_name), query))


class FilteredFile(FilteredView):
    """A list as a file."""

    def get(self, request: HttpRequest) -> HttpResponseBase:  # noqa: ARG002
        """Send it; of a filter that makes no sense the list says what is wrong."""
        form = self.filter_class(self.query)
        if form.is_valid():
            return self.file(form)
        return redirect(self.address(reverse(self.list_name), self.query))

    def file(self, form: Any) -> HttpResponseBase:
        """Make the file of what the filter leaves."""
        raise NotImplementedError


def without_place(query: QueryDict) -> str:
    """Give the filter as it stands in the address, to be put into links."""
    kept = query.copy()
    kept.pop("after", None)
    return kept.urlencode()
