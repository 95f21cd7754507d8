"""The last 24 hours in two small charts: how many calls, and how long they took."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.cache import cache
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from piggyadmin.request_log.models import FAILED, SECONDS_OF_HOUR, LoggedCall, hour_of
from piggyadmin.ui.chart import GAP, HEIGHT, WIDTH, Bar, bars

HOURS = 24
STEP = WIDTH / HOURS
# The scales go at least so far, so that a quiet day does not look wild.
LEAST_CALLS, LEAST_SECONDS = 10, 1.0

# The middle and the 95 % place of each hour: the same in every database.
_TIMES = """
    SELECT hour, seconds, place, number FROM (
        SELECT hour, seconds,
            ROW_NUMBER() OVER (PARTITION BY hour ORDER BY seconds) AS place,
            COUNT(*) OVER (PARTITION BY hour) AS number
        FROM {table} WHERE hour BETWEEN %s AND %s
    ) AS ranked
    WHERE place = (number * 50 + 99) / 100 OR place = (number * 95 + 99) / 100
"""


@dataclass
class Hour:
    """One hour: what happened in it."""

    starts_at: datetime
    calls: int = 0
    errors: int = 0
    median: float | None = None
    slowest: float | None = None  # 95 % were faster


@dataclass(frozen=True)
class Chart:
    """What the template draws, and the figures behind it."""

    hours: list[Hour]
    bars: list[Bar]
    error_bars: list[Bar]
    median_line: str
    slowest_line: str
    most_calls: int
    most_seconds: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def calls(self) -> int:
        """All calls of these hours."""
        return sum(hour.calls for hour in self.hours)

    @property
    def errors(self) -> int:
        """All that failed."""
        return sum(hour.errors for hour in self.hours)


def last_hours() -> list[Hour]:
    """Count and time the calls of the last 24 hours, the present one last.

    Hours that are over do not change any more, so they are worked out once and remembered.
    """
    present = hour_of(timezone.now())
    numbers = range(present - HOURS + 1, present + 1)
    known = cache.get_many([_key(number) for number in numbers])
    missing = [number for number in numbers if _key(number) not in known]
    found = _work_out(min(missing), present)
    over = {_key(number): hour for number, hour in found.items() if number < present - 1}
    cache.set_many(over, HOURS * SECONDS_OF_HOUR)
    return [known.get(_key(number)) or found[number] for number in numbers]


def _key(number: int) -> str:
    return f"piggyadmin-requests-hour-{number}"


def _work_out(first: int, last: int) -> dict[int, Hour]:
    hours = {
        number: Hour(datetime.fromtimestamp(number * SECONDS_OF_HOUR, tz=UTC))
        for number in range(first, last + 1)
    }
    recent = LoggedCall.objects.filter(hour__range=(first, last)).order_by()
    counts = recent.values("hour").annotate(calls=Count("pk"), errors=Count("pk", filter=FAILED))
    for row in counts:
        hours[row["hour"]].calls, hours[row["hour"]].errors = row["calls"], row["errors"]
    for number, seconds, place, total in _times(first, last):
        if place == _place(total, 50):
            hours[number].median = seconds
        if place == _place(total, 95):
            hours[number].slowest = seconds
    return hours


def _place(number: int, percent: int) -> int:
    return (number * percent + 99) // 100


def _times(first: int, last: int) -> list[tuple[int, float, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_TIMES.format(table=LoggedCall._meta.db_table), [first, last])
        return list(cursor.fetchall())


def draw(hours: list[Hour]) -> Chart:
    """Lay the hours out as bars and lines."""
    most_calls = max(LEAST_CALLS, *(hour.calls for hour in hours))
    most_seconds = max(LEAST_SECONDS, *(hour.slowest or 0.0 for hour in hours))
    return Chart(
        hours=hours,
        bars=bars([hour.calls for hour in hours], most_calls),
        error_bars=bars([hour.errors for hour in hours], most_calls),
        median_line=_line([hour.median for hour in hours], most_seconds),
        slowest_line=_line([hour.slowest for hour in hours], most_seconds),
        most_calls=most_calls,
        most_seconds=most_seconds,
    )


def _line(values: list[float | None], most: float) -> str:
    """Write a line as an SVG path; it is interrupted where there was nothing."""
    return " ".join(_points(values, most))


def _points(values: list[float | None], most: float) -> Iterator[str]:
    command = "M"
    for number, value in enumerate(values):
        if value is None:
            command = "M"
            continue
        x, y = round((number + 0.5) * STEP, 1), round(HEIGHT - value / most * HEIGHT, 1)
        # Level within the hour, so that a lone one is seen as well.
        yield f"{command}{x - GAP},{y} L{x + GAP},{y}"
        command = "L"
