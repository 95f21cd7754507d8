"""Plans: the order of sources, whose values are kept, and what is said about them."""

import pytest

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging import checks, facts
from piggyadmin.duplicates.merging.candidates import VOUCHERS_READ, Candidate
from piggyadmin.duplicates.merging.plan import NOBODY, in_safe_order, make_plan, what_to_keep
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.duplicates.models import PairStatus
from piggyadmin.duplicates.review.evidence import Point
from tests.duplicates.merges import make_pair

pytestmark = pytest.mark.django_db


def candidate(uuid: str, *, vouchers: int = 0, **values) -> Candidate:
    return Candidate(
        contact=Contact(uuid=uuid, email=f"{uuid}@example.test"),
        identifiers=[],
        vouchers=vouchers,
        values=values,
        shown={name: str(value) for name, value in values.items()},
    )


def plan(*candidates: Candidate, **chosen: str):
    survivor, *sources = candidates
    labels = {"drink": "Favourite drink"}
    return make_plan(
        propose(candidates), survivor=survivor, sources=sources, chosen=chosen, labels=labels
    )


def row(made, name):
    return next(row for row in made.rows if row.name == name)


def test_strongest_links_first():
    for first, second, probability in [("a", "b", 0.7), ("b", "c", 0.99), ("a", "d", 0.9)]:
        make_pair(first, second, probability)
    ordered = in_safe_order(candidate("a"), [candidate("b"), candidate("c"), candidate("d")])
    assert [each.uuid for each in ordered] == ["d", "b", "c"]


def test_what_nothing_links_comes_last():
    make_pair("a", "c", 0.8)
    ordered = in_safe_order(candidate("a"), [candidate("b"), candidate("c")])
    assert [each.uuid for each in ordered] == ["c", "b"]


def test_survivors_values_are_kept_and_gaps_filled():
    candidates = (candidate("a", firstname="Mira"), candidate("b", firstname="M.", drink="tea"))
    assert what_to_keep(candidates, {}) == {"firstname": "a", "drink": "b"}
    assert what_to_keep(candidates, {"firstname": "b", "drink": NOBODY}) == {
        "firstname": "b",
        "drink": NOBODY,
    }


def test_own_values_cannot_be_emptied_nor_strangers_chosen():
    candidates = (candidate("a", firstname="Mira"), candidate("b", firstname="M."))
    assert what_to_keep(candidates, {"firstname": NOBODY}) == {"firstname": "a"}
    assert what_to_keep(candidates, {"firstname": "stranger"}) == {"firstname": "a"}


def test_rows_say_what_comes_of_each_field():
    made = plan(
        candidate("a", firstname="Mira", lastname="Jansen", phonenumber="1"),
        candidate("b", firstname="M.", lastname="Jansen", drink="tea"),
    )
    words = {each.name: each.words for each in made.rows}
    assert words == {
        "firstname": "They differ: choose",
        "lastname": "Same",
        "phonenumber": "The survivor's",
        "drink": "From the other one",
    }
    assert row(made, "drink").label == "Favourite drink"
    assert [option.can_be_kept for option in row(made, "drink").options] == [True, True]
    assert [option.can_be_kept for option in row(made, "phonenumber").options] == [True, False]
    assert made.kept_values == {
        "firstname": "Mira",
        "lastname": "Jansen",
        "phonenumber": "1",
        "drink": "tea",
    }


def test_what_was_agreed_to_does_not_depend_on_choices():
    candidates = (candidate("a", firstname="Mira"), candidate("b", firstname="M."))
    assert plan(*candidates).decisive() == plan(*candidates, firstname="b").decisive()
    other = (candidate("a", firstname="Mira"), candidate("b", firstname="Mo"))
    assert plan(*candidates).decisive() != plan(*other).decisive()


