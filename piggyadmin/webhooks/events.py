"""What Piggy can tell an address of (docs; the last two were seen in the wild)."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Words

EVENTS: dict[str, Words] = {
    "contact_created": _("A contact was created"),
    "contact_updated": _("A contact was changed"),
    "contact_identifier_created": _("An identifier was created"),
    "credit_reception_created": _("Credits were given"),
    "prepaid_transaction_created": _("A prepaid transaction was made"),
    "voucher_created": _("A voucher was created"),
    "voucher_updated": _("A voucher was changed"),
    "voucher_redeemed": _("A voucher was used"),
    "form_submission_completed": _("A form was filled in"),
    "referral_completed": _("A referral was completed"),
    "reward_updated": _("A reward was changed"),
    "promotion_updated": _("A promotion was changed"),
    "giftcard_transaction_created": _("A gift card transaction was made"),
    "voucher_deleted": _("A voucher was deleted"),
}
# What automations tell: they are made in Piggy's own pages, no call subscribes to it (docs).
AUTOMATION_EVENTS: dict[str, Words] = {
    "booking_created": _("A booking was made"),
    "booking_updated": _("A booking was changed"),
    "visit_created": _("A visit was made"),
    "order_paid": _("An order was paid"),
    "tier_reached": _("A tier was reached"),
    "credit_balance_increased": _("A credit balance went up"),
    "form_submission_approved": _("A form was approved"),
    "form_submission_rejected": _("A form was rejected"),
    "referral_completed_by_contact": _("A contact completed a referral"),
}
KNOWN_EVENTS = EVENTS | AUTOMATION_EVENTS
# The event that says of which attributes it tells.
CONTACT_UPDATED = "contact_updated"
STATUSES: dict[str, Words] = {"ACTIVE": _("Active"), "INACTIVE": _("Switched off")}
