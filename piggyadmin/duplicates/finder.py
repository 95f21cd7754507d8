"""Finding contacts that are one person: from the mirror to stored pairs and clusters.

A search claims what was not compared since it changed, reads the whole mirror, and compares: all
with all where it must learn anew, else only what it has claimed. One contact alone is compared by
its keys, without reading the mirror.
"""

import gc
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from piggyadmin.bulk_insert import batches
from piggyadmin.duplicates import grouping, learning
from piggyadmin.duplicates.blocking import LARGEST
from piggyadmin.duplicates.clusters import CARRIES, Links, each_once
from piggyadmin.duplicates.frequencies import Frequencies
from piggyadmin.duplicates.learning import Learned
from piggyadmin.duplicates.models import MirroredContact, Pair
from piggyadmin.duplicates.normalise import Keys, fields_of
from piggyadmin.duplicates.search import Search
from piggyadmin.duplicates.storing import Found, Party, drop_unfound, parties, store
from piggyadmin.duplicates.table import Flags, Ints, Table
from piggyadmin.tasks.models import Run

_COMPARED = ("normalised", *(f"key_{name}" for name in Keys._fields))
# How many rows are read at a time.
_CHUNK = 20_000
# Who is linked to the neighbours of a contact is sought through so many pairs at most.
_MOST_PAIRS = 200


def search(run: Run | None = None) -> int:
    """Compare what was not compared since it changed, and store the pairs; gives their number.

    Everything is compared where the model must be learned (anew). `run` is told how far it is.
    """
    number = _new_number()
    waiting = MirroredContact.objects.filter(is_compared=False)
    known = learning.latest()
    anew = learning.has_aged(known, MirroredContact.objects.count())
    # A contact that changes from here on loses the mark, and is compared another time.
    if not waiting.update(search=number) and not anew:
        return 0
    mirrored = _Mirrored(run)
    engine = mirrored.learning() if anew or known is None else mirrored.comparing(known)
    links = engine.find()
    if anew or known is None:
        known = learning.keep(engine, links)
    stored = store(mirrored.found(links), proposed=known.proposed, search=number)
    claimed = MirroredContact.objects.filter(search=number)
    drop_unfound(number, among=None if anew else list(claimed.values_list("uuid", flat=True)))
    grouping.group_all()
    claimed.update(is_compared=True)
    return stored


def _new_number() -> int:
    """Number searches by their time: no two are the same, and each is above the earlier ones."""
    return time.time_ns() // 1000


class _Mirrored:
    """The whole mirror in memory, as far as a search needs it."""

    def __init__(self, run: Run | None) -> None:
        self.run = run
        self.read: list[tuple[Ints, Flags]] = []
        with _no_garbage_collected():
            self.table = _table(self._rows())
        nothing = [(np.zeros(0, np.int64), np.zeros(0, np.bool_))]
        self.pks, self.changed = map(np.concatenate, zip(*(self.read or nothing), strict=True))

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Read all rows; primary keys, and who was not compared, are kept aside."""
        rows = MirroredContact.objects.order_by("pk").values_list("pk", "is_compared", *_COMPARED)
        cursor = rows.iterator(chunk_size=_CHUNK)
        while some := list(islice(cursor, _CHUNK)):
            pks = np.fromiter((row[0] for row in some), np.int64, len(some))
            is_compared = np.fromiter((row[1] for row in some), np.bool_, len(some))
            self.read.append((pks, ~is_compared))
            self._beat(0, 0)
            yield from (row[2:] for row in some)

    def _beat(self, done: int, of: int) -> None:
        if self.run:
            self.run.beat(progress=done, of=of)

    def learning(self) -> Search:
        """Set a search up that learns, and compares all with all."""
        decided = learning.decided(self.numbers_of)
        return Search(self.table, decided=decided, beat=self._beat)

    def comparing(self, known: Learned) -> Search:
        """Set a search up that compares what has changed, by what is known."""
        links = _stored_links(Pair.objects.all(), self.numbers_of, self.changed)
        model, changed = known.model, self.changed
        return Search(self.table, model=model, changed=changed, known=links, beat=self._beat)

    def numbers_of(self, uuids: Collection[str]) -> dict[str, int]:
        """Give the numbers of contacts' rows, as far as these were read."""
        numbers: dict[str, int] = {}
        for some in batches(sorted(set(uuids))):
            rows = MirroredContact.objects.filter(uuid__in=some)
            for uuid, pk in rows.values_list("uuid", "pk"):
                at = int(np.searchsorted(self.pks, pk))
                if at < len(self.pks) and self.pks[at] == pk:
                    numbers[uuid] = at
        return numbers

    def found(self, links: Links) -> Iterator[Found]:
        """Give what was found, with what is kept of each contact."""
        links = links.at(np.argsort(links.one, kind="stable"))
        for start in range(0, len(links.one), _CHUNK):
            yield from _found(links.at(np.arange(start, len(links.one))[:_CHUNK]), self.pks)


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Make many objects none of which is garbage: looking for it took a third of the time."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _table(rows: Iterable[tuple[Any, ...]]) -> Table:
    return Table((fields_of(row[0]), row[1:]) for row in rows)


