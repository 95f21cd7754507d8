"""The style guide: every component in all its states, for whoever builds or looks at pages.

It is there where nothing is real: in front of a sandbox, and while developing.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.ui.states import STATES

TONES = ("neutral", "info", "success", "warning", "danger", "accent")
SIZES = ("xs", "s", "m", "l", "xl", "2xl", "3xl")
WEIGHTS = ("regular", "medium", "semibold")
# Name, e-mail, credits, status of a voucher.
ROWS = (
    ("Mira Jansen", "mira.jansen@example.test", 1200, "ACTIVE"),
    ("Wilhelmina van den Noorderbrink-Achterberg", "wilhelmina@example.test", 6, "EXPIRED"),
    ("Daan de Jong", "", 0, "REDEEMED"),
)


class SampleFilter(StatedFilter):
    """A filter such as lists have."""

    further = frozenset({"is_red"})

    name = forms.CharField(label=_("Name"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any")), ("ACTIVE", STATES["ACTIVE"].label)],
    )
    since = DayField(kind=FILTER, label=_("From"), required=False)
    is_red = forms.BooleanField(label=_("With credits only"), required=False)


class SampleForm(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label=_("Name"), help_text=_("A UUID."))
    amount = forms.IntegerField(label=_("Credits"), min_value=1)
    status = forms.ChoiceField(label=_("Status"), choices=[("a", _("Any")), ("b", _("Anybody"))])
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("a", _("Any")), ("b", _("Anybody"))], widget=forms.RadioSelect
    )
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea)
    is_sure = forms.BooleanField(label=_("I have looked at it"))
    kept = forms.CharField(label=_("Trace id"), required=False, disabled=True, initial="c0ffee")


class StyleGuide(FilteredList):
    """Every component, with nothing of anybody in it."""

    filter_class = SampleFilter
    list_name = "styleguide"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them all."""
        narrowed = SampleFilter(self.query or {"status": "ACTIVE"})
        context: dict[str, Any] = {
            "tones": TONES,
            "sizes": SIZES,
            "weights": WEIGHTS,
            "states": STATES,
            "rows": ROWS,
            "filter": narrowed,
            "sample": SampleForm(initial={"name": "Mira Jansen"}, prefix="right"),
            "wrong": SampleForm({"wrong-amount": "-1"}, prefix="wrong"),
        }
        return render(request, "ui/styleguide.html", context)
