"""Lists as files for a spreadsheet."""

import csv
import io
from decimal import Decimal
from itertools import product

import pytest
from django.utils import translation

from piggyadmin.ui import spreadsheet
from piggyadmin.ui.spreadsheet import csv_answer, csv_parts, harmless


def written(cell, language="en") -> str:
    with translation.override(language):
        return list(csv_parts(["a"], [[cell]]))[1].removesuffix("\r\n")


@pytest.mark.parametrize(
    ("cell", "harmless"),
    [
        ("=1+1", "'=1+1"),
        ("+31", "'+31"),
        ("-x", "'-x"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("  =1+1", "  '=1+1"),
        ("\N{ZERO WIDTH SPACE}=1+1", "\N{ZERO WIDTH SPACE}'=1+1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("\N{SMALL PLUS SIGN}1", "'\N{SMALL PLUS SIGN}1"),
        ("\N{MINUS SIGN}1", "'\N{MINUS SIGN}1"),
        ("x;=1+1", "x;'=1+1"),
        ("x,@cmd", "x,'@cmd"),
        ("x\n=1+1", "x\n'=1+1"),
        ("x\t-2+3", "x\t'-2+3"),
        ("plain", "plain"),
        ("mira@example.test; 2026-03-29 - twice = 2", "mira@example.test; 2026-03-29 - twice = 2"),
        ("", ""),
        (7, "7"),
        (-5, "-5"),
        ("-5", "-5"),
        (None, "None"),
        (True, "True"),
        ('say "no", twice', 'say ""no"", twice'),
    ],
)
def test_every_cell_is_quoted_and_none_is_a_formula(cell, harmless):
    assert written(cell) == f'"{harmless}"'


def test_nor_is_a_columns_name():
    """A list brings its own columns' names along, and an account those of its attributes."""
    assert "".join(csv_parts(["=1+1", "x"], [])) == '\ufeff"\'=1+1","x"\r\n'


SIGNS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\N{FULLWIDTH EQUALS SIGN}1", "\N{MINUS SIGN}1+1")
BEFORE = ("", " ", '"', '""', "x", "x ", "\ufeff", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("read_with", [",", ";", "\t", "|"])
def test_no_separator_makes_a_formula_of_a_part(language, read_with):
    """Whoever reads the file with another separator cuts cells where they should not be cut."""
    texts = [
        f"{before}{mark}{space}{sign}"
        for before, mark, space, sign in product(BEFORE, ",;\t|\n\r", BEFORE, SIGNS)
    ]
    with translation.override(language):
        file = "".join(csv_parts(["a", "b"], [["first", text] for text in texts]))
    for row in csv.reader(io.StringIO(file.replace("\r", "\n")), delimiter=read_with):
        for cell in row:
            bare = cell.lstrip('" \ufeff\N{NO-BREAK SPACE}\r\n\t')
            assert not bare.startswith(("=", "+", "-", "@", *(sign[0] for sign in SIGNS))), row


def test_what_is_defused_can_still_be_read_as_json():
    assert harmless('["x", "=1+1"]') == """["x", "'=1+1"]"""


@pytest.mark.parametrize("number", [-12.5, Decimal("-12.5")])
def test_numbers_and_separators_are_those_of_the_language(number):
    assert written(number) == '"-12.5"'
    assert written(number, "nl") == '"-12,5"'
    with translation.override("nl"):
        assert next(csv_parts(["a", "b"], [])) == '\ufeff"a";"b"\r\n'


def test_the_columns_come_first_after_the_mark_of_the_encoding():
    assert next(csv_parts(["a", "b"], [])) == '\ufeff"a","b"\r\n'


def test_rows_are_read_while_they_are_sent(monkeypatch):
    monkeypatch.setattr(spreadsheet, "PART_SECONDS", -1)

    def rows():
        yield ["1"]
        pytest.fail("read ahead")

    parts = csv_parts(["a"], rows())
    assert [next(parts), next(parts)] == ['\ufeff"a"\r\n', '"1"\r\n']


def test_rows_are_sent_in_parts(monkeypatch):
    monkeypatch.setattr(spreadsheet, "PART_ROWS", 2)
    rows = [["1", "x"], ["2", "y"], ["3", ""]]
    parts = ['\ufeff"a","b"\r\n', '"1","x"\r\n"2","y"\r\n', '"3",""\r\n']
    assert list(csv_parts(["a", "b"], rows)) == parts


def test_a_row_that_needs_care_changes_no_other():
    rows = [["a", 'b"'], ["=1", "c"], ["\ttab", ""], ["d\x1e", "e\x1d"], [7, None], ["é", "-x"]]
    written = "".join(list(csv_parts(["a", "b"], rows))[1:])
    lines = ['"a","b"""', '"\'=1","c"', '"\'\ttab",""', '"d\x1e","e\x1d"', '"7","None"']
    assert written.split("\r\n") == [*lines, '"é","\'-x"', ""]


def test_nothing_but_a_head():
    assert list(csv_parts(["a"], [])) == ['\ufeff"a"\r\n']


def failing(*rows):
    yield from rows
    raise OverflowError


def test_a_file_that_ends_too_early_says_so_and_is_broken_off():
    lines = csv_answer("ledger", ["a"], failing(["1"])).streaming_content
    assert next(lines) == b'\xef\xbb\xbf"a"\r\n'
    rest = b'"1"\r\n"INCOMPLETE: reading failed here. Make this file again."\r\n'
    assert next(lines) == rest
    with pytest.raises(OverflowError):
        next(lines)


def test_what_cannot_be_read_at_all_is_no_file():
    with pytest.raises(OverflowError):
        csv_answer("ledger", ["a"], failing())


def test_the_file_is_called_after_what_it_holds_and_kept_by_no_cache():
    response = csv_answer("ledger", ["a"], [])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="ledger-20')
    assert response["Content-Disposition"].endswith('.csv"')
    assert "no-store" in response["Cache-Control"]
