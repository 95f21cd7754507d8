"""What was done through this console today, in figures; of one shop where one was chosen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Any, NamedTuple

from django.db.models import Count, FloatField, Sum
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import actions
from piggyadmin.json_lookups import TextInJSON
from piggyadmin.ledger.models import HAPPENED, EntryStatus
from piggyadmin.ledger.operations import Words
from piggyadmin.ui import cookies

_COOKIE = "desk-shop"
SHOP = "shop_uuid"


class DayFigure(NamedTuple):
    """One figure: which actions it counts, and what of them where it is not their number."""

    label: Words
    icon: str
    counts: Callable[[str], bool]
    # What of an entry is added up: its own number, or what was asked or shown before.
    of: str = "number"


def _is_redeeming(slug: str) -> bool:
    return "redeem" in slug and "voucher" in slug and "reverse" not in slug


def _is_making_vouchers(slug: str) -> bool:
    return slug.startswith("create-voucher")


FIGURES = (
    DayFigure(_("Credits given"), "coins", "create-credit-reception".__eq__, "gives"),
    DayFigure(_("Vouchers used"), "ticket-check", _is_redeeming),
    DayFigure(_("Vouchers made"), "ticket-plus", _is_making_vouchers, "quantity"),
    DayFigure(_("Bookings made"), "calendar-plus", "create-booking".__eq__),
    DayFigure(_("Customers merged"), "merge", "merge-contacts".__eq__),
)


class DayNumber(NamedTuple):
    """A figure of today, as the desk shows it."""

    label: Words
    icon: str
    number: int


def own_shop(request: HttpRequest) -> str:
    """Give the UUID of the shop that somebody chose in this browser; empty for all shops."""
    return cookies.kept(request, cookies.own_cookie(request, _COOKIE))


def shop_cookie(request: HttpRequest) -> str:
    """Name the cookie in which the chosen shop is remembered."""
    return cookies.own_cookie(request, _COOKIE)


def figures(shop_uuid: str = "") -> list[DayNumber]:
    """Count what was done since midnight, by the ledger of this console.

    What is done in no shop in particular is left out where one is asked for.
    """
    slugs = [
        each.slug for each in actions() if not shop_uuid or SHOP in each.form_class.base_fields
    ]
    counted = {slug for slug in slugs if any(figure.counts(slug) for figure in FIGURES)}
    sums = _sums(counted, shop_uuid)
    return [
        DayNumber(figure.label, figure.icon, _total(figure, sums))
        for figure in FIGURES
        if any(map(figure.counts, counted))
    ]


def _sums(slugs: Iterable[str], shop_uuid: str) -> list[Mapping[str, Any]]:
    """Add up by action, in one query."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    done = EntryStatus.objects.filter(
        asked_at__gte=midnight, action__in=sorted(slugs), state__in=HAPPENED
    )
    if shop_uuid:
        done = done.filter(entry__data__shop_uuid=shop_uuid)
    return list(
        done.order_by()
        .values("action")
        .annotate(
            number=Count("pk"),
            gives=_sum_of("gives", "entry__preview"),
            quantity=_sum_of("quantity", "entry__data"),
        )
    )


def _sum_of(key: str, within: str) -> Sum:
    """Add up a figure that stands in JSON; what has none there adds nothing."""
    return Sum(Cast(TextInJSON(within, key), FloatField()))


def _total(figure: DayFigure, sums: Iterable[Mapping[str, Any]]) -> int:
    """Add up what a figure counts; what says no quantity is one each."""
    return sum(
        int(each["number"] if each[figure.of] is None else each[figure.of])
        for each in sums
        if figure.counts(each["action"])
    )
