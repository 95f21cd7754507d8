"""The list of referrals, and what is given for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts.naming import page_with_names
from piggyadmin.ledger.filters import SubjectField
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.referrals.services import get_referral_settings, list_referrals
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.ui.states import status_choices

STATUSES = ("pending", "completed", "failed")


class ReferralFilter(StatedFilter):
    """Which referrals to show."""

    everything = _("All referrals.")
    narrowed = _("Only these referrals: %(parts)s.")
    contact_uuid = SubjectField(label=_("Brought by"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=lambda: [("", _("Any status")), *status_choices(STATUSES)],
    )


class ReferralList(PiggyPage, FilteredList):
    """Who brought whom."""

    filter_class = ReferralFilter
    list_name = "referrals:list"
    template_name = "referrals/list.html"
    title = _("Referrals")
    intro = _("Which customer brought which, and whether that counts yet.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        form = ReferralFilter(self.query)
        if form.errors:
            return {"form": form, "page": None}
        page = list_referrals(
            piggy,
            referring_contact_uuid=form.values.get("contact_uuid"),
            status=form.values.get("status"),
            page=self.page,
            limit=30,
        )
        named = page_with_names(page, "referring_contact", "referred_contact")
        return {"form": form, "page": named}


class ReferralSettingsPage(PiggyPage):
    """When a referral is completed, and what both customers have of it."""

    template_name = "referrals/settings.html"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read them; they are set up at Piggy."""
        return {"settings": get_referral_settings(piggy)}
