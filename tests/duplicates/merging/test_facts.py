"""What contacts have, side by side in words, and what the survivor will have."""

from datetime import UTC, datetime
from typing import Any

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging import facts
from piggyadmin.duplicates.merging.candidates import VOUCHERS_READ, Candidate
from piggyadmin.ui.templatetags.ui import NOTHING, local

MADE, ACTIVE = datetime(2025, 1, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
NEWS = {"is_subscribed": True, "subscription_type": {"name": "News"}}


def candidate(uuid: str = "a", *, cards: Any = (), **more: Any) -> Candidate:
    about = {name: more.pop(name) for name in set(more) & set(Contact.model_fields)}
    contact = Contact.model_validate({"uuid": uuid, "email": f"{uuid}@example.test"} | about)
    return Candidate(contact=contact, identifiers=list(cards), **more)


def rich() -> Candidate:
    return candidate(
        cards=[ContactIdentifier(value="C-1"), ContactIdentifier(value="C-2", active=False)],
        credits=1200,
        prepaid_cents=250,
        tier={"name": "Gold"},
        subscriptions=[NEWS, NEWS | {"is_subscribed": False}],
        last_transaction_at=ACTIVE,
        transactions=7,
        created_at=MADE,
        vouchers=3,
        vouchers_by_status={"ACTIVE": 2, "REDEEMED": 1},
        codes=("ONE", "TWO"),
    )


def test_every_line_says_what_each_has_and_what_comes_of_it():
    first, second = rich(), candidate("b", credits=30, prepaid_cents=50)
    lines = {
        fact.label: ([value for _, value in fact.values], fact.result)
        for fact in facts.facts_of([first, second])
    }
    assert lines == {
        "Credits": (["1,200", "30"], "1,230 credits"),
        "Prepaid": (["€\u00a02.50", "€\u00a00.50"], "€\u00a03.00"),
        "Identifiers": (["C-1, C-2 (switched off)", NOTHING], "2"),
        "Vouchers": (["3: 2 active, 1 redeemed, ONE, TWO", NOTHING], "3"),
        "Tier": (["Gold", NOTHING], "Piggy decides"),
        "Subscriptions": (["News", NOTHING], "Piggy decides"),
        "Last active": ([local(ACTIVE), NOTHING], ""),
        "Transactions": (["7", NOTHING], ""),
        "Since": ([local(MADE), NOTHING], ""),
    }


def test_values_stand_beside_whose_they_are():
    first, second = candidate(), candidate("b")
    assert [each for each, _ in facts.facts_of([first, second])[0].values] == [first, second]


def test_the_address_is_the_survivors():
    anonymous, unknown = candidate("b", is_anonymous=True), candidate("c", email=None)
    fact = facts.address_of([candidate(), anonymous, unknown])
    words = ["a@example.test", "none: the customer is anonymous", NOTHING]
    assert [value for _, value in fact.values] == words
    assert (fact.label, fact.result) == ("E-mail", "a@example.test")


def test_lines_differ_where_two_have_something_else():
    fact = facts.address_of([candidate(), candidate("b")])
    assert fact.differs
    assert not facts.address_of([candidate(), candidate()]).differs


def test_vouchers_are_told_as_far_as_they_were_read():
    assert facts._vouchers(candidate(vouchers=VOUCHERS_READ)) == "500: 0 active, 0 redeemed"
    many = candidate(vouchers=VOUCHERS_READ + 1, vouchers_by_status={"ACTIVE": 4, "REDEEMED": 5})
    assert facts._vouchers(many) == "501; of the newest, 4 active, 5 redeemed"
    assert (facts._vouchers(candidate(vouchers=0)), facts._vouchers(candidate())) == ("0", NOTHING)
