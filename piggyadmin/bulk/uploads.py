"""The file of a run: kept in pieces, so that no process holds all of it, and any can read it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from piggyadmin.bulk.models import BulkPiece, BulkRun

PIECE_BYTES = 1024 * 1024


def digest_of(file: BinaryIO) -> str:
    """Hash a file, by which the same one is known again."""
    file.seek(0)
    digest = hashlib.sha256()
    for content in _pieces(file):
        digest.update(content)
    return digest.hexdigest()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE_BYTES), b"")


def keep(run: BulkRun, file: BinaryIO) -> None:
    """Keep a file in pieces."""
    file.seek(0)
    for number, content in enumerate(_pieces(file)):
        BulkPiece.objects.create(run=run, number=number, content=content)


@contextmanager
def opened(run: BulkRun) -> Iterator[BinaryIO]:
    """Put the file of a run together again, on disk where it is large."""
    pieces = BulkPiece.objects.filter(run=run).order_by("number")
    contents = pieces.values_list("content", flat=True).iterator(chunk_size=1)
    with SpooledTemporaryFile(max_size=4 * PIECE_BYTES) as file:
        for content in contents:
            file.write(content)
        file.seek(0)
        yield cast("BinaryIO", file)
