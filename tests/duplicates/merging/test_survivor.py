"""Who is proposed to survive, and why."""

from datetime import UTC, datetime, timedelta

from piggyadmin.contacts.types import Contact, ContactIdentifier, Subscription, SubscriptionType
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.perks.types import Tier

EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def candidate(
    uuid: str, *, cards: int = 0, values: dict[str, str] | None = None, **known
) -> Candidate:
    known.setdefault("email", f"{uuid}@example.test")
    return Candidate(
        contact=Contact(uuid=uuid, **known),
        identifiers=[ContactIdentifier(value=f"{uuid}-{number}") for number in range(cards)],
        vouchers=0,
        values=values or {},
    )


def proposed(*candidates: Candidate) -> tuple[str, tuple[str, ...]]:
    proposal = propose(candidates)
    return proposal.survivor.uuid, proposal.reasons


def test_equals_are_told_as_such():
    assert proposed(candidate("a"), candidate("b")) == ("a", ("nothing sets them apart",))


def test_real_address_goes_before_everything_else():
    anonymous = candidate("a", is_anonymous=True, transactions=9, created_at=EARLY, cards=3)
    who, why = proposed(anonymous, candidate("b", last_transaction_at=LATE))
    assert who == "b"
    assert why[0] == "it has a real e-mail address, not a made-up one"


def test_nobody_with_a_made_up_address_is_proposed_among_several():
    anonymous = candidate("a", is_anonymous=True, transactions=9, last_transaction_at=LATE, cards=3)
    assert proposed(anonymous, candidate("b"), candidate("c"))[0] == "b"


def test_only_anonymous_ones():
    busy = candidate("b", is_anonymous=True, transactions=3)
    assert proposed(candidate("a", is_anonymous=True), busy)[0] == "b"


def test_confirmed_address_goes_before_activity():
    kind = SubscriptionType(name="Newsletter", strategy="DOUBLE_OPT_IN")
    confirmed = Subscription(is_subscribed=True, status="SUBSCRIBED", subscription_type=kind)
    who, why = proposed(
        candidate("a", last_transaction_at=LATE), candidate("b", subscriptions=[confirmed])
    )
    assert (who, why) == ("b", ("its e-mail address is confirmed",))


def test_opting_in_by_a_tick_confirms_nothing():
    kind = SubscriptionType(name="Newsletter", strategy="OPT_IN")
    ticked = Subscription(is_subscribed=True, status="SUBSCRIBED", subscription_type=kind)
    assert not candidate("a", subscriptions=[ticked]).has_confirmed_address


def test_reasons_come_the_weightiest_first():
    who, why = proposed(
        candidate("a", created_at=LATE),
        candidate(
            "b",
            created_at=EARLY,
            last_transaction_at=LATE,
            tier=Tier(name="Gold", position=3),
            transactions=4,
            cards=2,
            values={"firstname": "Mira"},
        ),
    )
    assert who == "b"
    assert why == (
        "it was active last",
        "it has the higher tier",
        "it has more transactions",
        "it has more cards and other identifiers",
        "more is known of it",
        "it is older",
    )


def double_opt_in() -> Subscription:
    kind = SubscriptionType(name="Newsletter", strategy="DOUBLE_OPT_IN")
    return Subscription(is_subscribed=True, status="SUBSCRIBED", subscription_type=kind)


def test_account_that_slept_is_not_proposed_whatever_else_it_has():
    slept = candidate(
        "a",
        created_at=EARLY,
        last_transaction_at=LATE - timedelta(days=3 * 365),
        subscriptions=[double_opt_in()],
        tier=Tier(name="Gold", position=3),
        transactions=90,
        cards=4,
        values={"firstname": "Mira"},
    )
    in_use = candidate("b", created_at=LATE - timedelta(days=400), last_transaction_at=LATE)
    for candidates in ((slept, in_use), (in_use, slept)):
        who, why = proposed(*candidates)
        assert who == "b"
        assert why == (
            "another one has not been used for more than a year",
            "it was active last",
        )


def test_account_that_never_bought_anything_has_slept_since_it_was_made():
    never = candidate("a", created_at=EARLY, subscriptions=[double_opt_in()])
    assert proposed(never, candidate("b", last_transaction_at=LATE))[0] == "b"


def test_account_that_was_just_made_has_not_slept():
    new = candidate("a", created_at=LATE, subscriptions=[double_opt_in()])
    assert proposed(candidate("b", last_transaction_at=LATE, created_at=EARLY), new)[0] == "a"


def test_of_several_that_are_in_use_the_others_are_told_apart_as_usual():
    slept = candidate("a", last_transaction_at=EARLY, transactions=90)
    busy = candidate("c", last_transaction_at=LATE, transactions=9)
    assert proposed(slept, candidate("b", last_transaction_at=LATE, transactions=2), busy)[0] == "c"
