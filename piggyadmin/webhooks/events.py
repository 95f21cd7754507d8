"""What Piggy can tell an address of."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Words
from piggyadmin.ui.piggy_words import AUTOMATION_EVENTS, WEBHOOK_EVENTS

EVENTS = WEBHOOK_EVENTS
# What automations tell is made in Piggy's own pages: no call subscribes to it (docs).
KNOWN_EVENTS = EVENTS | AUTOMATION_EVENTS
# The event that says of which attributes it tells.
CONTACT_UPDATED = "contact_updated"
STATUSES: dict[str, Words] = {"ACTIVE": _("Active"), "INACTIVE": _("Switched off")}
