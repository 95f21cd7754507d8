"""A voucher's state in words, for templates."""

from django import template

from piggyadmin.vouchers.types import Voucher
from piggyadmin.vouchers.wording import in_words, uses_in_words

register = template.Library()

# Whether the customer can be helped right now.
_TONES = {"ACTIVE": "success", "LOCKED": "warning", "INACTIVE": "warning"}


@register.filter
def voucher_words(voucher: Voucher) -> str:
    """Say in words whether a voucher can be used, and since or until when."""
    return in_words(voucher)


@register.filter
def voucher_uses(voucher: Voucher) -> str:
    """Say how often a voucher was used and still can be."""
    return uses_in_words(voucher)


@register.filter
def voucher_tone(voucher: Voucher) -> str:
    """Name the tone in which to say it."""
    return _TONES.get(voucher.status or "", "danger")
