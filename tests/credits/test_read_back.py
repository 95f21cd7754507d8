"""Finding a lost reception among many transactions, long after."""

import pytest

from piggyadmin.actions.base import Verdict
from piggyadmin.actions.models import State
from piggyadmin.actions.registry import get_action
from piggyadmin.credits import actions as module
from piggyadmin.sandbox import seed
from tests.actions.making import make_entry

pytestmark = pytest.mark.django_db
SLUG = "create-credit-reception"
CREDITS = get_action(SLUG)


@pytest.fixture
def entry(monkeypatch):
    """Make an entry whose answer was lost."""
    data = {"shop_uuid": seed.AMSTERDAM_UUID, "credits": 25, "unit_value": None, "unit_name": ""}
    made = make_entry(State.UNKNOWN, slug=SLUG, data=data, contact=seed.MIRA_UUID)
    monkeypatch.setattr(module, "has_settled", lambda *_: True)
    return made


def book(sandbox, number):
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.MIRA_UUID, "credits": number}
    return sandbox.api("POST", "credit-receptions", json=body)["uuid"]


def test_what_many_came_after_is_still_found(piggy, sandbox, entry, monkeypatch):
    monkeypatch.setattr(module, "TRANSACTIONS_PAGE", 2)
    uuid = book(sandbox, 25)
    for number in range(1, 5):
        book(sandbox, number)
    finding = CREDITS.read_back(piggy, entry)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


def test_what_cannot_be_looked_through_is_not_denied(piggy, sandbox, entry, monkeypatch):
    monkeypatch.setattr(module, "TRANSACTIONS_PAGE", 2)
    monkeypatch.setattr(module, "MOST_TRANSACTIONS", 3)
    for number in range(1, 5):
        book(sandbox, number)
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.UNDECIDED


def test_what_is_nowhere_was_not_done(piggy, sandbox, entry):
    book(sandbox, 24)
    assert CREDITS.read_back(piggy, entry).verdict == Verdict.NOT_DONE
