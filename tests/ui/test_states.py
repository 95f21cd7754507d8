"""One set of words for states: in badges, filters and sentences."""

from typing import Any

from piggyadmin.ledger.filters import LedgerFilter
from piggyadmin.ui.states import STATES, state_of, status_choices, status_word
from piggyadmin.ui.templatetags.ui import status_badge
from piggyadmin.vouchers.wording import STATUSES


def test_a_filter_offers_the_words_of_the_badges():
    field: Any = LedgerFilter.base_fields["state"]
    offered = dict(field.choices)
    offered.pop("")
    assert {str(word) for word in offered.values()} == {status_word(state) for state in offered}
    assert all(str(word) in status_badge(state) for state, word in offered.items())


def test_vouchers_are_called_alike_everywhere():
    assert all(str(word) in status_badge(status) for status, word in STATUSES.items())


def test_case_and_underscores_do_not_matter():
    assert state_of("settled_done") == STATES["SETTLED-DONE"]
    assert state_of(status=True) == STATES["YES"]


def test_an_unknown_state_keeps_its_word():
    assert status_word("lost") == "lost"
    assert status_choices(["lost"]) == [("lost", "lost")]
