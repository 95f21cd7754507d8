"""Turns: nothing is left out by all, and a whole run leaves nothing out."""

from tests.rotation import turn, turns

LETTERS = "abcdefg"


def test_a_row_meets_its_part_and_what_it_always_meets():
    assert turn(0, LETTERS, 3, always="g", is_whole=False) == ["a", "d", "g"]
    assert turn(1, LETTERS, 3, always="g", is_whole=False) == ["b", "e", "g"]
    assert turn(3, LETTERS, 3, always="g", is_whole=False) == ["a", "d", "g"]


def test_rows_together_meet_everything():
    met = turns(["one", "two", "three"], LETTERS, 3, is_whole=False)
    assert sorted(letter for _row, letter in met) == list(LETTERS)


def test_whole_leaves_nothing_out():
    assert turn(5, LETTERS, 3, always="g", is_whole=True) == list(LETTERS)
    assert len(turns(["one", "two"], LETTERS, 3, is_whole=True)) == 2 * len(LETTERS)
