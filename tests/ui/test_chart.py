"""Bars of small charts."""

from piggyadmin.ui.chart import GAP, HEIGHT, WIDTH, Bar, bars


def test_bars_stand_side_by_side_on_the_axis():
    assert bars([0, 5, 10], 10) == [
        Bar(x=GAP / 2, width=WIDTH / 3 - GAP, y=HEIGHT, height=0),
        Bar(x=WIDTH / 3 + GAP / 2, width=WIDTH / 3 - GAP, y=HEIGHT / 2, height=HEIGHT / 2),
        Bar(x=WIDTH * 2 / 3 + GAP / 2, width=WIDTH / 3 - GAP, y=0, height=HEIGHT),
    ]
