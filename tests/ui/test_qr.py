"""QR codes as pictures."""

from urllib.parse import unquote

from piggyadmin.ui.qr import qr_picture


def test_a_picture_holds_itself_and_nothing_that_was_said():
    picture = qr_picture("https://example.test/?a=<script>&b='\"")
    assert picture.startswith("data:image/svg+xml")
    assert "<svg" in unquote(picture)
    assert "script" not in unquote(picture)
    assert not {'"', "<", ">"} & set(picture)


def test_other_words_are_another_picture():
    assert qr_picture("a") != qr_picture("b")
    assert qr_picture("a") == qr_picture("a")


def test_what_no_picture_can_say_has_none():
    assert qr_picture("a" * 5000) == ""
