"""The list of automations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.automations.services import list_automations
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.filters import FilteredList, StatedFilter

STATES = {"active": _("Active"), "inactive": _("Switched off")}


class AutomationFilter(StatedFilter):
    """Which automations to show."""

    own_words = frozenset({"status"})

    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *STATES.items()]
    )


class AutomationList(PiggyPage, FilteredList):
    """What happens by itself; automations are made in Piggy's dashboard."""

    template_name = "automations/list.html"
    filter_class = AutomationFilter
    list_name = "automations:list"
    entity = "automations"
    title = _("Automations")
    intro = _("What happens by itself after an event. Automations are made at Piggy.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them; Piggy does not filter."""
        form = AutomationFilter(self.query)
        status = form.values.get("status")
        shown = [each for each in list_automations(piggy) if status in {None, each.status}]
        return {"automations": shown, "form": form, "list_name": self.list_name}
