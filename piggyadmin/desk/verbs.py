"""What stands large on the desk: what somebody does most, and what their role usually does."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.ledger.models import EntryStatus

MOST_VERBS = 4
# Whoever got another job finds it on the desk after some weeks.
LOOKED_BACK_DAYS = 60
# What each role usually does, until the ledger knows better.
USUAL = {
    Role.SUPPORT: (
        "find-voucher-by-code",
        "get-contact-credit-balance",
        "find-giftcard",
        "find-order",
    ),
    Role.STAFF: (
        "create-credit-reception",
        "find-voucher-by-code",
        "create-booking",
        "update-contact",
    ),
    Role.ADMIN: (
        "create-credit-reception",
        "create-vouchers-batch",
        "update-contact",
        "merge-contacts",
    ),
}
_ORDER = list(Role)


def verbs_of(person: User, allowed: Mapping[str, Action[Any, Any]]) -> list[Action[Any, Any]]:
    """Give what somebody does most of what they may do, and what is usual beside it."""
    slugs = dict.fromkeys([*_most_done(person), *_usual(allowed.values()), *allowed])
    return [allowed[slug] for slug in slugs if slug in allowed][:MOST_VERBS]


def _most_done(person: User) -> list[str]:
    """List what somebody asked for most often lately; the steps of a whole are not their doing."""
    since = timezone.now() - timedelta(days=LOOKED_BACK_DAYS)
    own = EntryStatus.objects.filter(person_id=person.pk, asked_at__gte=since, part_of=None)
    counted = own.order_by().values("action").annotate(number=Count("pk"))
    often = counted.order_by("-number", "action").values_list("action", flat=True)
    return list(often[: MOST_VERBS * 2])


def _usual(allowed: Iterable[Action[Any, Any]]) -> tuple[str, ...]:
    """Give what is usual for the highest role whose actions somebody has."""
    roles = [action.role for action in allowed]
    highest = max(roles, key=_ORDER.index, default=Role.SUPPORT)
    return USUAL.get(highest, ())
