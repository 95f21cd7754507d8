"""Pairs of a run as people read them: who stays, who goes, why, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.merging.actions.merge_contacts import MergeContacts
from piggyadmin.duplicates.models import (
    CertainPair,
    CertainPairState,
    MergeRun,
    MirroredContact,
    Pair,
)
from piggyadmin.duplicates.review.evidence import Point, both_of
from piggyadmin.duplicates.review.rows import PairRow, rows_of
from piggyadmin.ledger.models import Snapshot
from piggyadmin.ledger.operations import Words
from piggyadmin.ledger.subjects import directory

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
    # What the one is called that has gone into the other one; empty while it is there.
    gone_name: str = ""

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
    gone = _names_of_gone(rows)
    return [
        ListedPair(
            row, shown, keys[row.pk] if keys[row.pk] in begun else None, gone.get(row.pk, "")
        )
        for row, shown in zip(rows, rows_of(pairs), strict=True)
    ]


def _names_of_gone(rows: Sequence[CertainPair]) -> dict[int, str]:
    """Give what those were called that were merged, as far as that is still kept."""
    merged = {row.source: row.pk for row in rows if row.state == CertainPairState.MERGED}
    kept = Snapshot.objects.filter(contact_uuid__in=merged, moment=Snapshot.Moment.BEFORE)
    before = kept.filter(entry__action=MergeContacts.slug)
    return {merged[each.contact_uuid]: directory().name_in(each.data) for each in before}


def _pairs(rows: Sequence[CertainPair]) -> list[Pair]:
    """Give the stored pair of each row; one that is not stored any more is made up."""
    made = [Pair(first=row.first, second=row.second, probability=row.probability) for row in rows]
    stored = Pair.objects.between(list(both_of(made)))
    by_contacts = {(pair.first, pair.second): pair for pair in stored}
    return [by_contacts.get((pair.first, pair.second), pair) for pair in made]
