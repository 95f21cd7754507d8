"""Referrals: who brought whom, and what is given for it."""

from piggyadmin.sandbox import serializers
from piggyadmin.sandbox.models import Referral
from piggyadmin.sandbox.responses import Reply, Slice
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

STATUSES = ("pending", "completed", "failed")

# As it was set up in Piggy's dashboard; no call changes it.
SETTINGS = {
    "completion_event": {"type": "contact_created", "data": []},
    "limit_per_contact": 10,
    "referred_contact_incentive": {"type": "credits", "data": {"credits": 10}},
    "referring_contact_incentive": {"type": "credits", "data": {"credits": 25}},
}


@route("GET", "referrals")
def list_referrals(given: Given) -> Reply:
    """List referrals, the newest first; page and limit are heeded, but no `meta` tells of them."""
    part = Slice.read(given, default=30)
    wanted = {
        "referring_contact__uuid": given.optional_text("referring_contact_uuid"),
        "status": given.optional_choice("status", STATUSES),
    }
    given.check()
    rows = Referral.objects.filter(**{name: value for name, value in wanted.items() if value})
    shown = Referral.objects.select_related("referring_contact", "referred_contact")
    return Reply([serializers.referral(row) for row in part.of(rows, shown).rows])


@route("GET", "referrals/settings")
def get_referral_settings(given: Given) -> Reply:  # noqa: ARG001
    """Tell when a referral is completed, and what both contacts have for it."""
    return Reply(SETTINGS)
