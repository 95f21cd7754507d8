"""The file of a run, in pieces."""

import io

from piggyadmin.bulk import uploads
from piggyadmin.bulk.models import BulkPiece
from tests.bulk.making import uploaded


def test_in_pieces_and_back(sandbox, maker, monkeypatch):
    monkeypatch.setattr(uploads, "PIECE_BYTES", 10)
    text = "e-mail;credits\nmira.jansen@example.test;5\n"
    run = uploaded(text, maker)
    assert BulkPiece.objects.filter(run=run).count() == 5
    with uploads.opened(run) as file:
        assert file.read() == text.encode()


def test_the_same_file_has_the_same_digest():
    one, other = io.BytesIO(b"a"), io.BytesIO(b"b")
    assert uploads.digest_of(one) == uploads.digest_of(io.BytesIO(b"a")) != uploads.digest_of(other)
