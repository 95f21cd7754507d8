"""Forms that take a second factor, and forms that add or name one."""

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.adapter import too_many
from piggyadmin.accounts.models import User
from piggyadmin.accounts.throttling import FactorTry, LockedOut
from piggyadmin.factors import authenticators
from piggyadmin.ui.forms import CleanCharField

CODE_INPUT = {
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "inputmode": "numeric",
    "spellcheck": "false",
}
WRONG_CODE = _("This code is not right, or it was used already. An app soon shows the next one.")
MOST_IN_NAME = 50


class PasswordProofForm(ReauthenticateForm):  # type: ignore[misc]
    """allauth's own; each try of a password goes through the adapter, which counts it."""


class FactorProofForm(forms.Form):
    """Takes a second factor; how often that can be tried is counted.

    Attributes:
        authenticator: What was used, once the form is valid.
    """

    authenticator: Authenticator

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def find(self, given: Any) -> Authenticator | None:
        """Find what was used."""
        raise NotImplementedError

    def prove(self, given: Any, wrong: str) -> None:
        """Look whether what is given is right.

        Raises:
            ValidationError: it is not, or was tried too often.
        """
        try:
            attempt = FactorTry(self.user)
        except LockedOut as locked:
            raise too_many(locked) from None
        found = self.find(given)
        if found is None:
            attempt.failed()
            tried = authenticators.of_person(self.user).first()
            authentication_failed.send(type(self), user=self.user, authenticator=tried)
            raise ValidationError(wrong)
        attempt.succeeded()
        found.user = self.user
        self.authenticator = found


class CodeProofForm(FactorProofForm):
    """Takes a code that an app shows, or a recovery code."""

    code = CleanCharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs=CODE_INPUT),
        help_text=_("From your app, or one of your recovery codes."),
    )

    def find(self, given: Any) -> Authenticator | None:
        """Find whose code it is."""
        return authenticators.find_by_code(self.user, given)

    def clean_code(self) -> str:
        """Look whether it is right.

        Raises:
            ValidationError: it is not, or was tried too often.
        """
        code: str = self.cleaned_data["code"]
        self.prove(code, str(WRONG_CODE))
        return code


class PasskeyProofForm(FactorProofForm):
    """Takes what a browser says of a passkey."""

    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def find(self, given: Any) -> Authenticator | None:
        """Find which passkey it was."""
        return authenticators.find_by_passkey(self.user, given)

    def clean(self) -> None:
        """Look whether it is one of this person's.

        Raises:
            ValidationError: it is not, or was tried too often.
        """
        wrong = gettext("That did not work. Try once more, or use another way.")
        self.prove(self.cleaned_data.get("credential"), wrong)


# --- Adding ----------------------------------------------------------------------------------


class AppForm(forms.Form):
    """Takes the first code that an app shows, which says that it was set up.

    Attributes:
        step: Of which step of time it is.
    """

    step: int
    code = CleanCharField(
        label=_("Code that the app shows now"),
        max_length=40,
        widget=forms.TextInput(attrs=CODE_INPUT),
    )

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self) -> str:
        """Look whether it is right.

        Raises:
            ValidationError: it is not.
        """
        code: str = self.cleaned_data["code"]
        step = authenticators.matching_step(self.secret, code)
        if step is None:
            words = _("This is not the code of now. Does the clock of the device go right?")
            raise ValidationError(words)
        self.step = step
        return code


class PasskeyNameForm(forms.Form):
    """What a passkey is called."""

    name = CleanCharField(
        label=_("Name"),
        max_length=MOST_IN_NAME,
        help_text=_("By which you know it again, such as “Phone” or “Key at the till”."),
    )


class NewPasskeyForm(PasskeyNameForm):
    """A passkey that the browser has made."""

    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        """Look whether it was made for what the browser was asked.

        Raises:
            ValidationError: it was not.
        """
        try:
            authenticators.check_made(self.cleaned_data.get("credential"))
        except ValidationError:
            words = _("The passkey was not made. Try once more.")
            raise ValidationError(words) from None
