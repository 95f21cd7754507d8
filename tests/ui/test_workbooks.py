"""Workbooks, in which every text stays a text."""

from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook

from piggyadmin.ui.workbooks import workbook


def test_texts_stay_texts_and_numbers_numbers():
    written = workbook([["Code", "Worth"], ["=1+1", 5], ["a\x00b", Decimal("1.5")], [None, True]])
    sheet = load_workbook(BytesIO(written)).worksheets[0]
    rows = list(sheet.iter_rows())
    assert [[cell.value for cell in row] for row in rows] == [
        ["Code", "Worth"],
        ["=1+1", 5],
        ["ab", 1.5],
        [None, True],
    ]
    assert [cell.data_type for cell in rows[1]] == ["s", "n"]
