"""Fills a mirror with labelled contacts, quickly and in little memory, however many there are.

A sweep writes each contact and at once its place in every index, which for ten million takes hours.
Here rows are made by all processors, are sorted by way of files, and are indexed when all are
there. The index by which people find contacts is left out: no search for duplicates looks at it.
"""

import os
import pickle
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from django.db import connection, transaction
from django.utils import timezone

from piggyadmin.bulk_insert import insert_values
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.mirror.text_search import INDEX
from piggyadmin.duplicates.models import MirroredContact
from tests.duplicates.labelled import Labelled

Rows: TypeAlias = list[tuple[Any, ...]]

# How many contacts a process makes rows of at a time.
PIECE = 10_000
# Into so many files rows are sorted, by how their UUID begins; one is in memory at a time.
FIGURES = 2
WITHOUT_TEXTS = {
    "sqlite": [f"DROP TRIGGER {INDEX}_{event}" for event in ("insert", "delete", "update")],
    "postgresql": [f"DROP INDEX {INDEX}"],
}


def fill(contacts: Iterator[Labelled]) -> None:
    """Fill an empty mirror in the order of the UUIDs, which says nothing of who is who."""
    with tempfile.TemporaryDirectory() as directory, _indexed_afterwards():
        for file in _sort_into_files(_prepared(contacts), Path(directory)):
            rows = sorted(_read(file), key=itemgetter(0))
            with transaction.atomic():
                insert_values(MirroredContact, store._COLUMNS, rows)


def _sort_into_files(parts: Iterator[Rows], directory: Path) -> list[Path]:
    """Write rows into files by how their UUID begins; gives the files in that order."""
    files: dict[str, BinaryIO] = {}
    with ExitStack() as stack:
        for rows in parts:
            sorted_out: dict[str, Rows] = defaultdict(list)
            for row in rows:
                sorted_out[row[0][:FIGURES]].append(row)
            for begin, some in sorted_out.items():
                if begin not in files:
                    files[begin] = stack.enter_context((directory / begin).open("wb"))
                pickle.dump(some, files[begin])
    return [directory / begin for begin in sorted(files)]


def _prepared(contacts: Iterator[Labelled]) -> Iterator[Rows]:
    """Have rows made beside; no more of them wait than there are processes twice over."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[Rows]] = deque()
    with ProcessPoolExecutor(workers) as pool:
        while piece := list(islice(contacts, PIECE)):
            waiting.append(pool.submit(rows_of, piece))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        for each in waiting:
            yield each.result()


def rows_of(contacts: list[Labelled]) -> Rows:
    """Make rows as a sweep does."""
    readings = store._readings(map(_contact, contacts), timezone.now())
    return [reading.row(is_compared=False) for reading in readings]


def _contact(row: Labelled) -> Contact:
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


def _read(file: Path) -> Rows:
    """Read what was written into a file, and remove it."""
    rows: Rows = []
    with file.open("rb") as opened:
        while opened.peek(1):
            rows += pickle.load(opened)  # noqa: S301  (our own, of a moment ago)
    file.unlink()
    return rows


@contextmanager
def _indexed_afterwards() -> Iterator[None]:
    """Take the indexes away, and make those of the model anew in the end."""
    indexes = MirroredContact._meta.indexes
    with connection.schema_editor() as editor:
        for statement in WITHOUT_TEXTS[connection.vendor]:
            editor.execute(statement)
        for index in indexes:
            editor.remove_index(MirroredContact, index)
    yield
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(MirroredContact, index)
