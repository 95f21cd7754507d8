"""What everything is put through by turns: each row of tests meets a part, all rows together all.

The more actions and pages there are, the less each has to meet for everything to be met often.
`make matrix` has each row meet all of it.
"""

import os
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
IS_WHOLE = os.environ.get("WHOLE_MATRIX") == "1"


def turn(
    row: int,
    everything: Iterable[T],
    parts: int,
    *,
    always: Collection[T] = (),
    is_whole: bool = IS_WHOLE,
) -> list[T]:
    """Give what a row meets, in its order: all, or what it always meets and the part of its turn.

    The next row meets what stands beside that.
    """
    several = list(everything)
    rest = [each for each in several if each not in always]
    met = [*always, *rest[row % parts :: parts]]
    return several if is_whole else [each for each in several if each in met]


def turns(
    rows: Sequence[str], everything: Iterable[T], parts: int, *, is_whole: bool = IS_WHOLE
) -> list[tuple[str, T]]:
    """Give each row with each of what it meets."""
    several = list(everything)
    return [
        (row, each)
        for place, row in enumerate(rows)
        for each in turn(place, several, parts, is_whole=is_whole)
    ]
