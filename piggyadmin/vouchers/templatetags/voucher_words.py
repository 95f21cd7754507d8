"""A voucher's state in words, for templates."""

from typing import Any

from django import template
from django.template import Context

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ui.states import state_of
from piggyadmin.vouchers import locks
from piggyadmin.vouchers.steps import OfferedStep, address_of, offered_steps, who_holds
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


@register.filter
def voucher_icon(voucher: Voucher) -> str:
    """Name the icon of its state."""
    return state_of(voucher.status or "").icon or "circle-question-mark"


@register.filter
def lock_words(voucher: Voucher) -> str:
    """Say who holds the lock of a voucher; nothing where it is not locked."""
    if voucher.status != "LOCKED":
        return ""
    lock = locks.held(voucher.uuid or "")
    return "" if lock and locks.is_own(lock) else who_holds(lock, voucher)


@register.simple_tag(takes_context=True)
def step_url(context: Context, slug: str, voucher: Voucher) -> str:
    """Give the address of an action with the voucher filled in; nothing for who may not do it."""
    action, request = get_action(slug), context["request"]
    is_allowed = action.is_allowed_for(request.user) and voucher.code
    return address_of(action, voucher, request) if is_allowed else ""


@register.inclusion_tag("vouchers/_steps.html", takes_context=True)
def voucher_steps(context: Context, voucher: Voucher) -> dict[str, Any]:
    """Offer what can be done with a voucher, and say why the rest cannot."""
    steps = offered_steps(voucher, context["request"])
    reasons: dict[str, list[OfferedStep]] = {}
    for step in steps:
        reasons.setdefault(step.objection, []).append(step)
    return {"possible": reasons.pop("", []), "impossible": reasons.items()}


@register.filter
def batch_reference(entry: Entry) -> str:
    """Give the reference that all vouchers of a batch carry; empty where they carry none."""
    return own_reference.written(entry) or ""
