"""What Piggy can tell an address of."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Words
from piggyadmin.ui.piggy_words import WEBHOOK_EVENTS

EVENTS = WEBHOOK_EVENTS
# The event that says of which attributes it tells.
CONTACT_UPDATED = "contact_updated"
STATUSES: dict[str, Words] = {"ACTIVE": _("Active"), "INACTIVE": _("Switched off")}
