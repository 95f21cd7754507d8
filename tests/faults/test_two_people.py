"""Two people ask for the same, and answers are lost: what one did is not taken for the other's."""

import time
from typing import Any
from uuid import uuid4

import pytest

from piggyadmin.ledger import reconciliation, recovery
from piggyadmin.ledger.models import HAPPENED, Entry, EntryState
from piggyadmin.ledger.operations import Refused
from tests.faults.test_matrix import (
    FAULTS,
    LATER_SECONDS,
    LOOKS,
    LOOKS_FIRST,
    Cell,
    World,
    later,
    wait_until,
)
from tests.faults.truths import WRITES
from tests.ledger.making import somebody
from tests.rotation import turn

NOT_DONE, LOST, WELL = "500, not done", "500 after doing it", "no fault"
PAIRS = [(NOT_DONE, WELL), (LOST, WELL), (NOT_DONE, LOST), (LOST, NOT_DONE), (LOST, LOST)]
# Both of two may rightly be called done here: it is as they asked, whoever made it so.
SHARED = LOOKS_FIRST | {
    "activate-voucher",
    "collect-reward",
    "deactivate-voucher",
    "delete-perk",
    "delete-product",
    "delete-product-category",
    "delete-shift",
    "delete-webhook-subscription",
    "extend-voucher",
    "lock-voucher",
    "release-voucher",
    "reverse-collection",
    "reverse-giftcard-transaction",
    "reverse-voucher-redemption",
    "update-order",
    "update-shift",
    "cancel-booking",
    "check-in-booking",
    "complete-booking",
    "create-contact-identifier",
    "delete-contact-identifier",
    "replace-lost-card",
    "unlink-contact-identifier",
    "update-bookings",
    "update-visit",
}
# What the second one fills in differently, though it may well come to the same.
OTHERWISE: dict[str, dict[str, Any]] = {
    "create-contact-attribute": {"label": "Size of shoes"},
    "create-credit-reception": {"credits": None, "unit_value": 25},
}


@pytest.fixture
def world(transactional_db, sandbox, proxy, nursery) -> World:
    return World(sandbox, proxy, nursery)


def second(cell: Cell, name: str, **otherwise) -> None:
    """Have another person ask for the same, who knows of the first."""
    first = cell.entry
    cell.fault = FAULTS[name]
    cell.break_it()
    cell.asked.person, cell.asked.data = somebody("joost"), cell.asked.data | otherwise
    wish = {"submission_key": uuid4(), "repeat_of": first.submission_key}
    try:
        cell.give(cell.client(), **wish)
    except Refused:
        cell.fault = FAULTS[NOT_DONE]  # nothing was sent
    cell.calm()


def look(cell: Cell) -> None:
    """Do what workers do for both."""
    recovery.recover()
    for entry in Entry.objects.order_by("pk"):
        if entry.state == EntryState.UNKNOWN:
            reconciliation.settle(cell.piggy, entry)


def settle_down(cell: Cell, *, happens: bool) -> int:
    """Let the sandbox do what it is going to do, and count how often that was."""
    if happens:
        wait_until(cell.effects)
        time.sleep(LATER_SECONDS if cell.action.is_watched else 0)
    return cell.effects()


# While nobody knows what became of the first, its lock keeps the second out.
LOCKS_OTHERS_OUT = {"redeem-voucher"}

CASES: list[tuple[str, dict[str, Any]]] = [
    *((slug, {}) for slug in WRITES if WRITES[slug][2] and slug not in LOCKS_OTHERS_OUT),
    *OTHERWISE.items(),
]


@pytest.mark.parametrize(("slug", "otherwise"), CASES)
def test_two_people(slug, otherwise, world):
    wrong = {}
    for names in turn(list(CASES).index((slug, otherwise)), PAIRS, 3):
        cell = Cell(slug, FAULTS[names[0]], world)
        cell.break_it()
        cell.send()
        cell.calm()
        by_first = settle_down(cell, happens=cell.fault.happens)
        second(cell, names[1], **otherwise)
        look(cell)
        by_second = settle_down(cell, happens=cell.fault.happens) - by_first
        for seconds in LOOKS:
            with later(seconds):
                look(cell)
        states = [entry.state for entry in Entry.objects.order_by("pk")]
        truths = (by_first, by_second)
        if slug not in SHARED and not all(map(is_true, states, truths)):
            wrong[names] = f"{truths} times, but {[str(state) for state in states]}"
    assert wrong == {}


def is_true(state: EntryState, times: int) -> bool:
    """Tell whether this may be said of what happened so many times."""
    return times == 1 if state in HAPPENED else times == 0 or state == EntryState.UNKNOWN