def _found(links: Links, pks: Ints) -> Iterator[Found]:
    """Give links with what is kept of each contact; those of which one is gone by now are not."""
    wanted = each_once(np.concatenate((pks[links.one], pks[links.other]))).tolist()
    known: dict[int, Party] = {}
    for some in batches(wanted):
        known |= parties(MirroredContact.objects.filter(pk__in=some))
    columns = pks[links.one].tolist(), pks[links.other].tolist(), links.probability.tolist()
    for one, other, probability in zip(*columns, strict=True):
        if one in known and other in known:
            yield Found(known[one], known[other], probability)


def _stored_links(
    pairs: QuerySet[Pair], numbers_of: Callable[[Collection[str]], dict[str, int]], changed: Flags
) -> Links:
    """Give the stored links between contacts of which neither has changed."""
    rows = pairs.filter(probability__gte=CARRIES, status__in=Pair.UNDECIDED)
    links = list(rows.values_list("first", "second", "probability"))
    numbers = numbers_of({uuid for *uuids, _probability in links for uuid in uuids})
    known = [
        (min(numbers[first], numbers[second]), max(numbers[first], numbers[second]), probability)
        for first, second, probability in links
        if first in numbers and second in numbers
    ]
    one, other, probabilities = zip(*known, strict=True) if known else ((), (), ())
    found = Links(np.array(one, np.int64), np.array(other, np.int64), np.array(probabilities))
    return found.at(~(changed[found.one] | changed[found.other]))


# --- One contact -----------------------------------------------------------------------------


def check(uuid: str) -> list[Pair]:
    """Compare one mirrored contact with all others now; gives its open pairs, the surest first.

    Before the first search there is nothing to compare it by, and nothing is found.
    """
    contact = MirroredContact.objects.filter(uuid=uuid).first()
    known = learning.latest()
    if contact and known:
        _compare(contact, known)
    touching = Pair.objects.filter(Q(first=uuid) | Q(second=uuid), status__in=Pair.UNDECIDED)
    return list(touching.order_by("-probability", "pk"))


def _compare(contact: MirroredContact, known: Learned) -> None:
    number = _new_number()
    rows = MirroredContact.objects.filter(pk__in=_neighbours(contact)).order_by("pk")
    columns = list(rows.values_list("pk", "uuid", *_COMPARED))
    pks = np.array([row[0] for row in columns], np.int64)
    numbers = {row[1]: at for at, row in enumerate(columns)}
    table, changed = _table(row[2:] for row in columns), pks == contact.pk
    among = Pair.objects.filter(first__in=numbers, second__in=numbers)
    engine = Search(
        table,
        model=known.model,
        frequencies=Frequencies(table, known.frequencies),
        changed=changed,
        known=_stored_links(among, lambda _uuids: numbers, changed),
    )
    store(_found(engine.find(), pks), proposed=known.proposed, search=number)
    before = grouping.together_with([contact.uuid])
    drop_unfound(number, among=[contact.uuid])
    grouping.regroup({contact.uuid, *before})
    same = MirroredContact.objects.filter(pk=contact.pk, fingerprint=contact.fingerprint)
    same.update(is_compared=True)


def _neighbours(contact: MirroredContact) -> set[int]:
    """Find who shares a key with a contact, who is linked to those, and the contact itself."""
    pks = {contact.pk}
    for name, largest in LARGEST.items():
        key = getattr(contact, f"key_{name}")
        sharing = MirroredContact.objects.filter(**{f"key_{name}": key})
        found = list(sharing.values_list("pk", flat=True)[: largest + 1]) if key is not None else []
        if len(found) <= largest:
            pks |= set(found)
    uuids = MirroredContact.objects.filter(pk__in=pks).values_list("uuid", flat=True)
    linked = grouping.linked(set(uuids), most=_MOST_PAIRS)
    return pks | set(MirroredContact.objects.filter(uuid__in=linked).values_list("pk", flat=True))
