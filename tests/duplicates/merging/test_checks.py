"""What stops a merge, what needs a yes and what is told: which, about whom, in which words."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging import checks
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.checks import Check, Level
from piggyadmin.duplicates.models import PairStatus
from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.ledger.models import EntryState
from tests.duplicates.merges import make_pair
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
ALWAYS = [("gift-cards", Level.TELL, ""), ("unknown-bookings", Level.TELL, "")]


def candidate(uuid: str, *, values: Any = None, **more: Any) -> Candidate:
    contact = Contact.model_validate({"uuid": uuid, "email": f"{uuid}@example.test"} | more)
    return Candidate(contact=contact, identifiers=[], values=values or {})


def found(*candidates: Candidate) -> list[Check]:
    survivor, *sources = candidates
    return list(checks.checks(survivor, sources))


def told(*candidates: Candidate) -> list[tuple[str, Level, str]]:
    return [(each.kind, each.level, each.about) for each in found(*candidates)]


def words(kind: str, *candidates: Candidate) -> str:
    return next(each.words for each in found(*candidates) if each.kind == kind)


def test_what_is_told_of_any_merge():
    assert told(candidate("a"), candidate("b")) == ALWAYS


def test_the_same_about_another_contact_is_something_else():
    check = Check(kind="claim", level=Level.ASK, words="Claim it.", about="b")
    assert check.code == "claim:b"
    assert Check(kind="gift-cards", level=Level.TELL, words="None.").code == "gift-cards:"


def test_the_gravest_stands_first():
    make_entry(EntryState.SENT, slug="delete-contact", contact="b")
    anonymous = candidate("b", is_anonymous=True)
    assert told(candidate("a"), anonymous) == [
        ("under-way", Level.STOP, "b"),
        ("claim", Level.ASK, "b"),
        *ALWAYS,
    ]


def test_an_anonymous_one_does_not_survive_unasked():
    anonymous = candidate("a", is_anonymous=True)
    assert told(anonymous, candidate("b"))[0] == ("anonymous-survivor", Level.ASK, "a")
    assert told(anonymous, candidate("b", is_anonymous=True)) == ALWAYS
    several = told(anonymous, candidate("b", is_anonymous=True), candidate("c"))
    assert several[0] == ("anonymous-survivor", Level.ASK, "a")


def test_a_decision_against_is_told_with_the_other_ones_uuid():
    make_pair("a", "b", status=PairStatus.DISMISSED)
    make_pair("a", "stranger", status=PairStatus.DISMISSED)
    make_pair("a", "c")
    assert told(candidate("a"), candidate("b"), candidate("c"))[0] == ("dismissed", Level.ASK, "b")
    assert told(candidate("b"), candidate("a"))[0] == ("dismissed", Level.ASK, "a")
    said = words("dismissed", candidate("a"), candidate("b"))
    assert said == "Somebody has decided that two of these are not one person."


def test_prepaid_money_of_a_source_is_added_up():
    rich, poor = candidate("a", prepaid_cents=1250), candidate("b", prepaid_cents=75)
    said = words("prepaid", rich, poor)
    assert "€\u00a012.50 + €\u00a00.75, together €\u00a013.25." in said
    assert ("prepaid", Level.TELL, "") in told(rich, poor, candidate("c"))
    assert told(rich, candidate("c")) == ALWAYS


@pytest.mark.parametrize(
    ("status", "starts", "ends", "is_told"),
    [
        ("ACTIVE", 1, None, True),
        ("ACTIVE", -1, None, False),
        ("ACTIVE", -1, 1, True),
        ("ACTIVE", None, None, True),
        ("Cancelled", 1, None, False),
        ("COMPLETED", 1, None, False),
        ("No show", 1, None, False),
        ("no-show", 1, None, False),
    ],
)
def test_bookings_to_come_are_asked_about(status, starts, ends, is_told):
    def at(days: int | None):
        return None if days is None else timezone.now() + timedelta(days=days)

    SeenBooking.objects.create(
        uuid="k", contact_uuid="b", status=status, starts_at=at(starts), ends_at=at(ends)
    )
    expected = [("booking", Level.ASK, "b")] if is_told else []
    assert told(candidate("a"), candidate("b"), candidate("c")) == [*expected, *ALWAYS]


def test_bookings_are_counted():
    for uuid in "kl":
        SeenBooking.objects.create(uuid=uuid, contact_uuid="b", status="ACTIVE")
    assert "has 2 open bookings" in words("booking", candidate("a"), candidate("b"))


@pytest.mark.parametrize(("bits", "is_told"), [((3, -9), True), ((3, -3), False), ((1,), False)])
def test_evidence_against_is_asked_about(monkeypatch, bits, is_told):
    points = [Point("p", "words", float(each)) for each in bits]
    monkeypatch.setattr(checks, "evidence_of", lambda pairs: [points for _pair in pairs])
    expected = [("differences", Level.ASK, "b")] if is_told else []
    assert told(candidate("a"), candidate("b")) == [*expected, *ALWAYS]


MIRA = {
    "firstname": "Mira",
    "lastname": "Jansen",
    "birthdate": "1990-01-02",
    "phonenumber": "+31612345678",
}
OTHER = {
    "firstname": "Daan",
    "lastname": "Visser",
    "birthdate": "1985-03-04",
    "phonenumber": "+31687654321",
}


@pytest.mark.parametrize(
    ("changed", "differ"),
    [
        ({}, True),
        ({"firstname": "MIRA"}, False),
        ({"phonenumber": "06 12345678"}, False),
        ({"birthdate": ""}, True),
        ({"birthdate": "", "lastname": ""}, False),
    ],
)
def test_three_differences_and_nothing_the_same_are_asked_about(changed, differ):
    one, other = candidate("a", values=MIRA), candidate("b", values=OTHER | changed)
    assert checks._differ_too_much(one, other) is differ
    assert (("differences", Level.ASK, "b") in told(one, other)) is differ


def test_messages_that_only_the_source_gets_are_named():
    def gets(*names: str) -> list[dict[str, Any]]:
        return [{"is_subscribed": True, "subscription_type": {"name": name}} for name in names]

    survivor = candidate("a", subscriptions=gets("News"))
    source = candidate("b", subscriptions=gets("News", "Recipes", "Birthday"))
    assert ("subscriptions", Level.TELL, "b") in told(survivor, source)
    assert "does not get: Birthday, Recipes." in words("subscriptions", survivor, source)
    assert told(source, survivor) == ALWAYS


def test_the_pair_of_two_is_the_same_either_way_round():
    stored = make_pair("a", "b")
    assert checks.pair_of("b", "a") == checks.pair_of("a", "b") == stored
    unknown = checks.pair_of("d", "c")
    assert (unknown.first, unknown.second) == ("c", "d")
    assert unknown.pk is None
