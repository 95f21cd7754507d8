"""Small charts that templates draw as SVG: bars side by side, in units that the page stretches."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 480, 120
GAP = 4


class Bar(NamedTuple):
    """A rectangle of a chart."""

    x: float
    width: float
    y: float
    height: float


def bars(values: Sequence[float], most: float) -> list[Bar]:
    """Lay values out from left to right, each standing on the axis; `most` reaches the top."""
    step = WIDTH / len(values)
    return [_bar(number * step, step, value / most) for number, value in enumerate(values)]


def _bar(x: float, step: float, share: float) -> Bar:
    height = round(share * HEIGHT, 1)
    return Bar(x=x + GAP / 2, width=step - GAP, y=round(HEIGHT - height, 1), height=height)
