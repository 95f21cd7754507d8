"""How far Piggy's clock is from ours, as the `Date` of its answers tells.

Each process knows it for itself: whoever compares moments has asked Piggy something just before.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

# `Date` comes in whole seconds.
RESOLUTION = timedelta(seconds=1)
# A larger difference is a clock that somebody has to set: moments prove nothing until then.
TRUSTED = timedelta(minutes=10)


class Difference(NamedTuple):
    """Between how much Piggy's clock is ahead of ours; behind, where that is negative."""

    least: timedelta
    most: timedelta

    @property
    def ahead(self) -> timedelta:
        """How much it is, as likely too much as too little."""
        return (self.least + self.most) / 2

    @property
    def is_trusted(self) -> bool:
        """Whether moments of both clocks can be compared."""
        return abs(self.ahead) <= TRUSTED


NONE = Difference(timedelta(), timedelta())
_known: dict[str, Difference] = {}


def learn(account: str, date: str | None, *, sent_at: datetime, received_at: datetime) -> None:
    """Take in an answer's `Date`, which was written between the two moments of our clock."""
    at = _moment(date)
    if at is None:
        return
    told = Difference(at - received_at, at + RESOLUTION - sent_at)
    before = _known.get(account, told)
    both = Difference(max(told.least, before.least), min(told.most, before.most))
    # Where they contradict each other, one of the clocks was set meanwhile.
    _known[account] = both if both.least <= both.most else told


def _moment(date: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def difference(account: str) -> Difference:
    """Give what is known of an account's clock; none where Piggy has not told."""
    return _known.get(account, NONE)


def forget() -> None:
    """Learn all anew."""
    _known.clear()
