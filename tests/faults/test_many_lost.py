"""A bad hour: small numbers for few contacts, and a third of the answers lost.

Each is settled by the console's own reference. Without it, as many rows as open entries settle all
of them, and whatever is settled is true.
"""

import random
from uuid import uuid4

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions.create_credit_reception import REFERENCE_PLACE
from piggyadmin.ledger import conflicts, entries, reconciliation, reconciliation_evidence, writes
from piggyadmin.ledger.models import HAPPENED, Entry, EntryState
from piggyadmin.ledger.own_reference import NAME
from piggyadmin.sandbox import seed
from tests.faults.test_matrix import later
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db
CREDITS = get_action("create-credit-reception")
WRITES, CONTACTS, MOST = 60, 4, 3
LOST = ("drop_before", "drop_after", "garbage", "garbage_after")


class BadHour:
    """Gives credits while answers get lost, and knows what really happened."""

    def __init__(self, piggy, sandbox):
        self.piggy, self.sandbox = piggy, sandbox
        self.random = random.Random(8)
        page = sandbox.api("GET", "contacts", params={"limit": CONTACTS})
        self.contacts = [Contact(uuid=each["uuid"]) for each in page]
        self.happened: dict[int, bool] = {}

    def give(self):
        """Give somebody something, knowing of all that went before."""
        data = {
            "contact_uuid": self.random.choice(self.contacts),
            "shop_uuid": seed.AMSTERDAM_UUID,
            "credits": self.random.randint(1, MOST),
            "unit_value": None,
            "unit_name": "",
        }
        kind = self.random.choice([*LOST, *["none"] * 6])
        fault = [] if kind == "none" else [{"kind": kind, "path": "^credit-receptions$"}]
        self.sandbox.faults(*fault)
        alike = conflicts.latest_alike(CREDITS.deduplication_key(data))
        request = writes.WriteRequest(
            action=CREDITS,
            person=somebody(),
            data=data,
            submission_key=uuid4(),
            repeat_of=alike and alike.submission_key,
        )
        entry = writes.carry_out(self.piggy, request).entry
        self.sandbox.faults()
        self.happened[entry.pk] = not fault or kind.endswith("_after")

    def settle(self):
        """Do what workers do, once nothing can come any more; gives the states that come of it."""
        lost = [each for each in Entry.objects.order_by("pk") if each.state == EntryState.UNKNOWN]
        for seconds in (1, reconciliation_evidence.SETTLES_LATER_SECONDS + 1):
            with later(seconds):
                for entry in lost:
                    reconciliation.settle(self.piggy, entries.reread(entry))
        return {entry.pk: entries.reread(entry).state for entry in lost}


@pytest.fixture
def hour(piggy, sandbox):
    REFERENCE_PLACE.make(piggy)
    return BadHour(piggy, sandbox)


def test_the_reference_settles_each(hour):
    for _ in range(WRITES):
        hour.give()
    states = hour.settle()
    assert len(states) > WRITES / 4
    assert {pk: state in HAPPENED for pk, state in states.items()} == {
        pk: hour.happened[pk] for pk in states
    }
    assert EntryState.UNKNOWN not in states.values()


def test_without_it_sets_are_compared(hour, settings):
    """What is settled is true; which ones of several alike were done, only people can find out."""
    settings.PIGGY_OWN_REFERENCE = False
    for _ in range(WRITES):
        hour.give()
    states = hour.settle()
    known = {pk: state for pk, state in states.items() if state != EntryState.UNKNOWN}
    assert {pk: state in HAPPENED for pk, state in known.items()} == {
        pk: hour.happened[pk] for pk in known
    }
    assert known


@pytest.mark.parametrize("number", [1, 2, 5])
def test_all_of_a_set_are_settled(hour, settings, number):
    """However many are alike and lost, all of them done."""
    settings.PIGGY_OWN_REFERENCE = False
    hour.contacts, hour.random = hour.contacts[:1], _Always("drop_after")
    for _ in range(number):
        hour.give()
    assert set(hour.settle().values()) == {EntryState.SETTLED_DONE}
    found = {each.last_event.detail["result"]["uuid"] for each in Entry.objects.all()}
    assert len(found) == number


def test_rows_that_carry_a_reference_are_no_proof_for_others(hour, sandbox, settings):
    settings.PIGGY_OWN_REFERENCE = False
    hour.contacts, hour.random = hour.contacts[:1], _Always("drop_before")
    hour.give()
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": hour.contacts[0].uuid, "credits": 1}
    sandbox.api("POST", "credit-receptions", json=body | {NAME: str(uuid4())})
    assert set(hour.settle().values()) == {EntryState.SETTLED_NOT_DONE}


class _Always:
    """Chance that always falls the same way."""

    def __init__(self, kind):
        self.kind = kind

    def choice(self, things):
        return self.kind if self.kind in things else things[0]

    @staticmethod
    def randint(least, _most):
        return least
