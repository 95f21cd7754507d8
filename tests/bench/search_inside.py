"""What of the benchmark of the search runs in Django: `python -m tests.bench.search_inside`."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402
from django.utils import timezone  # noqa: E402

from piggyadmin.contacts.types import Contact  # noqa: E402
from piggyadmin.duplicates.matching import evaluation  # noqa: E402
from piggyadmin.duplicates.matching.clusters import Links  # noqa: E402
from piggyadmin.duplicates.matching.normalisation import Normalised  # noqa: E402
from piggyadmin.duplicates.matching.search import proposing  # noqa: E402
from piggyadmin.duplicates.mirror import store  # noqa: E402
from piggyadmin.duplicates.models import Cluster, MirroredContact, Pair  # noqa: E402
from piggyadmin.duplicates.review import finder  # noqa: E402
from tests.duplicates import labelled  # noqa: E402

HABITS, SEED = "crowded", 2026
# So many contacts change before the search is run again.
CHANGED = 100
CHECKED = 20


def rows(contacts: int) -> Iterator[labelled.Labelled]:
    """Give the labelled contacts, always the same."""
    return labelled.generate(contacts, seed=SEED, habits=labelled.HABITS[HABITS])


def fill(contacts: int) -> float:
    """Fill the mirror."""
    begun = time.perf_counter()
    stream = map(_contact, rows(contacts))
    while page := list(islice(stream, 100)):
        store.store(page, read_at=timezone.now())
    return time.perf_counter() - begun


def _contact(row: labelled.Labelled) -> Contact:
    return Contact(
        uuid=row.uuid,
        email=row.email,
        firstname=row.firstname,
        lastname=row.lastname,
        phonenumber=row.phonenumber,
        birthdate=row.birthdate,
        address=row.address,
        is_anonymous=row.is_anonymous,
    )


def search(contacts: int) -> float:
    """Search all of them, and say how good it was."""
    seconds = timed("ours, mirror to stored pairs", finder.search)
    known = MirroredContact.objects.order_by("uuid").values_list("uuid", flat=True)
    number = {uuid: at for at, uuid in enumerate(known.iterator())}
    persons = {row.uuid: row for row in rows(contacts)}
    truth = evaluation.Truth(
        evaluation.Labelled(Normalised(), persons[uuid].person, persons[uuid].kind)
        for uuid in number
    )
    found = Pair.objects.values_list("first", "second", "probability")
    one, other, probability = zip(*found.iterator(), strict=True)
    ends = [np.array([number[uuid] for uuid in column]) for column in (one, other)]
    print_quality(truth, Links(ends[0], ends[1], np.array(probability)))
    print(f"    {Pair.objects.count():,} pairs, {Cluster.objects.count():,} clusters")
    return seconds


def again(_contacts: int) -> float:
    """Search again after little has changed, and check single contacts."""
    some = MirroredContact.objects.order_by("pk").values_list("pk", flat=True)[:CHANGED]
    MirroredContact.objects.filter(pk__in=list(some)).update(is_compared=False)
    seconds = timed(f"again, {CHANGED} changed", finder.search)
    uuids = MirroredContact.objects.order_by("-pk").values_list("uuid", flat=True)[:CHECKED]
    begun = time.perf_counter()
    for uuid in uuids:
        finder.check(uuid)
    each = (time.perf_counter() - begun) / CHECKED * 1000
    print(f"  one contact checked           {each:7.0f} ms (mean of {CHECKED})")
    return seconds


def splink(contacts: int) -> float:
    """Have splink search them."""
    from tests.duplicates import splinked  # noqa: PLC0415  (it takes long to load)

    labels = labelled.contacts(contacts, HABITS, SEED)
    truth, fields = evaluation.Truth(labels), [each.normalised for each in labels]
    del labels
    links: list[Links] = []
    seconds = timed("splink, fields to pairs", lambda: links.append(splinked.link(fields)))
    print_quality(truth, links[0])
    return seconds


def timed(name: str, work: Callable[[], Any]) -> float:
    """Do it and print what it takes; gives the seconds."""
    before = peak()
    begun, worked = time.perf_counter(), time.process_time()
    work()
    seconds, used = time.perf_counter() - begun, time.process_time() - worked
    print(f"  {name:<29} {seconds:7.1f} s ({used:.1f} s of work), {before} to {peak()} MB")
    return seconds


def print_quality(truth: evaluation.Truth, links: Links) -> None:
    """Print how good it was."""
    threshold = proposing(links)
    found = truth.figures(links, threshold)
    print(
        f"    best F1 {found.best_f1:.3f}; from {threshold:.2f} on precision {found.precision:.3f},"
        f" recall {found.recall:.3f}"
    )


def peak() -> int:
    """Give the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


PARTS = {"fill": fill, "search": search, "again": again, "splink": splink}

if __name__ == "__main__":
    print(f"{PARTS[sys.argv[1]](int(sys.argv[2])):.3f} {peak()}")
