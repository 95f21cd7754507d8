"""What can be done with a voucher as it is now; and why not, in words for who has a customer."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import find_action
from piggyadmin.ledger.operations import Words
from piggyadmin.ui import stored
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.templatetags.ui import in_words as moment_in_words
from piggyadmin.vouchers import locks
from piggyadmin.vouchers.models import VoucherLock
from piggyadmin.vouchers.types import Voucher
from piggyadmin.vouchers.wording import in_words

# Of these the end can be moved (docs).
EXTENDABLE = {"ACTIVE", "INACTIVE"}
# Left as they are, they could be used beside the one that replaces them.
REPLACEABLE = {"ACTIVE", "INACTIVE"}


def objection(slug: str, voucher: Voucher) -> str:
    """Say why whoever acts cannot do this with a voucher now; empty where they can."""
    ask = OBJECTIONS.get(slug)
    return ask(voucher, _lock_on(voucher)) if ask else ""


def _lock_on(voucher: Voucher) -> VoucherLock | None:
    return locks.held(voucher.uuid or "") if voucher.status == "LOCKED" else None


def who_holds(lock: VoucherLock | None, voucher: Voucher) -> str:
    """Say whose a lock is, and when it ends at the latest."""
    if lock is None:
        until = voucher.lock.system_release_at if voucher.lock else None
        if until is None:
            return gettext(
                "Somebody else holds its lock: a till or a web shop. "
                "Piggy releases it within an hour."
            )
        words = gettext(
            "Somebody else holds its lock: a till or a web shop. "
            "Piggy releases it at %(when)s at the latest."
        )
        return words % {"when": moment_in_words(until)}
    words = gettext(
        "%(name)s holds its lock since %(since)s, and alone can release it. "
        "Piggy does at %(when)s at the latest."
    )
    return words % {
        "name": lock.person_name,
        "since": moment_in_words(lock.locked_at),
        "when": moment_in_words(lock.release_at),
    }


def _cannot_be_used(voucher: Voucher) -> str:
    return f"{in_words(voucher)}."


def _redeeming(voucher: Voucher, lock: VoucherLock | None) -> str:
    if voucher.status == "LOCKED":
        return "" if lock and locks.is_own(lock) else who_holds(lock, voucher)
    return "" if voucher.status == "ACTIVE" else _cannot_be_used(voucher)


def _locking(voucher: Voucher, lock: VoucherLock | None) -> str:
    if lock and locks.is_own(lock):
        return gettext("You hold its lock already.")
    return _redeeming(voucher, lock)


def _releasing(voucher: Voucher, lock: VoucherLock | None) -> str:
    if voucher.status != "LOCKED":
        return gettext("It is not locked.")
    return "" if lock and locks.is_own(lock) else who_holds(lock, voucher)


def _deactivating(voucher: Voucher, lock: VoucherLock | None) -> str:
    if voucher.status == "DEACTIVATED":
        return gettext("It is switched off already.")
    if voucher.status == "LOCKED":
        return "" if lock and locks.is_own(lock) else who_holds(lock, voucher)
    return "" if voucher.status in REPLACEABLE else gettext("It cannot be used anyway.")


def _activating(voucher: Voucher, _lock: VoucherLock | None) -> str:
    return "" if voucher.status == "DEACTIVATED" else gettext("It is not switched off.")


def _extending(voucher: Voucher, _lock: VoucherLock | None) -> str:
    if voucher.status in EXTENDABLE:
        return ""
    return gettext(
        "Piggy moves the end only of vouchers that can be used now or later. "
        "Issue a replacement instead."
    )


def _reversing(voucher: Voucher, _lock: VoucherLock | None) -> str:
    return "" if uses(voucher) else gettext("It was never used, so there is nothing to take back.")


def _replacing(voucher: Voucher, lock: VoucherLock | None) -> str:
    if voucher.promotion is None or not voucher.promotion.uuid:
        return gettext("Piggy does not tell of which promotion it is.")
    if voucher.status == "LOCKED":
        return "" if lock and locks.is_own(lock) else who_holds(lock, voucher)
    return ""


def uses(voucher: Voucher) -> int:
    """Count how often a voucher was used, as far as Piggy tells; what was taken back is none."""
    if voucher.times_redeemed is not None:
        return voucher.times_redeemed
    return int(bool(voucher.redeemed_at or voucher.is_redeemed))


# What can be done with many vouchers in one go.
FOR_MANY = (
    *("redeem-voucher", "lock-voucher", "release-voucher"),
    *("extend-voucher", "deactivate-voucher", "activate-voucher"),
)


def for_many(voucher: Voucher) -> list[str]:
    """Give the slugs of these that its state allows."""
    lock = _lock_on(voucher)
    return [slug for slug in FOR_MANY if not OBJECTIONS[slug](voucher, lock)]


class OfferedStep(NamedTuple):
    """Something that may be done with a voucher: where, or why not now."""

    label: Words
    icon: str
    url: str
    objection: str = ""
    # What most people have looked the voucher up for.
    is_main: bool = False


# What is offered, the most likely first; of two that take each other back, the one that can be.
OFFERED = (
    *("redeem-voucher", "validate-voucher", "reverse-voucher-redemption"),
    *("lock-voucher", "release-voucher", "extend-voucher"),
    *("deactivate-voucher", "activate-voucher", "replace-voucher"),
)
ONLY_WHILE = {"release-voucher": "LOCKED", "activate-voucher": "DEACTIVATED"}
NOT_WHILE = {"lock-voucher": "LOCKED", "deactivate-voucher": "DEACTIVATED"}


def offered_steps(voucher: Voucher, request: HttpRequest) -> list[OfferedStep]:
    """Give all that a person may do with a voucher, with what is in the way of it now."""
    steps = []
    for slug in OFFERED:
        action = find_action(slug)
        is_allowed = action is not None and action.is_allowed_for(signed_in(request))
        if action and is_allowed and _makes_sense(slug, voucher.status):
            url = address_of(action, voucher, request)
            words = objection(slug, voucher)
            is_main = slug == OFFERED[0]
            steps.append(OfferedStep(action.button, action.icon, url, words, is_main))
            if slug == "replace-voucher" and _is_nobodys(voucher) and not words:
                steps.append(OfferedStep(_("Give it to a customer"), "gift", url))
    return steps


def _makes_sense(slug: str, status: str | None) -> bool:
    return ONLY_WHILE.get(slug, status) == status and NOT_WHILE.get(slug) != status


def _is_nobodys(voucher: Voucher) -> bool:
    return voucher.contact is None and voucher.status in REPLACEABLE


def address_of(action: Action[Any, Any], voucher: Voucher, request: HttpRequest) -> str:
    """Give the address of an action with the voucher filled in, whose code does not stand in it.

    All steps of a voucher share what is kept for them.
    """
    filled = QueryDict(mutable=True)
    filled["code"] = voucher.code or ""
    filled["contact_uuid"] = (voucher.contact and voucher.contact.uuid) or ""
    return stored.address(request, action.url, filled, FILLED_IN)


FILLED_IN = {"code": forms.CharField(), "contact_uuid": forms.CharField()}

OBJECTIONS: dict[str, Callable[[Voucher, VoucherLock | None], str]] = {
    "redeem-voucher": _redeeming,
    "lock-voucher": _locking,
    "release-voucher": _releasing,
    "reverse-voucher-redemption": _reversing,
    "deactivate-voucher": _deactivating,
    "activate-voucher": _activating,
    "extend-voucher": _extending,
    "replace-voucher": _replacing,
}
