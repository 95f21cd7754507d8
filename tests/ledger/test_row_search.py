"""How rows at Piggy are told to be an entry's, or to prove nothing."""

from datetime import timedelta

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.credits.types import CreditReception
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Evidence, Finding, Verdict
from piggyadmin.ledger.row_search import RowSearch
from piggyadmin.piggy.clock import NONE, Difference
from tests.ledger.making import credits_for, make_entry

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SLUG = "create-credit-reception"


def judged(rows: list[str], *, known: bool | None = True, **more) -> Finding:
    """Judge an entry by rows, of which those fit that are called `own`."""
    data = credits_for(Contact(uuid="c1"))
    entry = make_entry(EntryState.UNKNOWN, slug=SLUG, data=data)
    search = RowSearch(
        rows=rows,
        fits=lambda _entry, row: known if row.startswith("own") else False,
        shown=lambda row: Evidence(what=row, value=""),
        result=lambda row: CreditReception(uuid=row),
        **{"clock": NONE, **more},
    )
    return search.judge(entry)


def test_the_one_that_fits_is_its_own():
    found = judged(["other", "own"])
    assert (found.verdict, found.result) == (Verdict.DONE, CreditReception(uuid="own"))
    assert [each.what for each in found.evidence] == ["own"]


def test_moments_of_clocks_that_are_far_apart_prove_nothing():
    found = judged(["other", "own"], clock=Difference(HOUR, HOUR))
    assert found.verdict is Verdict.UNDECIDED
    assert found.words.startswith("Piggy's clock and ours are 60 minutes apart")
    assert [each.what for each in found.evidence] == ["own"]


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        (["own", "own-too"], {}, "More than one answer fits"),
        (["own"], {"known": None}, "Piggy does not tell all about it"),
        (["own"], {"is_rivalled": True}, "Piggy does not tell all about it"),
        (["other"], {"is_all": False}, "more transactions than can be looked at"),
        (["other"], {}, "It may still be at it."),
    ],
)
def test_what_cannot_be_told_is_left_to_a_person(rows, more, words):
    found = judged(rows, **more)
    assert found.verdict is Verdict.UNDECIDED
    assert words in found.words


def test_what_is_not_there_in_the_end_was_not_done(later):
    assert judged(["other"]).verdict is Verdict.NOT_DONE
