"""What is filled in of a visit."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, refuse_end_before
from piggyadmin.ledger.operations import Words
from piggyadmin.ui.dates import BOOKING, MomentField
from piggyadmin.ui.forms import CleanCharField, CodeField

# What can be changed, named as in the API; contact and shop cannot.
LABELS: dict[str, Words] = {
    "starts_at": _("Came at"),
    "ends_at": _("Left at"),
    "external_id": _("Number in your own system"),
    "source": _("Source"),
}
CHANGEABLE = tuple(LABELS)
# Most visits are noted afterwards, however long ago they were.
VISIT = BOOKING._replace(usual_back=None, usual_ahead=None)


class VisitForm(ActionForm):
    """Which visit."""

    visit_uuid = CodeField(
        label=_("UUID of the visit"),
        help_text=_("Each visit of the list has a page of its own, from which it is changed too."),
    )


class VisitDetailsForm(ActionForm):
    """What a visit holds and may change."""

    folded = ("ends_at", "external_id", "source")

    starts_at = MomentField(kind=VISIT, label=LABELS["starts_at"], required=False)
    ends_at = MomentField(kind=VISIT, label=LABELS["ends_at"], required=False)
    external_id = CodeField(
        label=LABELS["external_id"],
        required=False,
        help_text=_("Each number counts once. Left open, the console gives one of its own."),
    )
    source = CleanCharField(
        label=LABELS["source"], required=False, help_text=_("Where it was noted.")
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start; ask about a visit that is still to come."""
        data = super().clean()
        start = data.get("starts_at")
        if not (self.is_untouched("starts_at") and self.is_untouched("ends_at")):
            refuse_end_before(self, "starts_at", "ends_at")
        if start and not self.is_untouched("starts_at") and start > timezone.now():
            self.ask_about("starts_at", gettext("This is still to come."))
        return data
