"""Contacts as columns."""

import numpy as np
import pytest

from piggyadmin.duplicates.matching.normalisation import Normalised, keys
from piggyadmin.duplicates.matching.table import NO_KEY, Column, Table
from tests.duplicates.people import MIRA, table


def test_each_text_is_kept_once():
    found = table(MIRA, MIRA, {})
    assert len(found) == 3
    assert found["mail"].codes.tolist() == [1, 1, 0]
    assert found["mail"].texts == ["", "mira.jansen@example.test"]
    assert found["mail"].counts().tolist() == [0, 2]


def test_first_and_last_names_share_their_texts():
    found = table(MIRA, {"firstname": "Jansen", "lastname": "Mira"})
    assert found["first"].texts is not found["last"].texts
    assert found["first"].texts == found["last"].texts
    assert found["first"].codes[0] == found["last"].codes[1]


def test_a_key_that_is_not_known_is_no_key():
    found = table({"firstname": "Mira"})
    assert found.keys["phone"].tolist() == [NO_KEY]


def test_many_rows_are_read_piece_by_piece(monkeypatch):
    monkeypatch.setattr("piggyadmin.duplicates.matching.table._CHUNK", 2)
    rows = [Normalised(first=f"name {number}") for number in range(5)]
    found = Table((row, keys(row)) for row in rows)
    assert [found["first"].texts[code] for code in found["first"].codes] == [r.first for r in rows]


def test_nobody_at_all():
    assert len(table()) == 0
    assert len(table().keys["name"]) == 0


def test_texts_with_the_same_letters_are_marked_alike():
    column = Column(np.zeros(0, np.int32), ["", "listen", "silent", "listened", "müller 🐷"])
    empty, listen, silent, listened, muller = column.letters.tolist()
    assert listen == silent
    assert listened & ~listen == 1 << ord("d") % 64
    assert len({empty, listen, muller}) == 3


@pytest.mark.parametrize("slip", ["jansn", "jnasen", "jansenn", "jansem", "ansen"])
def test_a_slip_changes_at_most_two_letters(slip):
    column = Column(np.zeros(0, np.int32), ["jansen", slip])
    name, other = column.letters.tolist()
    assert (name ^ other).bit_count() <= 2
