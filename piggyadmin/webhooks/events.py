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
# The event that says of which attributes it tells.
CONTACT_UPDATED = "contact_updated"
STATUSES: dict[str, Words] = {"ACTIVE": _("Active"), "INACTIVE": _("Switched off")}
