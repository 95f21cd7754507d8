"""Icons of the set."""

from piggyadmin.ui import icons


def test_an_icon_is_drawn_for_eyes_alone():
    drawn = icons.svg("house", 16)
    assert drawn.startswith("<svg ")
    assert 'width="16" height="16"' in drawn
    assert 'aria-hidden="true"' in drawn
    assert "xmlns" not in drawn
    assert drawn.count("<path") == 2


def test_a_name_that_the_set_does_not_have_is_a_circle():
    assert "house" in icons.names()
    for name in ("no-such-icon", "../house", ""):
        assert name not in icons.names()
        assert icons.svg(name, 20) == icons.svg(icons.UNKNOWN, 20)
