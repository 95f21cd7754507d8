"""Finding contacts that are one person: from the mirror to stored pairs and clusters.

A search claims what was not compared since it changed, reads the whole mirror, and compares: all
with all where it must learn anew, else only what it has claimed. One contact alone is compared by
its keys, without reading the mirror.
"""

import gc
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

import numpy as np
from django.db.models import Count, QuerySet

from piggyadmin.bulk_insert import batches
from piggyadmin.duplicates.matching.blocking import LARGEST
from piggyadmin.duplicates.matching.clusters import CARRIES, Links, each_once
from piggyadmin.duplicates.matching.normalisation import Keys, fields_of
from piggyadmin.duplicates.matching.search import Search
from piggyadmin.duplicates.matching.table import Flags, Ints, Table
from piggyadmin.duplicates.matching.term_frequencies import Frequencies
from piggyadmin.duplicates.models import MirroredContact, Pair, PairQuerySet
from piggyadmin.duplicates.review import clustering, learned_model
from piggyadmin.duplicates.review.learned_model import Learned
from piggyadmin.duplicates.review.storage import Found, Party, drop_unfound, parties, store
from piggyadmin.tasks.models import Run

type_of_link = tuple[str, str, float]

_COMPARED = ("normalised", *(f"key_{name}" for name in Keys._fields))
# How many rows are read at a time.
_CHUNK = 20_000
# Who is linked to the neighbours of a contact is sought through so many pairs at most.
_MOST_PAIRS = 200
# So small a part of all is compared by keys, which takes longer for each but reads no others.
_FEW = 0.001


def search(run: Run | None = None) -> int:
    """Compare what was not compared since it changed, and store the pairs; gives their number.

    Everything is compared where the model must be learned (anew). `run` is told how far it is.
    """
    number = _new_number()
    contacts, known = MirroredContact.objects.count(), learned_model.latest()
    # A contact that changes from here on loses the mark, and is compared another time.
    waiting = MirroredContact.objects.filter(is_compared=False).update(search=number)
    if learned_model.has_aged(known, contacts):
        known = None
    if known and waiting <= _FEW * contacts:
        stored = _search_by_keys(number, known) if waiting else 0
    else:
        stored = _search_mirror(number, known, run)
    _claimed(number).update(is_compared=True)
    return stored


def check(uuid: str) -> list[Pair]:
    """Compare one mirrored contact with all others now; gives its open pairs, the surest first.

    Before the first search there is nothing to compare it by, and nothing is found.
    """
    number, known = _new_number(), learned_model.latest()
    contact = MirroredContact.objects.filter(uuid=uuid)
    if known and contact.update(search=number, is_compared=False):
        _search_by_keys(number, known)
        _claimed(number).update(is_compared=True)
    pairs = Pair.objects.touching([uuid]).undecided()
    return list(pairs.order_by("-probability", "pk"))


def _new_number() -> int:
    """Number searches by their time: no two are the same, and each is above the earlier ones."""
    return time.time_ns() // 1000


def _claimed(number: int) -> QuerySet[MirroredContact]:
    """Select the contacts that a search has claimed, and that have not changed since."""
    return MirroredContact.objects.filter(search=number, is_compared=False)


# --- With the whole mirror -------------------------------------------------------------------


def _search_mirror(number: int, known: Learned | None, run: Run | None) -> int:
    """Compare with all contacts: those that were claimed, or all where nothing is known yet."""
    mirrored = _Mirrored(run)
    engine = mirrored.comparing(known) if known else mirrored.learning()
    links = engine.find()
    learned = known or learned_model.keep(engine, links)
    stored = store(mirrored.found(links), proposed=learned.proposed, search=number)
    claimed = _claimed(number).values_list("uuid", flat=True)
    drop_unfound(number, among=list(claimed) if known else None)
    clustering.group_all()
    return stored


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
            self._heartbeat(0, 0)
            yield from (row[2:] for row in some)

    def _heartbeat(self, done: int, of: int) -> None:
        if self.run:
            self.run.heartbeat(progress=done, of=of)

    def learning(self) -> Search:
        """Set a search up that learns, and compares all with all."""
        decided = learned_model.decided(self.numbers_of)
        return Search(self.table, decided=decided, heartbeat=self._heartbeat)

    def comparing(self, known: Learned) -> Search:
        """Set a search up that compares what has changed, by what is known."""
        stored = list(_stored(Pair.objects.all()))
        numbers = self.numbers_of({uuid for *pair, _probability in stored for uuid in pair})
        links = _links(stored, numbers, self.changed)
        model, changed = known.model, self.changed
        return Search(
            self.table, model=model, changed=changed, known=links, heartbeat=self._heartbeat
        )

    def numbers_of(self, uuids: Collection[str]) -> dict[str, int]:
        """Give the numbers of contacts' rows, as far as these were read."""
        numbers: dict[str, int] = {}
        for uuid, pk in _read("uuid", uuids, "uuid", "pk"):
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


