"""The tokens of the style sheet: contrast in both themes, one scale, and how much is sent."""

import gzip
import itertools
import re
from pathlib import Path

import django_htmx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHEETS = sorted((ROOT / "static").rglob("*.css"))
TEXT = (ROOT / "static" / "ui.css").read_text()
MOST_BYTES = 45_000
COLOUR = re.compile(r"--([\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));")
TOKENS = {name: (light or both, dark or both) for name, light, dark, both in COLOUR.findall(TEXT)}
GROUNDS = ("page", "surface", "raised", "sunken", "hover", "field")
TONES = ("info", "success", "warning", "danger")
READ = [
    *itertools.product(("text", "muted", "accent", "accent-strong"), GROUNDS),
    *itertools.product(TONES, ("page", "surface", "hover")),
    *[(tone, f"{tone}-soft") for tone in TONES],
    *itertools.product(("text", "muted"), [f"{tone}-soft" for tone in TONES]),
    *itertools.product(("accent", "accent-strong", "text"), ("accent-soft",)),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger-fill"),
]
# Lines of controls, and the two rings around what has the focus, of which one shows on any ground.
SEEN = [
    *itertools.product(("line-strong",), ("surface", "page", "field")),
    *itertools.product(("focus",), ("focus-ground", "page", "surface", "sunken", "accent-soft")),
]


def luminance(colour: str) -> float:
    figures = colour.lstrip("#")
    figures = "".join(2 * figure for figure in figures) if len(figures) == 3 else figures
    parts = [int(figures[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_defined():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_text_can_be_read(text, ground, theme):
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), SEEN)
def test_controls_and_focus_can_be_seen(line, ground, theme):
    assert contrast(TOKENS[line][theme], TOKENS[ground][theme]) >= 3


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sizes_and_weights_are_those_of_the_scale(sheet):
    # What is printed is on paper, which has a scale of its own.
    text = sheet.read_text().split("@media print")[0]
    sizes = re.findall(r"font-size: ([^;]+);", text)
    weights = re.findall(r"font-weight: ([^;]+);", text)
    assert [size for size in sizes if not re.fullmatch(r"var\(--text-\w+\)", size)] == []
    own = [weight for weight in weights if not re.fullmatch(r"var\(--weight-\w+\)", weight)]
    assert set(own) <= {"inherit"}
    assert re.findall(r"[^-]font: (?!inherit|var\()", text) == []


def test_the_scale_is_short():
    assert len(re.findall(r"--text-\w+: ", TEXT)) == 7
    assert sorted(re.findall(r"--weight-\w+: (\d+)", TEXT)) == ["400", "500", "600"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_colours_are_tokens(sheet):
    below = sheet.read_text().split("@media print")[0].split("@layer layout", 1)[-1]
    found = re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r"\.logo[^}]+\}", "", below))
    assert found == []


def test_rows_are_36_pixels_high_and_44_by_choice():
    heights = re.findall(r"--row-height: ([\d.]+)rem", TEXT)
    assert [float(height) * 16 for height in heights] == [36, 44]


def sent(*paths: Path) -> int:
    """Count the bytes that travel."""
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


def test_not_much_is_sent():
    """What every page needs, and what those of one kind need as well, which has a folder."""
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    static = ROOT / "static"
    folders = [path for path in static.iterdir() if path.is_dir()]
    assert folders
    most = max(sent(*folder.rglob("*.css"), *folder.rglob("*.js")) for folder in folders)
    assert sent(htmx, *static.glob("*.css"), *static.glob("*.js")) + most <= MOST_BYTES
