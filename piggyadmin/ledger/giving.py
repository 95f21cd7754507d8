"""Who moved how much: credits and vouchers by person, action and shop, month by month.

Each action says where its entries tell an amount (`Operation.credits_moved`); one query adds up all
of them, in the months that are asked for and those that these are compared with.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    FloatField,
    IntegerField,
    Max,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.json_lookups import TextInJSON
from piggyadmin.ledger.models import HAPPENED, EntryStatus
from piggyadmin.ledger.operations import Operation, Quantity, Words, find_operation, operations
from piggyadmin.ledger.subjects import directory
from piggyadmin.ui.filters import beginning

# A figure is unusual that is more than so many times the middle one of what is like it: the same
# action, by whomever and wherever, in that month and in so many before it. Fewer tell nothing.
TIMES, MONTHS_BEFORE, FEWEST = 3, 3, 5
FIGURES = ("times", "given", "taken", "vouchers")


class Giving(NamedTuple):
    """What one person did with one action in one shop in a month.

    Attributes:
        month: Its first day.
        person_id: Who did it.
        action: The slug of the action.
        shop_uuid: Where; empty where the action has no shop.
        times: How often.
        given: So many credits were given.
        taken: So many credits were taken or spent.
        vouchers: So many vouchers were made or used, or changed.
        person: What they are called.
        label: What the action is called.
        shop: What the shop is called.
        unusual: Which of the figures are.
    """

    month: date
    person_id: int
    action: str
    shop_uuid: str
    times: int
    given: int
    taken: int
    vouchers: int
    person: str = ""
    label: Words = ""
    shop: str = ""
    unusual: frozenset[str] = frozenset()

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return month_after(self.month) - timedelta(days=1)


def moving_operations() -> list[Operation[Any, Any]]:
    """Give the operations whose entries move credits or vouchers."""
    return [each for each in operations() if each.credits_moved or each.vouchers_moved]


# --- Months ----------------------------------------------------------------------------------


def this_month() -> date:
    """Give the first day of the month that it is."""
    return timezone.localdate().replace(day=1)


def month_after(month: date, by: int = 1) -> date:
    """Give the first day of the month so many months later; earlier, where it is negative."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """Give the months from one to another one, both included."""
    while first <= last:
        yield first
        first = month_after(first)


def known_months() -> list[date]:
    """Give all months since the ledger began, the newest first; this one in any case."""
    oldest = EntryStatus.objects.order_by("asked_at").values_list("asked_at", flat=True).first()
    begun = timezone.localtime(oldest).date().replace(day=1) if oldest else this_month()
    return [*months(begun, this_month())][::-1] or [this_month()]


# --- What was moved --------------------------------------------------------------------------


def givings(first: date, last: date, **only: Any) -> list[Giving]:
    """Add up the months from one to another one, both included.

    Args:
        first: The first day of the first month.
        last: The first day of the last month.
        **only: What has to be so of an entry's status, such as its `action`.
    """
    sums = _sums(month_after(first, -MONTHS_BEFORE), last)
    usual = _usual(sums)
    people = {each.pk: each.name for each in User.objects.all()}
    things = directory().things()
    return [
        _told(giving, usual, people, things)
        for giving in sums
        if giving.month >= first
        and all(getattr(giving, name) == value for name, value in only.items())
    ]


def _told(
    giving: Giving,
    usual: Mapping[tuple[str, date], Mapping[str, float]],
    people: Mapping[int, str],
    things: Mapping[str, str],
) -> Giving:
    """Say of whom, what and where it is, and what of it is unusual."""
    most = usual[giving.action, giving.month]
    operation = find_operation(giving.action)
    return giving._replace(
        person=people.get(giving.person_id, ""),
        label=operation.label if operation else giving.action,
        shop=things.get(giving.shop_uuid) or giving.shop or giving.shop_uuid,
        unusual=frozenset(name for name in most if getattr(giving, name) > most[name]),
    )


def _usual(sums: Iterable[Giving]) -> Mapping[tuple[str, date], Mapping[str, float]]:
    """Give above what a figure of an action is unusual in a month, where that can be told."""
    alike: dict[tuple[str, date], list[Giving]] = defaultdict(list)
    for giving in sums:
        for month in months(giving.month, month_after(giving.month, MONTHS_BEFORE)):
            alike[giving.action, month].append(giving)
    return {of: _most(several) for of, several in alike.items()}


def _most(several: Iterable[Giving]) -> Mapping[str, float]:
    figures = {name: [getattr(each, name) for each in several] for name in FIGURES}
    known = {name: [*filter(None, numbers)] for name, numbers in figures.items()}
    return {name: TIMES * median(some) for name, some in known.items() if len(some) >= FEWEST}


def _sums(first: date, last: date) -> list[Giving]:
    """Add up what was done, in one query."""
    every = [*months(first, last)]
    shop = [_told_in(within, "shop_uuid") for within in ("data", "preview")]
    rows = (
        _done(first, last)
        .annotate(
            place=_place_of(every),
            shop=Coalesce(*shop, Value(""), output_field=TextField()),
            credits=_amount("credits_moved"),
            moved=_amount("vouchers_moved"),
        )
        .values_list("place", "person_id", "action", "shop")
        .annotate(
            times=Count("pk"),
            # Each mention of an amount reads it anew, so that it is not filtered by itself too.
            given=Sum(Greatest("credits", Value(0.0))),
            taken=-Sum(Least("credits", Value(0.0))),
            vouchers=Sum("moved"),
            shop_name=Max(_told_in("preview", "shop_name")),
        )
    )
    return [_giving(every[place], *row) for place, *row in rows]


def _giving(month: date, *row: Any) -> Giving:
    """Make one of what the query says, where a sum of nothing is none."""
    person, action, shop_uuid, times, given, taken, vouchers, shop = row
    sums = (int(given or 0), int(taken or 0), int(vouchers or 0))
    return Giving(month, person, action, shop_uuid, times, *sums, shop=shop or "")


def _done(first: date, last: date) -> QuerySet[EntryStatus]:
    """Select what was done in these months by the actions that move something."""
    moving = [each.slug for each in moving_operations()]
    span = {"asked_at__gte": beginning(first), "asked_at__lt": beginning(month_after(last))}
    return EntryStatus.objects.order_by().filter(action__in=moving, state__in=HAPPENED, **span)


def _place_of(every: list[date]) -> Case:
    """Give which of the months it was, counted from the first."""
    ends = [
        When(asked_at__lt=beginning(month_after(month)), then=Value(place))
        for place, month in enumerate(every)
    ]
    return Case(*ends, output_field=IntegerField())


def _amount(name: str) -> Case:
    """Give how much an entry moved, by what its action says of that."""
    alike: dict[Quantity, list[str]] = defaultdict(list)
    for each in operations():
        if quantity := getattr(each, name):
            alike[quantity].append(each.slug)
    whens = [When(action__in=slugs, then=_of(quantity)) for quantity, slugs in alike.items()]
    return Case(*whens, output_field=FloatField())


def _told_in(within: str, key: str) -> TextInJSON:
    return TextInJSON(f"entry__{within}", key)


def _of(quantity: Quantity) -> Combinable:
    places = [place.partition(".") for place in quantity.places]
    read: list[Combinable] = [
        Cast(_told_in(within, key), FloatField()) for within, _dot, key in places
    ]
    if quantity.otherwise:  # where it is nothing, a sum leaves out what says no number
        read.append(Value(float(quantity.otherwise)))
    amount = Coalesce(*read) if len(read) > 1 else read[0]
    return amount if quantity.sign > 0 else -amount
