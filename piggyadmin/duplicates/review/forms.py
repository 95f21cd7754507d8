"""Forms of the duplicates' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, JustifiedForm
from piggyadmin.contacts.forms import ContactField
from piggyadmin.ui.forms import CleanTextField

# A filter in an address is never longer.
LONGEST_FILTER = 1000
LONGEST_COMMENT = 1000


class PairDecisionForm(forms.Form):
    """What a person says of a pair; the button that is pressed is the decision."""

    template_name = "ui/form.html"

    comment = CleanTextField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with your name and the decision."),
    )
    # Of which data the page spoke, and with which filter the queue goes on.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    kept = forms.CharField(required=False, max_length=LONGEST_FILTER, widget=forms.HiddenInput)


class BatchForm(JustifiedForm):
    """Why many pairs are decided at once; the button that is pressed is the decision."""

    # The pairs, each with a mark of the data that were shown (`batches.token`).
    pairs = forms.CharField(widget=forms.HiddenInput)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    kept = forms.CharField(required=False, max_length=LONGEST_FILTER, widget=forms.HiddenInput)


class CompareForm(ActionForm):
    """Any two contacts, to be looked at side by side."""

    first = ContactField(label=_("One customer"))
    second = ContactField(label=_("The other customer"))

    def clean(self) -> dict[str, Any]:
        """Refuse to compare a contact with itself."""
        data = super().clean()
        if self.errors or self.failure:
            return data
        if data["first"].uuid == data["second"].uuid:
            self.add_error("second", gettext("This is the same customer."))
        return data
