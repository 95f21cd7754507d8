"""Pairs and clusters as people read them: with names, and with what speaks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import JSONObject

from piggyadmin.duplicates.models import Cluster, Decision, MirroredContact, Pair, PairStatus
from piggyadmin.duplicates.review.evidence import Point, both_of, evidence_of, mirrored
from piggyadmin.piggy.once import found_once

# So much of the evidence stands in a list; all of it stands on the pair's own page.
LOUDEST = 3
# With more contacts than this a square of all their certainties is too wide to read.
WIDEST = 8
# More pairs than a cluster of people has; a larger one is a mistake of the data.
MOST_PAIRS = 500


@dataclass(frozen=True)
class PairRow:
    """One pair of a list; a contact that the mirror does not have (any more) is None."""

    pair: Pair
    first: MirroredContact | None
    second: MirroredContact | None
    evidence: Sequence[Point]
    # The last word on it, where there was one and it is asked for.
    decision: Decision | None = None

    @property
    def loudest(self) -> Sequence[Point]:
        """What speaks loudest, for or against."""
        return self.evidence[:LOUDEST]


def rows_of(pairs: Sequence[Pair]) -> list[PairRow]:
    """Read what people want to know of pairs, with one look into the mirror."""
    return _rows(pairs, mirrored(both_of(pairs)))


def _rows(pairs: Sequence[Pair], known: Mapping[str, MirroredContact]) -> list[PairRow]:
    return [
        PairRow(pair, known.get(pair.first), known.get(pair.second), evidence)
        for pair, evidence in zip(pairs, evidence_of(pairs, known), strict=True)
    ]


def with_decisions(rows: Sequence[PairRow]) -> list[PairRow]:
    """Add to each pair what was last decided about it: by whom, when and why."""
    pairs = [row.pair for row in rows]
    decisions = Decision.objects.filter(
        first__in={pair.first for pair in pairs}, second__in={pair.second for pair in pairs}
    )
    last = {decision.contacts: decision for decision in decisions.order_by("pk")}
    return [replace(row, decision=last.get((row.pair.first, row.pair.second))) for row in rows]


@found_once
def pairs_of_contact(uuid: str) -> list[Pair]:
    """List the pairs of a contact, the surest first, without those that are long over.

    Each has the UUID of the `other` one, and what is `known` of that.
    """
    is_over = (PairStatus.MERGED, PairStatus.GONE)
    pairs = Pair.objects.touching([uuid]).exclude(status__in=is_over)
    other = Case(When(first=uuid, then=F("second")), default=F("first"))
    names = MirroredContact.objects.filter(uuid=OuterRef("other"))
    told = JSONObject(**{name: name for name in ("id", *MirroredContact.NAMING)})
    named = pairs.annotate(other=other).annotate(known=Subquery(names.values(told=told)))
    return list(named.order_by("-probability", "id")[:MOST_PAIRS])


def others_of_contact(uuid: str) -> list[tuple[Pair, str, MirroredContact | None]]:
    """List the pairs of a contact, each with the other one, and what is known of that."""
    pairs: list[Any] = [*pairs_of_contact(uuid)]
    return [
        (pair, pair.other, MirroredContact(**pair.known) if pair.known else None) for pair in pairs
    ]


# --- Clusters --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A contact of a cluster, and how sure it is of each of the others, in their order."""

    uuid: str
    contact: MirroredContact | None
    links: Sequence[Pair | None]


@dataclass(frozen=True)
class ClusterRows:
    """A cluster as people read it."""

    cluster: Cluster
    members: list[Member]
    rows: list[PairRow]
    weakest: Pair | None

    @property
    def credits(self) -> int:
        """What they have together, as the mirror has it now: what stands beside each adds up."""
        return sum(member.contact.credits for member in self.members if member.contact)

    @property
    def is_square(self) -> bool:
        """Whether all certainties can be shown as a square."""
        return len(self.members) <= WIDEST


def cluster_rows(cluster: Cluster) -> ClusterRows:
    """Read a cluster: its contacts, its pairs, and the weakest link that holds it together."""
    is_over = (PairStatus.MERGED, PairStatus.GONE)
    links = cluster.pairs.exclude(status__in=is_over).order_by("-probability", "id")
    pairs = list(links[:MOST_PAIRS])
    by_contacts = {(pair.first, pair.second): pair for pair in pairs}
    uuids = sorted(set(both_of(pairs)))
    known = mirrored(uuids)

    def link(one: str, other: str) -> Pair | None:
        return by_contacts.get((min(one, other), max(one, other)))

    members = [
        Member(uuid, known.get(uuid), [link(uuid, other) for other in uuids]) for uuid in uuids
    ]
    return ClusterRows(cluster, members, _rows(pairs, known), _weakest(pairs))


def _weakest(pairs: Sequence[Pair]) -> Pair | None:
    """Find the weakest link that is needed: without the ones above it the cluster falls apart.

    The pairs come the surest first; the last one that joins two parts is the one.
    """
    part: dict[str, str] = {}
    weakest: Pair | None = None

    def root(uuid: str) -> str:
        while (above := part.get(uuid, uuid)) != uuid:
            uuid = above
        return uuid

    for pair in pairs:
        first, second = root(pair.first), root(pair.second)
        if first != second:
            part[second] = first
            weakest = pair
    return weakest
