"""The form of a new token."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.api.models import AccessScope
from piggyadmin.ui.dates import DAY, DateKind, DayField
from piggyadmin.ui.forms import CleanCharField

# A token lives for a year at most; a quarter of one is what is offered.
TOKEN_END = DateKind(earliest=0 * DAY, latest=365 * DAY)
USUAL_LIFE = 90 * DAY


def usual_end() -> date:
    """Give the last day that is offered."""
    return timezone.localdate() + USUAL_LIFE


class NewTokenForm(forms.Form):
    """Which program it is for, what it may do, and until when."""

    template_name = "ui/form.html"

    name = CleanCharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The program that uses it: you tell your tokens apart by it."),
    )
    scope = forms.ChoiceField(
        label=_("What it may do"), choices=AccessScope.choices, initial=AccessScope.READS
    )
    ends_on: Any = DayField(
        kind=TOKEN_END,
        label=_("Last day"),
        initial=usual_end,
        help_text=_("A year from now at the latest."),
    )
