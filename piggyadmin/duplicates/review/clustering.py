"""Who belongs together, in the database: clusters of stored pairs, kept true between searches.

A search groups everybody anew. In between no cluster may outlive what it was made of: after a
decision on a pair, and after a contact has left, those around it are grouped anew.
"""

from collections.abc import Collection
from itertools import combinations
from typing import NamedTuple

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Count, F, Q

from piggyadmin.bulk_insert import NAMED, batches, update
from piggyadmin.duplicates.matching.clusters import clusters
from piggyadmin.duplicates.models import Cluster, MirroredContact, Pair, PairQuerySet

# Every two of a cluster are linked at least so surely; two alone are a pair, not a cluster.
LINKED = 0.5
_FEWEST = 3
# Whoever hangs together is sought among so many contacts at most.
_MOST = 200
_TRIES = 3


# --- Grouping --------------------------------------------------------------------------------


class Link(NamedTuple):
    """A stored pair, as far as clusters are concerned."""

    pk: int
    first: str
    second: str
    probability: float
    cluster_id: int | None


def group_all() -> None:
    """Group everybody; what people decide while that is computed is seen to afterwards."""
    cluster(Pair.objects.all())
    # A whole cluster has a link between every two: one with fewer has lost some meanwhile.
    whole = F("size") * (F("size") - 1) / 2
    torn = Cluster.objects.annotate(links=Count("pairs")).exclude(links=whole)
    overtaken = Q(cluster__in=torn.values("pk")) | ~Q(cluster=None) & ~Q(status__in=Pair.LINKING)
    pairs = Pair.objects.filter(overtaken).values_list("first", "second")
    regroup({uuid for pair in pairs for uuid in pair})


def regroup(uuids: Collection[str]) -> None:
    """Group those anew who hang together with these contacts, or did before one of them left.

    Where too many do, only the clusters that there are: joining is left to the next search.
    """
    clusters_before = _clusters_of(uuids)
    start = set(uuids) | _within(clusters_before)
    reached = _around(start)
    if len(reached) < _FEWEST and not clusters_before:
        return
    if len(reached) > _MOST:
        cluster(Pair.objects.filter(cluster__in=_clusters_of(start)))
    else:
        cluster(Pair.objects.between(reached))


def together_with(uuids: Collection[str]) -> set[str]:
    """Name everybody in the clusters of these contacts."""
    return _within(_clusters_of(uuids))


def _within(numbers: Collection[int]) -> set[str]:
    pairs = Pair.objects.filter(cluster__in=numbers).values_list("first", "second")
    return {uuid for pair in pairs for uuid in pair}


def linked(uuids: Collection[str], *, most: int | None = None) -> set[str]:
    """Name the contacts that have a stored pair with one of these which holds them together.

    No more than `most` pairs are looked at.
    """
    links = Pair.objects.touching(uuids).linking().values_list("first", "second")
    return {uuid for pair in links[:most] for uuid in pair}


def _around(uuids: set[str]) -> set[str]:
    """Name everybody who hangs together with these contacts; more than `_MOST` are too many."""
    reached, before = uuids, set[str]()
    while reached != before and len(reached) <= _MOST:
        before, reached = reached, reached | linked(reached)
    return reached


def _clusters_of(uuids: Collection[str]) -> list[int]:
    clustered = Pair.objects.touching(uuids).exclude(cluster=None)
    return list(clustered.values_list("cluster", flat=True).distinct())


def cluster(pairs: PairQuerySet) -> None:
    """Group the contacts of pairs, which must be all pairs of those contacts.

    Two who group the same contacts at the same moment can get in each other's way, as when one
    drops the cluster that the other one keeps; whoever is refused looks again.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            _cluster(pairs.all())
        except (IntegrityError, OperationalError):
            if not tries_left:
                raise
        else:
            return


def _cluster(pairs: PairQuerySet) -> None:
    rows = pairs.linking()
    links = [Link(*values) for values in rows.values_list(*Link._fields)]
    inside = _inside_links(links)
    with transaction.atomic():
        pairs.exclude(status__in=Pair.LINKING).exclude(cluster=None).update(cluster=None)
        grouped = {link.pk for group in inside for link in group}
        left = [link.pk for link in links if link.cluster_id and link.pk not in grouped]
        for pks in batches(left):
            Pair.objects.filter(pk__in=pks).update(cluster=None)
        _store_clusters(inside)
        Cluster.objects.filter(pairs=None).delete()


def _inside_links(links: list[Link]) -> list[list[Link]]:
    """Give for each cluster the links within it."""
    by_pair = {(link.first, link.second): link for link in links}
    triples = ((link.first, link.second, link.probability) for link in links)
    groups = [group for group in clusters(triples, LINKED) if len(group) >= _FEWEST]
    return [[by_pair[pair] for pair in combinations(sorted(group), 2)] for group in groups]


def _store_clusters(inside: list[list[Link]]) -> None:
    """Store clusters; one whose links are what they were keeps its number, and its address."""
    groups = [{uuid for link in links for uuid in (link.first, link.second)} for links in inside]
    credits_of = _credits(sorted(set().union(*groups)))
    taken: set[int] = set()
    rows = [
        Cluster(
            pk=_known_number(links, taken),
            size=len(members),
            weakest=min(link.probability for link in links),
            credits=sum(credits_of.get(uuid, 0) for uuid in members),
        )
        for members, links in zip(groups, inside, strict=True)
    ]
    Cluster.objects.bulk_update(
        [row for row in rows if row.pk], ["size", "weakest", "credits"], batch_size=NAMED
    )
    Cluster.objects.bulk_create([row for row in rows if not row.pk], batch_size=NAMED)
    update(
        Pair,
        "cluster_id",
        {
            link.pk: row.pk
            for row, links in zip(rows, inside, strict=True)
            for link in links
            if link.cluster_id != row.pk
        },
    )


def _known_number(links: list[Link], taken: set[int]) -> int | None:
    """Give the number of the cluster that these links were; None where they were no single one.

    What a cluster falls apart into has its number only once: then it is `taken`.
    """
    numbers = {link.cluster_id for link in links} - taken
    number = numbers.pop() if len(numbers) == 1 else None
    if number:
        taken.add(number)
    return number


def _credits(uuids: list[str]) -> dict[str, int]:
    """Give the credits of mirrored contacts."""
    known: dict[str, int] = {}
    for some in batches(uuids):
        rows = MirroredContact.objects.filter(uuid__in=some)
        known.update(rows.values_list("uuid", "credits"))
    return known
