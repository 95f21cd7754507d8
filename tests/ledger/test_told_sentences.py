"""Sentences of many entries say what each would say by itself."""

from json import dumps
from typing import Any
from unittest.mock import Mock

import pytest

from piggyadmin.ledger import told_sentences
from piggyadmin.ledger.exports import RawRow
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.rows import sentence_about, so_far
from piggyadmin.ledger.sentences import Matter
from piggyadmin.ledger.told_sentences import ToldSentences
from tests.ledger.test_sentences import MIRA, SHOP, TEA, TOLD, WRITES

THINGS = {SHOP: "Amsterdam", "news": "Newsletter", TEA: "Tea"}


def row(action: str, data: Any, preview: Any = None, state: str = "done", **more: Any) -> RawRow:
    given: dict[str, Any] = {
        **dict.fromkeys(RawRow._fields, ""),
        "action": action,
        "data": dumps(data),
        "preview": None if preview is None else dumps(preview),
        "state": state,
        "person_name": "Daan",
        "is_followed": 0,
        "is_flagged": 0,
    }
    return RawRow(**{**given, **more})


def alone(each: RawRow, data, preview, customers) -> str:
    told = sentence_about(each.action, Matter(data, preview or {}, customers, THINGS)).told
    return told(each.person_name, each.state, so_far=so_far(each))


def sentences() -> ToldSentences:
    made = ToldSentences()
    made.name_things(THINGS)
    return made


@pytest.mark.parametrize("slug", [*WRITES, "no-such-action"])
def test_the_same_words_as_for_one_alone(slug):
    data: dict[str, Any]
    data, customers, _words = TOLD.get(slug, ({}, {}, ""))  # type: ignore[assignment]
    told = sentences()
    cases = [
        (each, values, preview, named)
        for values in (data, {}, {**data, "credits": -7, "amount": "3.50", "decision": None})
        for preview in (None, {}, {"shop_name": "Utrecht", "name": "It", "number": "7"})
        for named in (
            customers,
            dict.fromkeys(customers, ""),
            {**customers, "contact": "%s {}"},
        )
        for each in (
            row(slug, values, preview),
            row(slug, values, preview, EntryState.REJECTED, person_name="Noor % {who}"),
            row(slug, values, preview, EntryState.UNKNOWN),
            row(slug, values, preview, is_followed=1),
            row(slug, values, preview, is_flagged=1),
        )
    ]
    for _again in range(2):
        for each, values, preview, named in cases:
            assert told.told(each, named) == alone(each, values, preview, named)


def test_one_is_worked_out_for_all_that_read_alike(monkeypatch):
    told, asked = sentences(), Mock(wraps=sentence_about)
    monkeypatch.setattr(told_sentences, "sentence_about", asked)
    for number in range(50):
        each = row(
            "create-credit-reception", {"credits": number % 2 + 1, "contact_uuid": str(number)}
        )
        assert f"Customer {number}" in told.told(each, {"contact": f"Customer {number}"})
    assert asked.call_count == 2


@pytest.mark.parametrize("one", [1, True, "1", None, [1], ["1"], {"a": 1}])
@pytest.mark.parametrize("other", [1, True, "1", None, [1], ["1"], {"a": 1}])
def test_values_are_alike_only_where_they_are_the_same(one, other):
    keys = [told_sentences._values(["x"], {"x": value}) for value in (one, other)]
    assert (keys[0] == keys[1]) == (dumps(one) == dumps(other))


def test_what_is_missing_is_not_nothing():
    assert told_sentences._values(["x"], {}) != told_sentences._values(["x"], {"x": None})


def test_other_things_and_too_many_begin_anew(monkeypatch):
    told = sentences()
    each = row("create-credit-reception", {"credits": 1, "shop_uuid": SHOP})
    assert "Amsterdam" in told.told(each, {"contact": MIRA})
    told.name_things({SHOP: "Utrecht"})
    assert "Utrecht" in told.told(each, {"contact": MIRA})
    monkeypatch.setattr(told_sentences, "MOST_KNOWN", 1)
    other = row("create-credit-reception", {"credits": 2, "shop_uuid": SHOP})
    assert "2 credits" in told.told(other, {"contact": MIRA})
    assert len(told._known) == 1


def test_a_look_at_all_fields_notes_all():
    names: dict[str, None] = {}
    noted = told_sentences._NotedMapping({"a": 1, "b": 2}, names)
    assert (len(noted), list(noted), list(names)) == (2, ["a", "b"], ["a", "b"])
