"""Pairs of a run as people read them: who stays, who goes, why, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.models import CertainPair, MergeRun, MirroredContact, Pair
from piggyadmin.duplicates.review.evidence import Point, both_of
from piggyadmin.duplicates.review.rows import PairRow, rows_of
from piggyadmin.ledger.operations import Words

# What is shown side by side, of the sample.
FIELDS: dict[str, Words] = {
    "email": _("E-mail"),
    "phonenumber": _("Phone"),
    "birthdate": _("Date of birth"),
    "address": _("Address"),
    "identifier": _("Card"),
}


@dataclass(frozen=True)
class ListedPair:
    """One pair of a run."""

    certain: CertainPair
    row: PairRow
    merge_key: UUID | None

    @property
    def survivor(self) -> MirroredContact | None:
        """Whom the mirror has as the one that stays."""
        return self._contact(self.certain.survivor or self.certain.first)

    @property
    def source(self) -> MirroredContact | None:
        """Whom the mirror has as the one that goes into the other one."""
        return self._contact(self.certain.source)

    @property
    def evidence(self) -> Sequence[Point]:
        """What speaks for it, the loudest first."""
        return self.row.evidence

    @property
    def address(self) -> str:
        """The page of the pair."""
        return self.row.pair.get_absolute_url()

    @property
    def values(self) -> list[tuple[str, str, str]]:
        """What both have of the fields by which people are told apart."""
        both = (self.survivor, self.source)
        found = [
            (str(label), *(getattr(each, name, "") for each in both))
            for name, label in FIELDS.items()
        ]
        return [(label, one, other) for label, one, other in found if one or other]

    def _contact(self, uuid: str) -> MirroredContact | None:
        return self.row.first if uuid == self.certain.first else self.row.second


def listed(rows: Sequence[CertainPair]) -> list[ListedPair]:
    """Read what people want to know of pairs of one run, with one look into the mirror."""
    pairs = _pairs(rows)
    keys = {row.pk: uuid5(row.run.key, str(row.position)) for row in rows}
    merges = MergeRun.objects.filter(submission_key__in=keys.values())
    begun = set(merges.values_list("submission_key", flat=True))
    return [
        ListedPair(row, shown, keys[row.pk] if keys[row.pk] in begun else None)
        for row, shown in zip(rows, rows_of(pairs), strict=True)
    ]


def _pairs(rows: Sequence[CertainPair]) -> list[Pair]:
    """Give the stored pair of each row; one that is not stored any more is made up."""
    made = [Pair(first=row.first, second=row.second, probability=row.probability) for row in rows]
    stored = Pair.objects.between(list(both_of(made)))
    by_contacts = {(pair.first, pair.second): pair for pair in stored}
    return [by_contacts.get((pair.first, pair.second), pair) for pair in made]
