"""What a file is, by its content."""

import io
from zipfile import ZipFile

import pytest

from piggyadmin.bulk.parsing.sniffing import guess_delimiter, guess_format, looks_named
from piggyadmin.bulk.parsing.types import FileKind, TableFormat, Trouble, UnreadableError
from tests.bulk.parsing.files import sheet

NAMES = "e-mail;naam\nmira@example.test;Mïra\n"


def guess(content: bytes) -> TableFormat:
    return guess_format(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (NAMES.encode(), "utf-8"),
        (NAMES.encode("utf-8-sig"), "utf-8"),
        (NAMES.encode("utf-16"), "utf-16"),
        (NAMES.encode("utf-16-le"), "utf-16-le"),
        (NAMES.encode("utf-16-be"), "utf-16-be"),
        (NAMES.encode("cp1252"), "cp1252"),
        (NAMES.encode() + NAMES.encode("cp1252"), "cp1252"),
        # What is no UTF-8 stands far behind the beginning.
        (b"a;b\n" * 100_000 + NAMES.encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(content, encoding):
    assert guess(content).encoding == encoding


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(delimiter):
    rows = [["e-mail", "credits", "note"], ["mira@example.test", "1", "a: b"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert guess_delimiter(text) == delimiter


def test_a_comma_in_numbers_is_no_delimiter():
    assert guess_delimiter("e-mail;bedrag\na@b.test;10,40\nc@d.test;9,-\n") == ";"


def test_one_column_is_a_list_as_well():
    assert guess(b"e-mail\nmira@example.test\n").delimiter in ";,\t|"


def test_a_workbook():
    assert guess_format(sheet(["a", "b"])).kind == FileKind.XLSX


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", Trouble.EMPTY),
        (b" \r\n \n", Trouble.EMPTY),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\2" * 90, Trouble.PICTURE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1" + bytes(range(256)), Trouble.PICTURE),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(64), Trouble.PICTURE),
        (b"%PDF-1.7\n%\xe2\xe3", Trouble.PDF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), Trouble.OLD_EXCEL),
        (b"\x7fELF" + bytes(range(32)) * 20, Trouble.NO_TEXT),
        (b"PK\x03\x04 but no archive", Trouble.BROKEN_SHEET),
    ],
)
def test_what_holds_no_rows(content, trouble):
    with pytest.raises(UnreadableError) as caught:
        guess(content)
    assert caught.value.trouble == trouble


def test_another_archive():
    file = io.BytesIO()
    with ZipFile(file, "w") as packed:
        packed.writestr("letter.txt", "hello")
    with pytest.raises(UnreadableError) as caught:
        guess_format(file)
    assert caught.value.trouble == Trouble.OTHER_ARCHIVE


def test_a_name_that_begins_like_a_picture():
    assert guess(b"BMI;GIF8\n1;2\n").kind == FileKind.CSV


@pytest.mark.parametrize(
    ("cells", "is_named"),
    [(["e-mail", "credits"], True), (["mira@example.test"], False), (["Mira", "12.5"], False)],
)
def test_names(cells, is_named):
    assert looks_named(cells) is is_named


def test_a_text_that_cannot_be_taken_apart():
    # Its separator does not matter: reading it says what is wrong.
    assert guess_delimiter('"' + "x" * 200_000) in ";,\t|:"
