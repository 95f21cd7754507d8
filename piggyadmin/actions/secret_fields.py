"""Secrets that are typed into a form to be used once: what is kept of them is asterisks."""

from typing import Any

from django import forms
from pydantic import SecretStr

from piggyadmin.ledger.operations import Stored
from piggyadmin.ui.forms import CleanCharField


class SecretText(Stored):
    """A secret; wherever it is written down, asterisks stand in its place."""

    value: SecretStr

    def uncovered(self) -> str:
        """Give it as it was typed, to be sent to Piggy and nowhere else."""
        return self.value.get_secret_value()


class SecretField(CleanCharField):
    """A secret that is typed once; cleans to what nobody can read by accident, None for none."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off"})

    def clean(self, value: Any) -> SecretText | None:
        """Keep it covered from here on."""
        text = super().clean(value)
        return SecretText(value=SecretStr(text)) if text else None
