"""Codes that Piggy answers with, in a shop's words: events, and over what something came."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What webhooks tell of (docs; the last two were seen in the wild).
WEBHOOK_EVENTS: dict[str, "str | _StrPromise"] = {
    "contact_created": _("A customer was created"),
    "contact_updated": _("A customer was changed"),
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
# What else automations begin with (docs).
AUTOMATION_EVENTS: dict[str, "str | _StrPromise"] = {
    "birthday": _("A birthday"),
    "booking_created": _("A booking was made"),
    "booking_updated": _("A booking was changed"),
    "credit_balance_increased": _("The credits became more"),
    "form_submission_approved": _("A form was approved"),
    "form_submission_rejected": _("A form was turned down"),
    "order_paid": _("An order was paid"),
    "referral_completed_by_contact": _("A customer brought somebody along"),
    "tier_reached": _("A tier was reached"),
    "visit_created": _("A visit was noted"),
}
# Over what something came (docs and SDK).
_CHANNELS: dict[str, "str | _StrPromise"] = {
    "API": pgettext_lazy("channel", "the API"),
    "AUTOMATIONS": pgettext_lazy("channel", "an automation"),
    "BUSINESS_APP": pgettext_lazy("channel", "the shop's app"),
    "BUSINESS_DASHBOARD": pgettext_lazy("channel", "Piggy's dashboard"),
    "CUSTOMER_APP": pgettext_lazy("channel", "the customer's app"),
    "CUSTOM_APP": pgettext_lazy("channel", "an app of the shop's own"),
    "FORMS": pgettext_lazy("channel", "a form"),
    "IMPORT": pgettext_lazy("channel", "an import"),
    "MERGE": pgettext_lazy("channel", "a merge"),
    "OAUTH_API": pgettext_lazy("channel", "the API"),
    "PORTAL_SESSION": pgettext_lazy("channel", "the screen at the till"),
    "REFERRAL": pgettext_lazy("channel", "a referral"),
    "REGISTER_API": pgettext_lazy("channel", "the till"),
    "SUBSCRIPTION_TYPE": pgettext_lazy("channel", "a subscription"),
    "WEBSHOP_API": pgettext_lazy("channel", "the web shop"),
    "WEBSITE_FORM": pgettext_lazy("channel", "a form on the website"),
    "WIDGET": pgettext_lazy("channel", "a part of the website"),
}
_WORDS = {
    **WEBHOOK_EVENTS,
    **AUTOMATION_EVENTS,
    **_CHANNELS,
    "ROUNDED": pgettext_lazy("corners", "Rounded"),
}


def in_shop_words(code: str) -> str:
    """Say what a code of Piggy's means; one that is not known is at least made readable."""
    return str(_WORDS.get(code) or code.replace("_", " ").lower())
