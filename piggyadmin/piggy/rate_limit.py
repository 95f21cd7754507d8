"""How many calls Piggy still allows, where its answers say so.

Piggy's documents say nothing of limits, but some answers have been seen with the headers that its
framework gives. They are taken as a help: shown where they come, and heeded when little is left.
Nothing depends on them.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from django.core.cache import cache

# What an answer said counts for as long as the framework's usual window.
WINDOW_SECONDS = 60.0
# Less than this share is little; the rest is then spread over the window.
LITTLE = 0.1
# Nobody is held up longer than this by each call; work in the background is held up longer.
PAUSE_CAP_SECONDS = 1.0
BACKGROUND_PAUSE_CAP_SECONDS = 10.0


@dataclass(frozen=True)
class RateLimit:
    """What one answer said; `at` is a moment in seconds since 1970."""

    limit: int
    remaining: int
    at: float = field(default_factory=time.time)

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Self | None:
        """Read the headers of an answer; None where they do not come or make no sense."""
        try:
            limit = int(headers.get("X-RateLimit-Limit", ""))
            remaining = int(headers.get("X-RateLimit-Remaining", ""))
        except ValueError:
            return None
        return cls(limit, remaining) if limit > 0 and 0 <= remaining <= limit else None

    @property
    def is_little(self) -> bool:
        """Whether little of it remains."""
        return self.remaining < self.limit * LITTLE

    def pause(self, now: float, *, in_background: bool) -> float:
        """Give the seconds to wait before the next call, so that the rest lasts."""
        left = self.at + WINDOW_SECONDS - now
        if not self.is_little or not 0 < left <= WINDOW_SECONDS:
            return 0.0
        cap = BACKGROUND_PAUSE_CAP_SECONDS if in_background else PAUSE_CAP_SECONDS
        return min(cap, left / (self.remaining + 1))


def _key(account: str) -> str:
    return f"piggy-rate-limit-{account}"


def remember(account: str, rate_limit: RateLimit) -> None:
    """Keep what the last answer said, for whoever wants to see it."""
    cache.set(_key(account), rate_limit, WINDOW_SECONDS)


def last_known(account: str) -> RateLimit | None:
    """Give what the last answer said, unless that is long ago."""
    known: RateLimit | None = cache.get(_key(account))
    return known