def test_evidence_against_needs_a_yes(monkeypatch):
    points = [Point("name-same", "same name", 3.0), Point("born", "other birth date", -9.0)]
    monkeypatch.setattr(checks, "evidence_of", lambda pairs: [points for _pair in pairs])
    assert {check.kind for check in plan(candidate("a"), candidate("b")).questions} == {
        "differences"
    }


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("+31 6 1234 5678", "06-12345678", True),
        ("+31612345678", "+31612345679", False),
    ],
)
def test_phones_written_differently_are_the_same(one, other, is_alike):
    assert checks._alike("phonenumber", one, other) == is_alike


def test_dismissed_pair_between_two_sources_is_told_too():
    make_pair("b", "c", status=PairStatus.DISMISSED)
    assert [
        check.about for check in plan(candidate("a"), candidate("b"), candidate("c")).questions
    ] == ["b"]


def test_vouchers_beyond_what_is_read_are_told_as_such():
    many = candidate("a", vouchers=VOUCHERS_READ + 1)
    assert "of the newest" in facts._vouchers(many)


def test_facts_tell_where_contacts_differ():
    lines = {
        fact.label: fact for fact in facts.facts_of([candidate("a"), candidate("b", vouchers=1)])
    }
    assert lines["Vouchers"].differs
    assert not lines["Credits"].differs


def test_names_of_contacts_by_what_is_known():
    known = Contact(uuid="u", email="made-up@example.test", is_anonymous=True)
    card = ContactIdentifier(value="CARD-9")
    assert Candidate(contact=known, identifiers=[card], vouchers=0).name == "CARD-9"
    assert Candidate(contact=known, identifiers=[], vouchers=0).name == "u"
    assert candidate("a").name == "a@example.test"
    assert Candidate(contact=known, identifiers=[], vouchers=0).word == "u"


def test_who_goes_into_whom_and_what_each_has_is_agreed_to():
    first = candidate("a", firstname="Mira", vouchers=2)
    card = ContactIdentifier(value="CARD-9")
    contact = Contact(uuid="b", email="b@example.test", credits=30, prepaid_cents=250)
    second = Candidate(contact=contact, identifiers=[card], vouchers=1, values={})
    agreed = plan(first, second).decisive()
    assert agreed == {
        "survivor": "a",
        "sources": ["b"],
        "sides": [
            [0, 0, [], 2, {"firstname": "Mira"}],
            [30, 250, ["CARD-9"], 1, {}],
        ],
        "notices": ["prepaid:", "gift-cards:", "unknown-bookings:"],
        "subscriptions": [],
    }


def test_each_value_is_told_with_whose_it_is_and_whether_it_is_kept():
    made = plan(
        candidate("a", firstname="Mira"),
        candidate("b", firstname="Noor", drink="tea"),
        drink=NOBODY,
    )
    first, drink = row(made, "firstname"), row(made, "drink")
    assert [option[:5] for option in first.options] == [
        ("a", "a@example.test", "Mira", True, False),
        ("b", "b@example.test", "Noor", True, False),
    ]
    assert (first.is_conflict, first.is_choice, first.is_undecided) == (True, True, True)
    assert [option[2:] for option in drink.options] == [
        ("", False, True, True),
        ("tea", True, False, False),
    ]
    assert [option.choice for option in drink.options] == [NOBODY, "b"]
    assert (drink.is_conflict, drink.is_choice, drink.words) == (False, True, "Left empty")
    assert made.undecided == [first]
    same = row(plan(candidate("a", drink="tea"), candidate("b", drink="tea")), "drink")
    assert (same.is_conflict, same.is_choice, same.is_undecided) == (False, False, False)


def test_links_between_sources_count_once_one_of_them_has_gone_in():
    for first, second, probability in [("a", "b", 0.9), ("b", "d", 0.8), ("a", "c", 0.7)]:
        make_pair(first, second, probability)
    ordered = in_safe_order(candidate("a"), [candidate("c"), candidate("d"), candidate("b")])
    assert [each.uuid for each in ordered] == ["b", "d", "c"]