def _links(stored: Collection[type_of_link], numbers: dict[str, int], changed: Flags) -> Links:
    """Give stored links by the numbers of rows, as far as neither contact has changed."""
    known = [
        (min(numbers[first], numbers[second]), max(numbers[first], numbers[second]), probability)
        for first, second, probability in stored
        if first in numbers and second in numbers
    ]
    one, other, probabilities = zip(*known, strict=True) if known else ((), (), ())
    found = Links(np.array(one, np.int64), np.array(other, np.int64), np.array(probabilities))
    return found.at(~(changed[found.one] | changed[found.other]))


def _stored(pairs: PairQuerySet) -> QuerySet[Pair, type_of_link]:
    """Read the links that can carry a conclusion."""
    carrying = pairs.undecided().filter(probability__gte=CARRIES)
    return carrying.values_list("first", "second", "probability")


# --- By keys ---------------------------------------------------------------------------------


def _search_by_keys(number: int, known: Learned) -> int:
    """Compare the claimed contacts, a few, with those who share a key: no others are read."""
    claimed = list(_claimed(number))
    rows = list(_read("pk", _neighbours(claimed), "pk", "uuid", *_COMPARED))
    pks = np.array([row[0] for row in rows], np.int64)
    numbers = {row[1]: at for at, row in enumerate(rows)}
    changed = np.isin(pks, [contact.pk for contact in claimed])
    table = _table(row[2:] for row in rows)
    frequencies = Frequencies(table, known.frequencies)
    pairs = [_stored(Pair.objects.touching(some)) for some in batches(list(numbers))]
    links = _links(set(chain.from_iterable(pairs)), numbers, changed)
    engine = Search(table, model=known.model, frequencies=frequencies, changed=changed, known=links)
    stored = store(_found(engine.find(), pks), proposed=known.proposed, search=number)
    before = {each.uuid: clustering.together_with([each.uuid]) for each in claimed}
    drop_unfound(number, among=list(before))
    for uuid, others in before.items():
        clustering.regroup({uuid, *others})
    return stored


def _neighbours(contacts: list[MirroredContact]) -> set[int]:
    """Find who shares a key with one of these, who is linked to those, and the contacts themselves.

    A key that too many share is none.
    """
    pks = {contact.pk for contact in contacts}
    for name, largest in LARGEST.items():
        field = f"key_{name}"
        keys = {getattr(contact, field) for contact in contacts} - {None}
        for some in batches(sorted(keys)):
            shared = MirroredContact.objects.filter(**{f"{field}__in": some}).values(field)
            few = shared.annotate(sharing=Count("pk")).filter(sharing__lte=largest).values(field)
            found = MirroredContact.objects.filter(**{f"{field}__in": few})
            pks.update(found.values_list("pk", flat=True))
    most = _MOST_PAIRS * len(contacts)
    uuids = [uuid for (uuid,) in _read("pk", pks, "uuid")]
    linked = {uuid for some in batches(uuids) for uuid in clustering.linked(some, most=most)}
    return pks | {pk for (pk,) in _read("uuid", linked, "pk")}


def _read(field: str, values: Collection[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    """Read some columns of the contacts that have one of these values in a field."""
    for some in batches(sorted(set(values))):
        rows = MirroredContact.objects.filter(**{f"{field}__in": some})
        yield from rows.order_by(field).values_list(*columns)
