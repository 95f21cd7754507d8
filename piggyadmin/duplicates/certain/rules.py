"""Which pairs are certain: rules, each with how often it was right where the truth is known."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.ledger.operations import Words

# From so sure on two contacts are taken for certain, where nothing speaks against.
LEAST = 0.995
# Everybody has one address per account, so that another one is what a second account begins with.
SAYS_NOTHING = frozenset({"mail-other"})
SAME_BIRTH_DATE, SAME_TELEPHONE = "born-same", "phone-same"


class Precision(NamedTuple):
    """Of so many pairs that a rule let through, so many were one person."""

    pairs: int
    right: int

    @property
    def wrong(self) -> int:
        """How many were two people."""
        return self.pairs - self.right

    @property
    def share(self) -> float:
        """How many of all were right."""
        return self.right / max(self.pairs, 1)

    def plus(self, other: "Precision") -> "Precision":
        """Put two measurements together."""
        return Precision(self.pairs + other.pairs, self.right + other.right)


class CertainRule(NamedTuple):
    """What two contacts must have in common, besides that nothing speaks against them."""

    slug: str
    words: Words
    # Of each of these groups one thing at least.
    needs: tuple[frozenset[str], ...]
    measured: Precision

    def holds(self, probability: float, evidence: Collection[Point]) -> bool:
        """Tell whether a pair is certain by this rule."""
        same = {point.code for point in evidence if point.bits > 0}
        is_sure = probability >= LEAST and all(same & group for group in self.needs)
        return is_sure and not speaks_against(evidence)


def speaks_against(evidence: Collection[Point]) -> bool:
    """Tell whether anything says that two contacts are two people."""
    return any(point.bits < 0 and point.code not in SAYS_NOTHING for point in evidence)


# Measured by `duplicates_evaluate --certain` on 20 lists of 100,000 labelled contacts, of seeds on
# which nothing was tuned: see docs/reviewing-duplicates.md.
RULES: Sequence[CertainRule] = (
    CertainRule(
        "either",
        _("Same date of birth, or same telephone"),
        (frozenset({SAME_BIRTH_DATE, SAME_TELEPHONE}),),
        Precision(pairs=34_834, right=34_798),
    ),
    CertainRule(
        "birth-date",
        _("Same date of birth"),
        (frozenset({SAME_BIRTH_DATE}),),
        Precision(pairs=27_902, right=27_885),
    ),
    CertainRule(
        "both",
        _("Same date of birth, and same telephone"),
        (frozenset({SAME_BIRTH_DATE}), frozenset({SAME_TELEPHONE})),
        Precision(pairs=11_062, right=11_060),
    ),
)


def find_rule(slug: str) -> CertainRule:
    """Give a rule.

    Raises:
        KeyError: there is none of this slug.
    """
    return {rule.slug: rule for rule in RULES}[slug]
