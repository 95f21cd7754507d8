"""Forms that take a PIN, and the one that chooses it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts import pins
from piggyadmin.accounts.adapter import too_many
from piggyadmin.accounts.models import User
from piggyadmin.accounts.throttling import LockedOut

_FIGURES = "0123456789"
# Runs of figures that are tried first.
_RUNS = (_FIGURES * 2, _FIGURES[::-1] * 2)


class PinField(forms.CharField):
    """A PIN, which nobody can read on the screen."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "inputmode": "numeric"}
        super().__init__(max_length=pins.LONGEST, widget=forms.PasswordInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Insist on figures.

        Raises:
            ValidationError: there are others, or too few.
        """
        figures = str(super().clean(value))
        if not (figures.isascii() and figures.isdecimal()) or len(figures) < pins.SHORTEST:
            words = _("Six figures or more, and nothing else.")
            raise ValidationError(words)
        return figures


class NewPinForm(forms.Form):
    """A PIN, twice: nobody sees what they type."""

    template_name = "ui/form.html"

    pin = PinField(
        label=_("PIN"),
        help_text=_("Six to twelve figures, which nobody would guess: no date, and no row."),
    )
    again = PinField(label=_("The same once more"))

    def clean_pin(self) -> str:
        """Refuse what is tried first.

        Raises:
            ValidationError: it is that.
        """
        figures: str = self.cleaned_data["pin"]
        if len(set(figures)) <= 2 or any(figures in run for run in _RUNS):  # noqa: PLR2004  (12 12 12)
            raise ValidationError(_("This is one of those that are tried first. Choose another."))
        return figures

    def clean(self) -> None:
        """Insist on the same twice."""
        pin, again = self.cleaned_data.get("pin"), self.cleaned_data.get("again")
        if pin and again and pin != again:
            self.add_error("again", _("This is not the same."))


class SwitchForm(forms.Form):
    """Who goes on, and their PIN."""

    template_name = "ui/form.html"

    person = forms.TypedChoiceField(label=_("Who are you?"), coerce=int, widget=forms.RadioSelect)
    pin = PinField(label=_("PIN"))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {each.pk: each for each in people}
        choices = [(each.pk, each.name) for each in people]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Look whether it is right.

        Raises:
            ValidationError: it is not, or was tried too often.
        """
        if self.errors:
            return
        person = self.people[self.cleaned_data["person"]]
        try:
            is_right = pins.is_right(person, self.cleaned_data["pin"])
        except LockedOut as locked:
            raise too_many(locked) from None
        if not is_right:
            words = _("This PIN is not right. After five wrong ones it takes the password.")
            self.add_error("pin", words)

    @property
    def chosen(self) -> User:
        """Who goes on."""
        return self.people[self.cleaned_data["person"]]
