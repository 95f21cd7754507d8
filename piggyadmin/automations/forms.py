"""The fields in which an automation is chosen."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import Choices, listed
from piggyadmin.automations.services import cached_automations
from piggyadmin.contacts.forms import ContactForm
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import ListOrPasteField


def _automations(piggy: PiggyClient) -> Choices:
    found = cached_automations(piggy)
    return [(each.uuid or "", each.name or "") for each in found if each.can_be_run]


class RunAutomationForm(ContactForm):
    """Which automation, and for whom."""

    automation_uuid = ListOrPasteField(
        label=_("Automation"),
        choices=partial(listed, _automations),
        help_text=_("Only those that begin when a customer is changed, and are switched on."),
    )
