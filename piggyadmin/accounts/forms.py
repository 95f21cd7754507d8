"""Forms that ask for a password; each try goes through the adapter, which counts it."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.LoginForm):  # type: ignore[misc]
    """allauth's own, with a name that a phone leaves as it is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks_nothing = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
        self.fields["login"].widget.attrs |= asks_nothing


class ChangePasswordForm(forms.ChangePasswordForm):  # type: ignore[misc]
    """allauth's own, in which the present password cannot be tried without end."""

    def clean_oldpassword(self) -> str:
        """Look whether it is right.

        Raises:
            ValidationError: it is not, or was tried too often.
        """
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password

    def clean_password1(self) -> str:
        """Refuse the present one.

        Raises:
            ValidationError: it is.
        """
        password: str = self.cleaned_data["password1"]
        if password == self.cleaned_data.get("oldpassword"):
            raise ValidationError(_("This is the present one. Choose another."))
        return password
