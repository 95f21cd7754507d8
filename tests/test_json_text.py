"""JSON from outside: whatever it holds, its texts can be stored and sent on."""

import json

import pytest

from piggyadmin.json_text import DEEPEST, indented, read_flat_json, read_json, storable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"\uDFFF"', "\ufffd"),
        (r'"\udc00\ud800"', "\ufffd\ufffd"),
        (r'"a\u0000b"', "a\ufffdb"),
        (r'{"\ud800": [["\ud83d"]]}', {"\ufffd": [["\ufffd"]]}),
        # Half a pair as itself, which is no UTF-8 and is read all the same.
        (b'"\xed\xa0\x80"', "\ufffd"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\\ud800 \\u0000"', r"\ud800 \u0000"),
        ('\ufeff"bom"'.encode(), "bom"),
        ("[1, 1.5, true, null]", [1, 1.5, True, None]),
    ],
    ids=ascii,
)
def test_every_text_is_one(text, value):
    read = read_json(text)
    assert read == value
    json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", ["", "{", b"\xff", '"a\0b"'])
def test_what_is_no_json_is_told(text):
    with pytest.raises(ValueError, match=r".+"):
        read_json(text)


@pytest.mark.parametrize("pair", ["[]", ('{"a":', "}")])
@pytest.mark.parametrize(("depth", "is_read"), [(1, True), (99, True), (100, False), (9999, False)])
def test_how_deeply_strangers_may_nest(pair, depth, is_read):
    opening, closing = pair
    text = opening * depth + "1" + closing * depth
    assert DEEPEST == 100
    if is_read:
        assert read_flat_json(text) == json.loads(text)
        return
    with pytest.raises(ValueError):  # noqa: PT011
        read_flat_json(text)


def test_tuples_become_lists_as_in_json():
    assert storable(("a\0", 1)) == ["a\ufffd", 1]


@pytest.mark.parametrize(
    ("text", "laid_out"),
    [
        ('{"a": ["\u00e9", 1]}', '{\n  "a": [\n    "\u00e9",\n    1\n  ]\n}'),
        ('{"a": ["cut [\u2026]', '{"a": ["cut [\u2026]'),
        ("Bad Gateway", "Bad Gateway"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_people_read_json_over_lines(text, laid_out):
    assert indented(text) == laid_out
