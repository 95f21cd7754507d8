"""The form in which a wrong merge is taken back."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm
from piggyadmin.shops.forms import ShopField
from piggyadmin.ui.forms import CleanCharField


class RepairForm(ActionForm):
    """At which shop the balances are booked, why, and the name of whoever is made anew."""

    shop_uuid = ShopField(help_text=_("What is booked off and on stands there in the reports."))
    confirmation = CleanCharField(label=_("To confirm"), max_length=255)
    agreement = forms.CharField(widget=forms.HiddenInput, required=False)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, confirm_with: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.confirm_with = confirm_with
        words = gettext("For good: type %(words)s.")
        self.fields["confirmation"].help_text = words % {"words": confirm_with}
        self.ask_why()
        self.order_fields(["shop_uuid", "reason", "comment", "confirmation"])

    def clean(self) -> dict[str, Any]:
        """Insist on a reason, and on the word."""
        data = super().clean()
        if "reason" not in self.errors and self.missing_why:
            self.add_error("reason", self.missing_why["reason"])
        typed = str(data.get("confirmation") or "")
        if typed and typed.casefold() != self.confirm_with.casefold():
            self.add_error("confirmation", _("That is something else. Nothing was sent."))
        return data
