"""Rows of workbooks, and of what only looks like one."""

import io
from datetime import date, datetime, time

import pytest

from piggyadmin.bulk.parsing import xlsx_rows as reading
from piggyadmin.bulk.parsing.types import ListRow, Trouble, UnreadableError
from tests.bulk.parsing.files import changed, sheet

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def rows(file: io.BytesIO) -> list[ListRow]:
    reading.inspect(file)
    return list(reading.xlsx_rows(file))


def refused(file: io.BytesIO) -> Trouble:
    with pytest.raises(UnreadableError) as caught:
        rows(file)
    return caught.value.trouble


def test_values_as_people_type_them():
    values = [
        1,
        2.0,
        10.4,
        "x ",
        True,
        date(2026, 12, 3),
        datetime.fromisoformat("2026-12-03 19:30"),
    ]
    found = rows(sheet([*values, time(9, 30), None]))
    texts = ["x", "true", "2026-12-03", "2026-12-03 19:30", "09:30:00"]
    assert found == [ListRow(1, [1, 2, 10.4, *texts])]


def test_empty_rows_are_dropped_and_counted():
    assert rows(sheet(["a"], [None, ""], ["b"])) == [ListRow(1, ["a"]), ListRow(3, ["b"])]


def test_formulas_are_not_evaluated():
    assert rows(sheet(["a", '=WEBSERVICE("http://x")', "b"])) == [ListRow(1, ["a", "", "b"])]


def test_a_long_number_stays_as_wrong_as_it_is():
    ((_line, cells),) = rows(sheet([12345678901234567890.0]))
    assert cells == [1.234567890123457e19]


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_beyond_all_measure_is_a_text(number):
    content = b'%s<row r="1"><c r="A1"><v>%s</v></c></row></sheetData></worksheet>'
    file = changed(sheet(["a"]), SHEET, content % (HEAD, number.encode()))
    assert rows(file) == [ListRow(1, [str(float(number))])]


def test_a_row_that_no_sheet_has_is_refused_before_all_rows_above_it_are_made():
    content = HEAD + b'<row r="99999999999"><c><v>1</v></c></row></sheetData></worksheet>'
    assert refused(changed(sheet(["a"]), SHEET, content)) == Trouble.TOO_MANY_ROWS


@pytest.mark.parametrize("content", [b"", b"<no", b"\0" * 50])
def test_broken_sheets(content):
    assert refused(changed(sheet(["a"]), SHEET, content)) == Trouble.BROKEN_SHEET


def test_no_archive_at_all():
    assert refused(io.BytesIO(b"PK\x03\x04 nothing")) == Trouble.BROKEN_SHEET


def test_a_workbook_cut_off():
    assert refused(io.BytesIO(sheet(["a"]).getvalue()[:-40])) == Trouble.BROKEN_SHEET


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(reading, "MOST_UNPACKED_BYTES", 100_000)
    bomb = changed(sheet(["a"]), SHEET, b"<row/>" * 50_000)
    assert len(bomb.getvalue()) < 20_000
    assert refused(bomb) == Trouble.UNPACKS_TOO_LARGE


def test_a_bomb_in_what_is_shared(monkeypatch):
    monkeypatch.setattr(reading, "MOST_SHARED_BYTES", 100_000)
    assert refused(changed(sheet(["a"]), "xl/styles.xml", b" " * 200_000)) == (
        Trouble.UNPACKS_TOO_LARGE
    )


def test_one_endless_text():
    text = b"<row><c t='inlineStr'><is><t>" + b"x" * 2_000_000
    assert refused(changed(sheet(["a"]), SHEET, HEAD + text)) == Trouble.UNPACKS_TOO_LARGE


def test_one_endless_row():
    cells = b"<row>" + b"<c/>" * 2_000_000
    assert refused(changed(sheet(["a"]), SHEET, HEAD + cells)) == Trouble.UNPACKS_TOO_LARGE


def test_too_many_parts(monkeypatch):
    monkeypatch.setattr(reading, "MOST_PARTS", 3)
    assert refused(sheet(["a"])) == Trouble.UNPACKS_TOO_LARGE


def test_entities_do_not_grow():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'">'
    laughs += b'<!ENTITY c "' + b"&b;" * 1000 + b'"><!ENTITY d "' + b"&c;" * 1000 + b'">]>'
    body = HEAD + b"<row><c t='inlineStr'><is><t>&d;</t></is></c></row></sheetData></worksheet>"
    assert refused(changed(sheet(["a"]), SHEET, laughs + body)) == Trouble.BROKEN_SHEET
