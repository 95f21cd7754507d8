"""The books of a merge."""

from piggyadmin.duplicates.merging.balances import Balances, Figures, _figures

MIRA = Figures(uuid="m", credits=120, prepaid_cents=1000, identifiers=1, vouchers=2)
OTHER = Figures(uuid="o", credits=30, prepaid_cents=250, identifiers=2, vouchers=None)
BOTH = Figures(uuid="m", credits=150, prepaid_cents=1250, identifiers=3, vouchers=2)


def test_the_survivor_should_have_what_all_had():
    books = Balances(before=MIRA, sources=[OTHER], after=BOTH)
    assert (books.credits_reunited, books.prepaid_reunited) == (30, 250)
    assert books.expected == BOTH
    assert books.agrees
    assert not Balances(before=MIRA, sources=[OTHER], after=MIRA).agrees


def test_where_nobody_knows_what_was_before_nothing_agrees():
    books = Balances(before=None, sources=[OTHER], after=None)
    assert books.expected is None
    assert not books.agrees


def test_the_books_are_written_down():
    books = Balances(before=MIRA, sources=[OTHER], after=BOTH)
    other = {"uuid": "o", "credits": 30, "prepaid_cents": 250, "identifiers": 2, "vouchers": None}
    assert books.report() == {
        "before": MIRA._asdict(),
        "sources": [other],
        "after": BOTH._asdict(),
        "credits_reunited": 30,
        "prepaid_reunited": 250,
    }
    unknown = Balances(before=None, sources=[], after=None).report()
    assert (unknown["before"], unknown["after"], unknown["sources"]) == (None, None, [])


def test_figures_are_read_from_what_the_ledger_keeps():
    contact = {"uuid": "m", "credits": 120, "prepaid_cents": 1000}
    kept = {"contact": contact, "identifiers": [{}], "vouchers": 2}
    assert _figures(kept) == MIRA
    nothing = {"contact": {"uuid": "n", "credits": None, "prepaid_cents": None}}
    assert _figures(nothing | {"identifiers": [], "vouchers": None}) == ("n", 0, 0, 0, None)
