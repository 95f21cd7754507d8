"""What a write came to is given again as it was the first time."""

from uuid import uuid4

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import (
    entries,
    outcomes,
)
from piggyadmin.ledger.models import Snapshot
from piggyadmin.piggy.errors import Rejected
from tests.ledger.test_writes import give, kinds

CREDITS = get_action("create-credit-reception")
pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(piggy):
    return resolve_contact(piggy, query="mira.jansen@example.test")


def test_nothing_personal_is_in_what_cannot_be_removed(piggy, mira):
    outcome = give(piggy, mira)
    detail = outcome.entry.last_event.detail
    assert "mira.jansen" not in str(detail)
    assert detail["result"]["contact"]["uuid"] == mira.uuid
    Snapshot.objects.all().delete()
    result = outcomes.recall(CREDITS, entries.reread(outcome.entry)).result
    assert result.contact.email is None
    assert result.credits == 25


def test_rejected_and_told_to_the_second_as_well(piggy, mira, sandbox):
    sandbox.faults({"kind": "status", "status": 400, "path": "^credit-receptions$"})
    key = uuid4()
    first = give(piggy, mira, submission_key=key)
    second = give(piggy, mira, submission_key=key)
    assert isinstance(first.error, Rejected)
    assert kinds(first.entry) == ["intended", "sent", "rejected"]
    assert type(second.error) is type(first.error)
    assert second.error.message == first.error.message
