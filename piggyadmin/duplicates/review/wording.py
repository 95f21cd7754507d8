"""How sure something is, and how loud evidence is, in words and figures for people."""

from collections.abc import Iterable
from math import floor

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.review.evidence import Point

# From which probability on something is called so, and in which tone; the surest first.
_CERTAINTIES: tuple[tuple[float, str | Promise, str], ...] = (
    (0.99, _("practically certain"), "success"),
    (0.95, _("very likely"), "success"),
    (0.85, _("likely"), "info"),
    (0.5, _("possible"), "warning"),
    (0.0, _("doubtful"), "neutral"),
)
# From how many bits on evidence is called so; a bit more makes it twice as likely.
_WEIGHTS: tuple[tuple[float, str | Promise, str | Promise], ...] = (
    (9.0, _("speaks very strongly for it"), _("speaks very strongly against it")),
    (5.0, _("speaks strongly for it"), _("speaks strongly against it")),
    (2.0, _("speaks for it"), _("speaks against it")),
    (0.0, _("speaks a little for it"), _("speaks a little against it")),
)
# From here on tenths of a per cent tell something.
_FINE = 0.99
_SUREST = 99.9
# What is lost where a fraction such as 0.29 is not exact.
_INEXACT = 1e-9
# So many bits fill the whole bar.
MOST_BITS = 16.0


def certainty_words(probability: float) -> tuple[str | Promise, str]:
    """Give how sure it is in words, and the tone to show that in."""
    return next((words, tone) for least, words, tone in _CERTAINTIES if probability >= least)


def per_cent(probability: float) -> str:
    """Give a probability in per cent, never rounded up: nothing is ever certain."""
    places = 1 if probability >= _FINE else 0
    steps = floor(probability * 100 * 10**places + _INEXACT)
    figures = min(steps / 10**places, _SUREST)
    return gettext("%(figures)s %%") % {"figures": number_format(figures, places)}


def weight_words(point: Point) -> str | Promise:
    """Give how loud evidence is in words."""
    least = next(row for row in _WEIGHTS if abs(point.bits) >= row[0])
    return least[1] if point.bits > 0 else least[2]


def bar_length(point: Point) -> int:
    """Give how long the bar of evidence is, of a hundred."""
    return max(2, round(min(abs(point.bits), MOST_BITS) / MOST_BITS * 100))


def for_and_against(evidence: Iterable[Point]) -> tuple[list[Point], list[Point]]:
    """Part evidence into what speaks for one person and what against, the loudest first."""
    loudest_first = sorted(evidence, key=lambda point: -abs(point.bits))
    against = [point for point in loudest_first if point.bits < 0]
    return [point for point in loudest_first if point.bits >= 0], against
