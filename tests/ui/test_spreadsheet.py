"""Lists as files for a spreadsheet."""

import pytest

from piggyadmin.ui.spreadsheet import csv_answer, csv_lines


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+31", "'+31"),
        ("-5", "'-5"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("plain", "plain"),
        ("", '""'),
        (7, "7"),
        (None, "None"),
        ('say "no", twice', '"say ""no"", twice"'),
    ],
)
def test_no_cell_is_a_formula(cell, written):
    assert list(csv_lines(["a"], [[cell]]))[1] == f"{written}\r\n"


def test_the_columns_come_first_after_the_mark_of_the_encoding():
    assert next(csv_lines(["a", "b"], [])) == "\ufeffa,b\r\n"


def test_rows_are_read_while_they_are_sent():
    def rows():
        yield ["1"]
        pytest.fail("read ahead")

    lines = csv_lines(["a"], rows())
    assert [next(lines), next(lines)] == ["\ufeffa\r\n", "1\r\n"]


def test_the_file_is_called_after_what_it_holds():
    response = csv_answer("ledger", ["a"], [])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="ledger-20')
    assert response["Content-Disposition"].endswith('.csv"')
