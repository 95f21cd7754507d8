"""Products: found, made, or there after an answer was lost."""

import pytest

from piggyadmin.ledger import reconciliation
from piggyadmin.ledger.models import Entry, EntryState
from tests.actions.samples import SAMPLES
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
URL = "/actions/find-or-create-products/"
SAMPLE = SAMPLES["find-or-create-products"]


def ask(staff) -> str:
    return main_of(staff.post(URL, SAMPLE, follow=True).content.decode())


def test_made_and_then_found(staff, sandbox):
    assert "Made: this product is new at Piggy" in ask(staff)
    assert "Found: Piggy had this product already" in ask(staff)
    assert len(sandbox.calls("POST", "products/find-or-create")) == 1


def test_after_a_lost_answer_nobody_claims_to_know_who_made_it(staff, sandbox, piggy):
    sandbox.faults({"kind": "drop_after", "method": "POST"})
    assert "It is not known whether Piggy did this" in ask(staff)
    sandbox.faults()
    entry = Entry.objects.get()
    reconciliation.settle(piggy, entry)
    assert Entry.objects.get().state is EntryState.SETTLED_DONE
    page = main_of(staff.get(f"{URL}{entry.submission_key}/").content.decode())
    assert "made by this or by somebody else" in page
    assert "Flat white" in page
