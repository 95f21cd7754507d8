"""Who is proposed to survive, and why."""

from datetime import UTC, datetime

from piggyadmin.contacts.types import Contact, ContactIdentifier, Subscription, SubscriptionType
from piggyadmin.duplicates.sides import Side
from piggyadmin.duplicates.survivor import propose
from piggyadmin.perks.types import Tier

EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def side(uuid: str, *, cards: int = 0, values: dict[str, str] | None = None, **known) -> Side:
    known.setdefault("email", f"{uuid}@example.test")
    return Side(
        contact=Contact(uuid=uuid, **known),
        identifiers=[ContactIdentifier(value=f"{uuid}-{number}") for number in range(cards)],
        vouchers=0,
        values=values or {},
    )


def proposed(*sides: Side) -> tuple[str, tuple[str, ...]]:
    proposal = propose(sides)
    return proposal.survivor.uuid, proposal.reasons


def test_equals_are_told_as_such():
    assert proposed(side("a"), side("b")) == ("a", ("nothing sets them apart",))


def test_real_address_goes_before_everything_else():
    anonymous = side("a", is_anonymous=True, transactions=9, created_at=EARLY, cards=3)
    who, why = proposed(anonymous, side("b", last_transaction_at=LATE))
    assert who == "b"
    assert why[0] == "it has a real e-mail address, not a made-up one"


def test_nobody_with_a_made_up_address_is_proposed_among_several():
    anonymous = side("a", is_anonymous=True, transactions=9, last_transaction_at=LATE, cards=3)
    assert proposed(anonymous, side("b"), side("c"))[0] == "b"


def test_only_anonymous_ones():
    busy = side("b", is_anonymous=True, transactions=3)
    assert proposed(side("a", is_anonymous=True), busy)[0] == "b"


def test_confirmed_address_goes_before_activity():
    kind = SubscriptionType(name="Newsletter", strategy="DOUBLE_OPT_IN")
    confirmed = Subscription(is_subscribed=True, status="SUBSCRIBED", subscription_type=kind)
    who, why = proposed(side("a", last_transaction_at=LATE), side("b", subscriptions=[confirmed]))
    assert (who, why) == ("b", ("its e-mail address is confirmed",))


def test_opting_in_by_a_tick_confirms_nothing():
    kind = SubscriptionType(name="Newsletter", strategy="OPT_IN")
    ticked = Subscription(is_subscribed=True, status="SUBSCRIBED", subscription_type=kind)
    assert not side("a", subscriptions=[ticked]).has_confirmed_address


def test_reasons_come_the_weightiest_first():
    who, why = proposed(
        side("a", created_at=LATE),
        side(
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
