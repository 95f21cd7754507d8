"""Forms of the set-up."""

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.setup.codes import is_valid
from piggyadmin.ui.forms import CleanCharField


class SetupCodeForm(forms.Form):
    """The code that the console printed."""

    code = CleanCharField(
        label=_("Code"),
        max_length=100,
        help_text=_("It stands where the console was started, in its first lines."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Look whether it is the one that holds.

        Raises:
            ValidationError: it is not.
        """
        code: str = self.cleaned_data["code"]
        if not is_valid(code):
            raise ValidationError(
                gettext(
                    "This code does not hold. Each start prints a new one, which holds for a day."
                )
            )
        return code


class FirstPersonForm(UserCreationForm[User]):
    """Who is the first to sign in, with all rights."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
