"""When a mail is due: at an hour of certain days, by the clock on the wall of the shops."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# More days than lie between any two due times.
MOST_DAYS = 62


class Recurrence(models.TextChoices):
    """How often."""

    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class Rhythm(NamedTuple):
    """How often, and when.

    Attributes:
        hour: Of the day, 0 to 23, in the account's time zone.
        weekday: 0 is Monday; counts for what is weekly.
        month_day: 1 to 31; counts for what is monthly. In a shorter month it is the last day.
    """

    frequency: str
    hour: int
    weekday: int
    month_day: int


def next_due(rhythm: Rhythm, after: datetime) -> datetime:
    """Give the first moment later than this one at which it is due.

    An hour that a change of the clocks leaves out is due when it would have been, an hour later on
    the wall; of one that comes twice, the first is meant.
    """
    zone = timezone.get_default_timezone()
    first = after.astimezone(zone).date()
    days = (first + timedelta(days=number) for number in range(MOST_DAYS))
    moments = (_at_hour(day, rhythm.hour) for day in days if _is_its_day(rhythm, day))
    return next(moment for moment in moments if moment > after)


def _at_hour(day: date, hour: int) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def _is_its_day(rhythm: Rhythm, day: date) -> bool:
    if rhythm.frequency == Recurrence.WEEKLY:
        return day.weekday() == rhythm.weekday
    if rhythm.frequency == Recurrence.MONTHLY:
        last = monthrange(day.year, day.month)[1]
        return day.day == min(rhythm.month_day, last)
    return True
