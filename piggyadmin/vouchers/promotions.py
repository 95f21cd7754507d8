"""What is told of a promotion: its vouchers, the room that is left, and its days in a chart."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.types import every_item
from piggyadmin.ui.chart import HEIGHT, WIDTH, Bar, bars
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import Voucher

# How many vouchers come with one call, where all are wanted.
VOUCHERS_PAGE = 500
# So many of these calls tell what the chart is drawn of: no page waits for more.
DRAWN_PAGES = 4
CHART_DAYS = 30
# The scale goes at least so far, so that a quiet month does not look wild.
LEAST = 5


# --- Its vouchers ----------------------------------------------------------------------------


def every_voucher(
    piggy: PiggyClient, promotion_uuid: str, status: str | None = None
) -> Iterator[Voucher]:
    """Go through a promotion's vouchers, each once, a call for every 500; Piggy may give others'.

    One that comes in between two pages pushes another one onto the next page once more.

    Raises:
        PiggyError: as the services do.
    """
    seen: set[str | None] = set()
    read = partial(
        services.list_vouchers,
        piggy,
        promotion_uuid=promotion_uuid,
        status=status,
        limit=VOUCHERS_PAGE,
    )
    for voucher in every_item(lambda page: read(page=page)):
        if voucher.uuid not in seen and is_of(voucher, promotion_uuid):
            yield voucher
        seen.add(voucher.uuid)


def is_of(voucher: Voucher, promotion_uuid: str) -> bool:
    """Tell whether a voucher was made of this promotion."""
    return bool(voucher.promotion and voucher.promotion.uuid == promotion_uuid)


def of_batch(vouchers: Iterable[Voucher], reference: str | None) -> Iterator[Voucher]:
    """Give those that carry the reference of a batch; all of them where no batch is meant."""
    return (each for each in vouchers if reference in {None, each.console_reference})


@dataclass(frozen=True)
class DrawnVouchers:
    """The vouchers that a chart is drawn of, and how many Piggy lists where it tells."""

    vouchers: list[Voucher]
    listed: int | None
    is_all: bool


def drawn_vouchers(piggy: PiggyClient, promotion_uuid: str) -> DrawnVouchers:
    """Read the first 2,000 vouchers that Piggy lists: 500 of them, then the others side by side.

    Raises:
        PiggyError: as the services do.
    """
    read = partial(
        services.list_vouchers, piggy, promotion_uuid=promotion_uuid, limit=VOUCHERS_PAGE
    )
    pages = [read(page=1)]
    if pages[0].has_more:
        last = min(pages[0].last_page or DRAWN_PAGES, DRAWN_PAGES)
        pages += gather(*(partial(read, page=number) for number in range(2, last + 1)))
    found = {each.uuid: each for page in pages for each in page.items}
    vouchers = [each for each in found.values() if is_of(each, promotion_uuid)]
    return DrawnVouchers(vouchers, listed=pages[0].total, is_all=not pages[-1].has_more)


# --- Its figures -----------------------------------------------------------------------------


@dataclass(frozen=True)
class PromotionFigures:
    """How many vouchers a promotion may have, has, and has whose uses are all gone.

    None is what Piggy does not tell, and a limit that is not there.
    """

    limit: int | None
    made: int | None
    used: int | None

    @property
    def room(self) -> int | None:
        """How many vouchers can still be made; None where that is not limited, or not known."""
        if self.limit is None or self.made is None:
            return None
        return max(self.limit - self.made, 0)

    @property
    def percent_used(self) -> int | None:
        """Which share of those that were made is used; None where that is not known."""
        if not self.made or self.used is None:
            return None
        return round(100 * self.used / self.made)


def count_used(piggy: PiggyClient, promotion_uuid: str) -> int | None:
    """Have Piggy count a promotion's vouchers whose uses are all gone; None where it does not tell.

    Raises:
        PiggyError: as the services do.
    """
    return services.list_vouchers(
        piggy, promotion_uuid=promotion_uuid, status="REDEEMED", limit=1
    ).total


# --- Its days --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromotionDay:
    """How many vouchers became good on a day, were used on it, and how many uses taken back."""

    day: date
    begun: int
    used: int
    reversed: int

    @property
    def is_eventful(self) -> bool:
        """Whether anything happened on it."""
        return bool(self.begun or self.used or self.reversed)


@dataclass(frozen=True)
class PromotionChart:
    """What the template draws of the last 30 days, and the figures behind it."""

    covers: DrawnVouchers
    days: list[PromotionDay]
    begun_bars: list[Bar]
    used_bars: list[Bar]
    reversed_bars: list[Bar]
    most: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def begun(self) -> int:
        """All that became good in these days."""
        return sum(each.begun for each in self.days)

    @property
    def used(self) -> int:
        """All that were used in these days."""
        return sum(each.used for each in self.days)

    @property
    def reversed(self) -> int:
        """All uses that were taken back in these days."""
        return sum(each.reversed for each in self.days)

    @property
    def eventful_days(self) -> list[PromotionDay]:
        """The days on which anything happened, the last one first."""
        return [each for each in self.days[::-1] if each.is_eventful]


def draw(covers: DrawnVouchers, reversals: Iterable[datetime]) -> PromotionChart | None:
    """Draw the last 30 days of the shop's time zone; None where nothing happened in them.

    Piggy does not tell when a voucher was made, but from when on it is good: mostly that is one.
    Nor does it tell of uses that were taken back: `reversals` is when that was done here.
    """
    begun = _by_day(each.activation_date for each in covers.vouchers)
    used = _by_day(each.redeemed_at for each in covers.vouchers)
    taken_back = _by_day(reversals)
    days = [PromotionDay(day, begun[day], used[day], taken_back[day]) for day in _days()]
    if not any(each.is_eventful for each in days):
        return None
    most = max(LEAST, *(max(each.begun, each.used, each.reversed) for each in days))
    return PromotionChart(
        covers=covers,
        days=days,
        begun_bars=bars([each.begun for each in days], most),
        used_bars=bars([each.used for each in days], most),
        reversed_bars=bars([each.reversed for each in days], most),
        most=most,
    )


def begins_on() -> date:
    """Give the first day of the chart, in the shop's time zone."""
    return timezone.localdate() - timedelta(days=CHART_DAYS - 1)


def _days() -> list[date]:
    return [begins_on() + timedelta(days=number) for number in range(CHART_DAYS)]


def _by_day(moments: Iterable[datetime | None]) -> Counter[date]:
    return Counter(timezone.localdate(each) for each in moments if each)
