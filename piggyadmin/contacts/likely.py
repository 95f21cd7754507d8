"""Whether somebody who is about to be made may be there already, as far as other apps can tell.

Whoever compares contacts registers a finder when its app is ready; without one nothing is said.
"""

from collections.abc import Callable
from typing import NamedTuple

from piggyadmin.contacts.types import Contact


class LikelyContact(NamedTuple):
    """A contact who may be the one with a new address, and how likely that is, from 0 to 1."""

    contact: Contact
    probability: float


# Given a new address and the UUID of who gets it, or "": who else that may be, or nobody.
Finder = Callable[[str, str], LikelyContact | None]

finders: list[Finder] = []


def find_likely(email: str, owner: str = "") -> LikelyContact | None:
    """Find who may be the one with a new address already, other than the `owner`-to-be of it."""
    found = [likely for finder in finders if (likely := finder(email, owner))]
    return max(found, key=lambda likely: likely.probability, default=None)
