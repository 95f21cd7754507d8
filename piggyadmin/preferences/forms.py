"""Forms of the lists and dates that can be changed in the browser."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.models import Reason
from piggyadmin.ui.dates import VALIDITY, DayField
from piggyadmin.ui.forms import CleanCharField


class ReasonForm(forms.ModelForm[Reason]):
    """A reason that people choose for what they do."""

    label = CleanCharField(label=_("Reason"), max_length=100)

    class Meta:
        model = Reason
        fields = ("label", "position", "is_active")
        help_texts = {"position": _("The lowest stands first.")}


class TokenDateForm(forms.Form):
    """Until when the token may be used; nothing where nobody knows."""

    expires_on: "forms.Field" = DayField(
        kind=VALIDITY,
        label=_("Last day of the token"),
        required=False,
        help_text=_("It stands in Piggy's dashboard. Admins are reminded two weeks ahead."),
    )

    @property
    def last_day(self) -> date | None:
        """The day, if there is one."""
        day: date | None = self.cleaned_data["expires_on"]
        return day
