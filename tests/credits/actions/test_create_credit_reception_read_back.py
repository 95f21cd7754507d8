"""Finding a lost reception among many transactions, long after."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.credits import read_back
from piggyadmin.credits.actions import create_credit_reception as module
from piggyadmin.credits.types import LoyaltyTransaction
from piggyadmin.ledger import appending, reconciliation_evidence
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.own_reference import NAME
from piggyadmin.piggy import clock
from piggyadmin.rewards.actions.reverse_reward_reception import RewardToReverse
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
SLUG = "create-credit-reception"
CREDITS = get_action(SLUG)
DATA = {"shop_uuid": seed.AMSTERDAM_UUID, "credits": 25, "unit_value": None, "unit_name": ""}
UNFILTERED = {"kind": "filters_ignored", "path": "^loyalty-transactions$"}


@pytest.fixture
def entry(monkeypatch):
    """Make an entry whose answer was lost, so long ago that nothing comes any more."""
    made = make_entry(EntryState.UNKNOWN, slug=SLUG, data=DATA, contact=seed.MIRA_UUID)
    settle(monkeypatch)
    return made


@pytest.fixture
def referring(monkeypatch, piggy):
    """Make an entry that has written its reference."""
    made = make_entry(slug=SLUG, data=DATA, contact=seed.MIRA_UUID)
    module.REFERENCE_PLACE.make(piggy)
    appending.append(made, EntryState.SENT, {"reference": str(made.submission_key)})
    appending.append(made, EntryState.UNKNOWN)
    settle(monkeypatch)
    return made


def settle(monkeypatch):
    at = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))


def book(sandbox, number, **more):
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.MIRA_UUID, "credits": number}
    return sandbox.api("POST", "credit-receptions", json=body | more)["uuid"]


def other_contact(sandbox):
    page = {"email": seed.DUPLICATE_EMAIL}
    return sandbox.api("GET", "contacts/find-one-by", params=page)["uuid"]


def test_what_many_came_after_is_still_found(piggy, sandbox, entry, monkeypatch):
    monkeypatch.setattr(read_back, "TRANSACTIONS_PAGE", 2)
    uuid = book(sandbox, 25)
    for number in range(1, 5):
        book(sandbox, number)
    finding = CREDITS.read_back(piggy, entry)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


def test_what_cannot_be_looked_through_is_not_denied(piggy, sandbox, entry, monkeypatch):
    monkeypatch.setattr(read_back, "TRANSACTIONS_PAGE", 2)
    monkeypatch.setattr(read_back, "MOST_TRANSACTIONS", 3)
    for number in range(1, 5):
        book(sandbox, number)
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.UNDECIDED


def test_as_many_as_can_be_looked_through_are_all(piggy, sandbox, entry, monkeypatch):
    for number in range(1, 5):
        book(sandbox, number)
    monkeypatch.setattr(read_back, "MOST_TRANSACTIONS", len(read_back.transactions(piggy, entry)))
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.NOT_DONE


def test_what_is_nowhere_was_not_done(piggy, sandbox, entry):
    book(sandbox, 24)
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.NOT_DONE


# --- Compared in full ------------------------------------------------------------------------


def test_somebody_elses_is_no_proof(piggy, sandbox, entry):
    book(sandbox, 25, contact_uuid=other_contact(sandbox))
    sandbox.faults(UNFILTERED)
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.NOT_DONE
    sandbox.faults()
    uuid = book(sandbox, 25)
    sandbox.faults(UNFILTERED)
    assert CREDITS.read_back(piggy, entry).result.uuid == uuid


def test_what_may_have_come_back_for_a_reward_is_no_proof(piggy, sandbox, entry):
    """Two open entries of different kinds would both fit the one row."""
    mira = Contact(uuid=seed.MIRA_UUID)
    gave_back = RewardToReverse(
        contact=mira,
        reception_uuid="r1",
        reward_name="",
        gives=25,
        shop_uuid=seed.AMSTERDAM_UUID,
        shop_name="",
        balance=0,
    )
    data = {"contact_uuid": mira, "reward_reception_uuid": "r1"}
    other = "reverse-reward-reception"
    make_entry(EntryState.UNKNOWN, slug=other, data=data, preview=gave_back)
    book(sandbox, 25)
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.UNDECIDED


def row(**more):
    facts = {"uuid": "t1", "credits": 25, "created_at": timezone.now()}
    facts |= {"contact": {"uuid": seed.MIRA_UUID}, "shop": {"uuid": seed.AMSTERDAM_UUID}}
    return LoyaltyTransaction.model_validate(facts | more)


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, Verdict.DONE),
        ({"contact": None}, Verdict.UNDECIDED),
        ({"shop": None}, Verdict.UNDECIDED),
        ({"credits": None}, Verdict.UNDECIDED),
        ({"created_at": None}, Verdict.UNDECIDED),
        ({"shop": {"uuid": "elsewhere"}}, Verdict.NOT_DONE),
        ({"contact": {"uuid": "somebody"}}, Verdict.NOT_DONE),
        ({"credits": 24}, Verdict.NOT_DONE),
        ({"created_at": "2020-01-01T00:00:00Z"}, Verdict.NOT_DONE),
        ({NAME: "another's"}, Verdict.NOT_DONE),
    ],
)
def test_all_that_piggy_tells_is_compared(piggy, entry, monkeypatch, more, verdict):
    monkeypatch.setattr(read_back, "transactions", lambda *_: [row(**more)])
    assert CREDITS.read_back(piggy, entry).verdict == verdict


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"unit_value": 12.5, "unit": {"name": "euro"}}, Verdict.DONE),
        ({"unit_value": 12.5, "unit": {"name": "litre"}}, Verdict.NOT_DONE),
        ({"unit_value": 12.5}, Verdict.UNDECIDED),
        ({"unit_value": 12.4, "unit": {"name": "euro"}}, Verdict.NOT_DONE),
        ({}, Verdict.UNDECIDED),
    ],
)
def test_amounts_are_compared_with_their_unit(piggy, monkeypatch, more, verdict):
    data = DATA | {"credits": None, "unit_value": "12.50", "unit_name": "euro"}
    entry = make_entry(EntryState.UNKNOWN, slug=SLUG, data=data, contact=seed.MIRA_UUID)
    settle(monkeypatch)
    monkeypatch.setattr(read_back, "transactions", lambda *_: [row(**more)])
    assert CREDITS.read_back(piggy, entry).verdict == verdict


# --- By the reference ------------------------------------------------------------------------


def test_its_own_reference_is_proof_at_any_time(piggy, sandbox, referring):
    """However many others there are that fit, and whatever the clocks say."""
    for _ in range(2):
        book(sandbox, 25)
    uuid = book(sandbox, 25, **{NAME: str(referring.submission_key)})
    clock._known[piggy.account] = clock.Difference(timedelta(days=1), timedelta(days=1))
    finding = CREDITS.read_back(piggy, referring)
    clock.forget()
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


def test_what_carries_none_is_somebody_elses(piggy, sandbox, referring):
    book(sandbox, 25)
    assert CREDITS.read_back(piggy, referring).verdict == Verdict.NOT_DONE


def test_where_piggy_keeps_it_no_more_it_is_compared(piggy, sandbox, referring):
    sandbox.reset()
    uuid = book(sandbox, 25)
    finding = CREDITS.read_back(piggy, referring)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


def test_the_same_reference_twice_is_for_people(piggy, sandbox, referring):
    for _ in range(2):
        book(sandbox, 25, **{NAME: str(referring.submission_key)})
    finding = CREDITS.read_back(piggy, referring)
    assert finding.verdict == Verdict.UNDECIDED
    assert "more than once" in finding.words


def test_what_was_taken_back_was_done(piggy, sandbox, referring):
    uuid = book(sandbox, 25, **{NAME: str(referring.submission_key)})
    sandbox.api("POST", f"credit-receptions/{uuid}/reverse")
    finding = CREDITS.read_back(piggy, referring)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


def test_a_reference_on_something_else_is_for_people(piggy, sandbox, referring):
    book(sandbox, 24, **{NAME: str(referring.submission_key)})
    finding = CREDITS.read_back(piggy, referring)
    assert finding.verdict == Verdict.UNDECIDED
    assert "not what was asked" in finding.words


# --- Clocks ----------------------------------------------------------------------------------


@pytest.fixture
def apart(monkeypatch):
    """Have Piggy's clock be so many minutes ahead, whatever its answers say."""

    def set_apart(minutes):
        known = clock.Difference(timedelta(minutes=minutes), timedelta(minutes=minutes))
        monkeypatch.setattr(module, "difference", lambda _account: known)

    return set_apart


@pytest.mark.parametrize("minutes", [-2, 2])
def test_moments_are_read_on_piggys_clock(piggy, entry, monkeypatch, apart, minutes):
    apart(minutes)
    at = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(read_back, "transactions", lambda *_: [row(created_at=at)])
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.DONE


def test_what_was_there_before_is_no_proof_on_a_clock_that_is_behind(
    piggy, entry, monkeypatch, apart
):
    apart(2)
    monkeypatch.setattr(read_back, "transactions", lambda *_: [row()])
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.NOT_DONE


def test_clocks_too_far_apart_prove_nothing(piggy, entry, monkeypatch, apart):
    apart(30)
    monkeypatch.setattr(read_back, "transactions", lambda *_: [row()])
    finding = CREDITS.read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert "30 minutes apart" in finding.words
