"""Forms of the lists and dates that can be changed in the browser."""

from datetime import date

from django import forms
from django.utils.translation import gettext
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


class PiggyTokenForm(forms.Form):
    """Another token for Piggy, and until when it may be used."""

    # So named that it is never kept with what was typed: see `accounts/drafts.py`.
    secret = CleanCharField(
        label=_("New token"),
        max_length=4000,
        help_text=_("A personal access token, made in Piggy's dashboard. It is never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    expires_on: "forms.Field" = DayField(
        kind=VALIDITY,
        label=_("Last day of the token"),
        required=False,
        help_text=_("It stands in Piggy's dashboard. Admins are reminded two weeks ahead."),
    )

    def clean_secret(self) -> str:
        """Insist on what can stand in a header of HTTP.

        Raises:
            ValidationError: it cannot, so it is no token.
        """
        token: str = self.cleaned_data["secret"]
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise forms.ValidationError(
                gettext("A token has letters, digits and signs, and no spaces.")
            )
        return token


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
