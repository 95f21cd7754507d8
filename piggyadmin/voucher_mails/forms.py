"""What is filled in of a mailing: which kind of messages it is, and what its mails say."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.services import cached_subscription_types
from piggyadmin.outgoing_mail import can_mail
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CleanCharField, CleanTextField
from piggyadmin.voucher_mails.models import VoucherMailing
from piggyadmin.voucher_mails.placeholders import PLACES, has_stray_bracket, names_in, unknown_in

LONGEST_SUBJECT, LONGEST_TEXT = 150, 10_000  # characters
TEXTS = ("subject", "text")


def known_places() -> str:
    """Name what can be filled in, as it is written."""
    return ", ".join(f"{{{name}}}" for name in PLACES)


class MailForm(forms.Form):
    """What customers are mailed with their vouchers; without texts there is only a file."""

    template_name = "ui/form.html"

    kind = forms.ChoiceField(
        label=_("Which messages these are"),
        help_text=_("Whoever has unsubscribed from them is not mailed, and left out of the file."),
    )
    subject = CleanCharField(
        label=_("Subject"),
        required=False,
        max_length=LONGEST_SUBJECT,
        help_text=_("Left open together with the text, there is only a file to mail from."),
    )
    text = CleanTextField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        piggy: PiggyClient,
        mailing: VoucherMailing | None,
    ) -> None:
        initial = {name: getattr(mailing, name) for name in ("kind", *TEXTS)} if mailing else {}
        super().__init__(data, initial=initial)
        types = cached_subscription_types(piggy)
        self.names = {each.key: each.name or each.key for each in types if each.key}
        choices = [("", _("Choose…")), *self.names.items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        words = _(
            "Plain text. Filled in for each customer: %(places)s. {first_name|friend} writes "
            "“friend” where no name is known."
        )
        self.fields["text"].help_text = words % {"places": known_places()}
        if not can_mail():
            del self.fields["subject"], self.fields["text"]

    def clean_subject(self) -> str:
        """Refuse places that nothing is known for."""
        return self._with_known_places("subject")

    def clean_text(self) -> str:
        """Refuse places that nothing is known for."""
        return self._with_known_places("text")

    def _with_known_places(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if unknown := unknown_in(text):
            words = gettext("Nothing is known for %(unknown)s. What can be filled in: %(places)s.")
            told = ", ".join(f"{{{each}}}" for each in unknown)
            self.add_error(name, words % {"unknown": told, "places": known_places()})
        elif has_stray_bracket(text):
            self.add_error(name, _("A curly bracket stands alone here: { or }. Take it out."))
        return text

    def clean(self) -> dict[str, Any]:
        """Insist on both texts or none, and on the code in them."""
        data = super().clean() or {}
        if not can_mail() or self.errors:
            return data
        missing = [name for name in TEXTS if not data[name]]
        if len(missing) == 1:
            self.add_error(missing[0], _("Fill in both the subject and the text, or neither."))
        elif not missing and "code" not in names_in(data["subject"] + data["text"]):
            self.add_error("text", _("The code is not in it. Write {code} where it is to stand."))
        return data

    @property
    def texts(self) -> dict[str, str]:
        """What is kept of it."""
        data = self.cleaned_data
        written = {name: data.get(name, "") for name in TEXTS}
        return {"kind": data["kind"], "kind_name": self.names[data["kind"]], **written}
