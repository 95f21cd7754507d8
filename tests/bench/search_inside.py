"""What of the benchmark of the search runs in Django: `python -m tests.bench.search_inside`."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

import django

django.setup()

import numpy as np  # noqa: E402

from piggyadmin.duplicates.matching import evaluation  # noqa: E402
from piggyadmin.duplicates.matching.clusters import Links  # noqa: E402
from piggyadmin.duplicates.matching.normalisation import Normalised  # noqa: E402
from piggyadmin.duplicates.matching.search import proposing  # noqa: E402
from piggyadmin.duplicates.models import Cluster, MirroredContact, Pair  # noqa: E402
from piggyadmin.duplicates.review import finder  # noqa: E402
from tests.bench import mirror_fill  # noqa: E402
from tests.duplicates import labelled  # noqa: E402

type_of_figures: TypeAlias = tuple[float, int]

HABITS, SEED = "crowded", 2026
# So many contacts change before the search is run again.
CHANGED = 100
CHECKED = 20


def rows(contacts: int) -> Iterator[labelled.Labelled]:
    """Give the labelled contacts, always the same, those of a person together."""
    return labelled.stream(contacts, seed=SEED, habits=labelled.HABITS[HABITS])


def fill(contacts: int) -> type_of_figures:
    """Fill the mirror."""
    return timed("the mirror filled", lambda: mirror_fill.fill(rows(contacts)))


def search(contacts: int) -> type_of_figures:
    """Search all of them, and say how good it was."""
    figures = timed("ours, mirror to stored pairs", finder.search)
    found = Pair.objects.values_list("first", "second", "probability")
    one, other, probability = zip(*found.iterator(), strict=True)
    number = {uuid: at for at, uuid in enumerate({*one, *other})}
    ends = [np.array([number[uuid] for uuid in column]) for column in (one, other)]
    print_quality(truth_of(number, contacts), Links(ends[0], ends[1], np.array(probability)))
    print(f"    {Pair.objects.count():,} pairs, {Cluster.objects.count():,} clusters")
    return figures


def truth_of(number: dict[str, int], contacts: int) -> evaluation.Truth:
    """Tell who is who of the contacts that are in pairs, and how many pairs there are of all."""
    labels = [evaluation.Labelled(Normalised(), "", "")] * len(number)
    duplicates = 0
    for _person, some in groupby(rows(contacts), key=attrgetter("person")):
        of_person = list(some)
        duplicates += len(of_person) * (len(of_person) - 1) // 2
        for row in of_person:
            if row.uuid in number:
                labels[number[row.uuid]] = evaluation.Labelled(Normalised(), row.person, row.kind)
    truth = evaluation.Truth(labels)
    truth.duplicates = duplicates
    return truth


def again(_contacts: int) -> type_of_figures:
    """Search again after little has changed, and check single contacts."""
    some = MirroredContact.objects.order_by("pk").values_list("pk", flat=True)[:CHANGED]
    MirroredContact.objects.filter(pk__in=list(some)).update(is_compared=False)
    figures = timed(f"again, {CHANGED} changed", finder.search)
    uuids = MirroredContact.objects.order_by("-pk").values_list("uuid", flat=True)[:CHECKED]
    begun = time.perf_counter()
    for uuid in uuids:
        finder.check(uuid)
    each = (time.perf_counter() - begun) / CHECKED * 1000
    print(f"  one contact checked           {each:7.0f} ms (mean of {CHECKED})")
    return figures


def splink(contacts: int) -> type_of_figures:
    """Have splink search them."""
    from tests.duplicates import splinked  # noqa: PLC0415  (it takes long to load)

    labels = labelled.contacts(contacts, HABITS, SEED)
    truth, fields = evaluation.Truth(labels), [each.normalised for each in labels]
    del labels
    links: list[Links] = []
    figures = timed("splink, fields to pairs", lambda: links.append(splinked.link(fields)))
    print_quality(truth, links[0])
    return figures


def timed(name: str, work: Callable[[], Any]) -> type_of_figures:
    """Do it and print what it takes; gives the seconds, and the most MB up to now."""
    before = peak()
    begun, worked = time.perf_counter(), time.process_time()
    work()
    seconds, used = time.perf_counter() - begun, time.process_time() - worked
    print(f"  {name:<29} {seconds:7.1f} s ({used:.1f} s of work), {before} to {peak()} MB")
    return seconds, peak()


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
    of_part, megabytes = PARTS[sys.argv[1]](int(sys.argv[2]))
    print(f"{of_part:.3f} {megabytes}")
