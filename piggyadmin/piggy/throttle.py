"""One token bucket per account."""

from typing import Protocol


class Throttle(Protocol):
    """Makes callers wait for their turn."""

    def take(self) -> None:
        """Wait for a token."""


def throttle_from_settings() -> Throttle | None:
    """Give the throttle of the account."""
    return None
