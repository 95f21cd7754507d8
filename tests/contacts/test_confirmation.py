"""What has to be typed is short, and nobody else's."""

import pytest

from piggyadmin.contacts.confirmation import end_of


@pytest.mark.parametrize(
    ("word", "others", "typed"),
    [
        ("mira.jansen@example.test", (), "nsen"),
        ("mira.jansen@example.test", ("daan.smit@example.test",), "nsen"),
        ("m.jansen@example.test", ("mira.jansen@example.test",), "m.jansen"),
        ("mira.jansen2@example.test", ("mira.jansen@example.test",), "sen2"),
        ("Mira.JANSEN@example.test", ("t.jansen@example.test",), "a.JANSEN"),
        ("mira@gmial.test", ("mira@gmail.test",), "mira@gmial.test"),
        ("jansen@example.test", ("mira.jansen@example.test",), "jansen@example.test"),
        ("al@example.test", (), "al"),
        ("CARD-0001", ("mira.jansen@example.test",), "0001"),
        ("c0ffee00-0000-4000-8000-000000000002", (), "0002"),
        ("@example.test", (), "test"),
    ],
)
def test_an_end_that_is_its_own(word, others, typed):
    assert end_of(word, *others) == typed
