"""What happened to people, as the ledger's chain tells it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.ledger.filters import PAGE
from piggyadmin.ledger.models import Event
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.ledger.views import LedgerView
from piggyadmin.ui.filters import FilteredList, StatedFilter, without_place

# Longer numbers of a place in the chain are nonsense.
MOST_DIGITS = 18


class PeopleFilter(StatedFilter):
    """What the events of people can be narrowed down to."""

    person = forms.TypedChoiceField(label=_("Whom it happened to"), required=False, coerce=int)
    by = forms.TypedChoiceField(label=_("Who did it"), required=False, coerce=int)
    kind = forms.ChoiceField(
        label=_("What happened"), required=False, choices=[("", _("Any")), *PersonEventKind.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.pk, person.name) for person in User.objects.order_by("username")]
        for name in ("person", "by"):
            self._choose(name).choices = [("", _("Anybody")), *people]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def query(self) -> QuerySet[Event]:
        """Select what is asked for, newest first."""
        values = self.values
        if self.errors:
            return Event.objects.none()
        events = Event.objects.filter(entry=None).order_by("-sequence")
        if kind := values.pop("kind", None):
            events = events.filter(kind=kind)
        return events.filter(**{f"detail__{name}": value for name, value in values.items()})


class PeopleEvents(LedgerView, FilteredList):
    """Who signed in, failed to, and was given or lost what, newest first."""

    filter_class = PeopleFilter
    list_name = "ledger:people"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = PeopleFilter(self.query)
        rows, after = form.query(), request.GET.get("after", "")
        if after.isascii() and after.isdecimal() and len(after) <= MOST_DIGITS:
            rows = rows.filter(sequence__lt=int(after))
        events = list(rows[: PAGE + 1])
        shown = events[:PAGE]
        context = {
            "form": form,
            "words": form.words(),
            "rows": [(event, *told(event)) for event in shown],
            "following": shown[-1].sequence if len(events) > PAGE else None,
            "kept": without_place(request.GET),
        }
        return render(request, "ledger/people.html", context)


def told(event: Event) -> tuple[str, str]:
    """Say what happened, and what of it in particular."""
    detail = event.detail
    kind = PersonEventKind(event.kind).label if event.kind in PersonEventKind.values else event.kind
    more = [("+", detail.get("added", ())), ("\N{MINUS SIGN}", detail.get("removed", ()))]
    parts = [f"{sign} {name}" for sign, names in more for name in names]
    return str(kind), ", ".join([*filter(None, [detail.get("group"), detail.get("was")]), *parts])
