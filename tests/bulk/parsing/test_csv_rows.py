"""Rows of CSV files."""

import io

import pytest

from piggyadmin.bulk.parsing.csv_rows import csv_rows
from piggyadmin.bulk.parsing.types import FileKind, ListRow, TableFormat, Trouble, UnreadableError


def rows(content: bytes, encoding: str = "utf-8") -> list[ListRow]:
    file = io.BytesIO(content)
    found = list(csv_rows(file, TableFormat(FileKind.CSV, encoding, ";")))
    assert not file.closed
    return found


def test_marks_and_spaces_go():
    assert rows("\ufeffa; b \n\ufeff1;2".encode()) == [
        ListRow(1, ["a", "b"]),
        ListRow(2, ["1", "2"]),
    ]


def test_lines_within_cells_count():
    assert rows(b'a\n"1\n2"\n3\n') == [ListRow(1, ["a"]), ListRow(3, ["1\n2"]), ListRow(4, ["3"])]


def test_utf_16():
    assert rows("é;1\r\n".encode("utf-16"), "utf-16") == [ListRow(1, ["é", "1"])]


def test_what_is_no_utf_16_is_refused():
    with pytest.raises(UnreadableError) as caught:
        rows(b"a;b", "utf-16")
    assert caught.value.trouble == Trouble.OTHER_ENCODING


def test_another_encoding_leaves_a_mark():
    assert rows("é".encode("cp1252")) == [ListRow(1, ["\ufffd"])]
