"""What the state of a voucher means, in words for somebody who has a customer waiting."""

from datetime import datetime

from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from piggyadmin.ui.states import STATES
from piggyadmin.ui.templatetags.ui import ago
from piggyadmin.vouchers.types import Voucher

# The statuses (docs).
STATUSES = {
    status: STATES[status].label
    for status in ("ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED")
}


def in_words(voucher: Voucher) -> str:
    """Say whether a voucher can be used, and since or until when, as far as Piggy tells."""
    say = _SENTENCES.get(voucher.status or "")
    if say is None:
        return gettext("Piggy calls its state “%(status)s”.") % {"status": voucher.status or "?"}
    return say(voucher)


def uses_in_words(voucher: Voucher) -> str:
    """Say how often a voucher was used and still can be, as far as Piggy tells."""
    total, times = voucher.total_redemptions_allowed, voucher.times_redeemed
    left = voucher.redemptions_remaining
    if total is None or times is None:
        return "" if left is None else gettext("%(left)s left") % {"left": left}
    words = gettext("used %(times)s of %(total)s times") % {"times": times, "total": total}
    if left is None:
        return words
    return gettext("%(used)s, %(left)s left") % {"used": words, "left": left}


def _active(voucher: Voucher) -> str:
    if voucher.expiration_date:
        return gettext("Can be used, until %(when)s") % {"when": _moment(voucher.expiration_date)}
    return gettext("Can be used")


def _redeemed(voucher: Voucher) -> str:
    if voucher.redeemed_at:
        return gettext("Used %(ago)s") % {"ago": ago(voucher.redeemed_at)}
    return gettext("Used already")


def _expired(voucher: Voucher) -> str:
    if voucher.expiration_date:
        return gettext("Expired %(ago)s") % {"ago": ago(voucher.expiration_date)}
    return gettext("Expired")


def _deactivated(_voucher: Voucher) -> str:
    return gettext("Switched off, so it cannot be used")


def _inactive(voucher: Voucher) -> str:
    if voucher.activation_date and voucher.activation_date > timezone.now():
        return gettext("Not usable yet: from %(when)s") % {"when": _moment(voucher.activation_date)}
    return gettext("Not usable yet")


def _locked(voucher: Voucher) -> str:
    """Piggy releases a lock by itself after an hour (docs)."""
    if voucher.lock and voucher.lock.system_release_at:
        return gettext("Locked until %(when)s") % {"when": _clock(voucher.lock.system_release_at)}
    return gettext("Locked: somebody is using it. Piggy releases it within an hour.")


_SENTENCES = {
    "ACTIVE": _active,
    "REDEEMED": _redeemed,
    "EXPIRED": _expired,
    "DEACTIVATED": _deactivated,
    "INACTIVE": _inactive,
    "LOCKED": _locked,
}


def _clock(moment: datetime) -> str:
    """Give the time of day; with the day where that is not today."""
    local = timezone.localtime(moment)
    return date(local, "H:i") if local.date() == timezone.localdate() else _moment(moment)


def _moment(moment: datetime) -> str:
    return date(timezone.localtime(moment), pgettext("date and time", "j M Y H:i"))
