"""Columns and rows of files, of either kind."""

import io

import pytest

from piggyadmin.bulk.parsing import tables
from piggyadmin.bulk.parsing.tables import named, open_table
from piggyadmin.bulk.parsing.types import (
    FileKind,
    ListRow,
    Remark,
    TableFormat,
    Trouble,
    UnreadableError,
)
from tests.bulk.parsing.files import sheet

CSV = TableFormat(FileKind.CSV, "utf-8", ";")


def csv(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


def test_columns_and_rows():
    table = open_table(csv("a;b\n1;2\n\n ; \n3\n"), CSV)
    assert table.columns == ["a", "b"]
    assert list(table.rows) == [ListRow(2, ["1", "2"]), ListRow(5, ["3"])]


def test_without_names():
    table = open_table(csv("1;2\n3;4\n"), TableFormat(FileKind.CSV, "utf-8", ";", has_names=False))
    assert table.columns == ["#1", "#2"]
    assert table.remarks == []
    assert [row.cells for row in table.rows] == [["1", "2"], ["3", "4"]]


def test_odd_names():
    columns, remarks = named(["E-mail", "", " e-mail ", 2026])
    assert columns == ["E-mail", "#2", "e-mail (2)", "2026"]
    assert remarks == [(Remark.NO_NAME, "#2"), (Remark.DOUBLE_NAME, "e-mail")]


def test_a_workbook():
    table = open_table(sheet(["a", "b"], [1, "x"]), TableFormat(FileKind.XLSX))
    assert table.columns == ["a", "b"]
    assert list(table.rows) == [ListRow(2, [1, "x"])]


def test_what_is_odd_about_a_workbook():
    file = sheet(["a", "b"], ["=1+1", "x"], joined="A3:B3")
    table = open_table(file, TableFormat(FileKind.XLSX))
    assert {remark for remark, _name in table.remarks} == {Remark.FORMULAS, Remark.JOINED_CELLS}


def refused(text: str) -> Trouble:
    with pytest.raises(UnreadableError) as caught:
        list(open_table(csv(text), CSV).rows)
    return caught.value.trouble


def test_nothing_in_it():
    assert refused("\n ; \n") == Trouble.EMPTY


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert refused("a\n" + "1\n" * 4) == Trouble.TOO_MANY_ROWS
    assert len(list(open_table(csv("a\n" + "1\n" * 3), CSV).rows)) == 3


def test_too_many_columns():
    assert refused(";".join(["x"] * 201)) == Trouble.TOO_MANY_COLUMNS
    assert refused("a\n" + ";".join(["x"] * 201)) == Trouble.TOO_MANY_COLUMNS


def test_a_quote_that_never_ends():
    assert refused('a\n"' + "x" * 200_000) == Trouble.BROKEN_LINE


def test_a_cell_that_is_a_book():
    assert refused("a\n" + "x" * 20_000) == Trouble.BROKEN_LINE
