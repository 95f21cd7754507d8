"""What is told of a promotion: its vouchers, the room that is left, and its days in a chart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.types import every_item
from piggyadmin.ui.chart import HEIGHT, WIDTH, Bar, bars
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import Promotion, Voucher

# How many vouchers come with one call, where all are wanted.
VOUCHERS_PAGE = 500
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


def figures(piggy: PiggyClient, promotion: Promotion) -> PromotionFigures:
    """Have Piggy count a promotion's vouchers.

    Raises:
        PiggyError: as the services do.
    """
    count = partial(services.list_vouchers, piggy, promotion_uuid=promotion.uuid, limit=1)
    made, used = gather(count, partial(count, status="REDEEMED"))
    return PromotionFigures(limit=promotion.voucher_limit, made=made.total, used=used.total)


# --- Its days --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromotionDay:
    """How many of the listed vouchers became good on a day, and were used on it."""

    day: date
    begun: int
    used: int


@dataclass(frozen=True)
class PromotionChart:
    """What the template draws of the last 30 days, and the figures behind it."""

    days: list[PromotionDay]
    begun_bars: list[Bar]
    used_bars: list[Bar]
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
    def eventful_days(self) -> list[PromotionDay]:
        """The days on which anything happened, the last one first."""
        return [each for each in reversed(self.days) if each.begun or each.used]


def draw(vouchers: Sequence[Voucher]) -> PromotionChart | None:
    """Draw the last 30 days of the shop's time zone; None where nothing happened in them.

    Piggy does not tell when a voucher was made, but from when on it is good: mostly that is one.
    """
    begun = _by_day(each.activation_date for each in vouchers)
    used = _by_day(each.redeemed_at for each in vouchers)
    today = timezone.localdate()
    dates = [today - timedelta(days=ago) for ago in reversed(range(CHART_DAYS))]
    days = [PromotionDay(each, begun[each], used[each]) for each in dates]
    if not any(each.begun or each.used for each in days):
        return None
    most = max(LEAST, *(max(each.begun, each.used) for each in days))
    return PromotionChart(
        days=days,
        begun_bars=bars([each.begun for each in days], most),
        used_bars=bars([each.used for each in days], most),
        most=most,
    )


def _by_day(moments: Iterable[datetime | None]) -> Counter[date]:
    return Counter(timezone.localdate(each) for each in moments if each)
