"""Read-backs that went wrong once, found by the state machine or while it was written."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import reconciliation
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Finding, Verdict
from piggyadmin.piggy.errors import OutcomeUnknown
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=20)


@pytest.fixture
def later(monkeypatch):
    """Have enough time gone by for what is not there not to come any more."""
    now = timezone.now

    def pass_by() -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + LONG_AGO)

    return pass_by


def renaming(name: str) -> dict[str, str]:
    return {
        "contact_identifier_value": "CARD-0001",
        "contact_identifier_name": name,
        "contact_identifier_active": "",
    }


def test_a_change_that_was_changed_again_is_not_denied(piggy, later):
    slug = "update-contact-identifiers"
    first = make_entry(EntryState.UNKNOWN, slug=slug, data=renaming("Gold"))
    get_action(slug).perform(piggy, renaming("Gold"))
    get_action(slug).perform(piggy, renaming("Blue"))
    make_entry(EntryState.DONE, slug=slug, data=renaming("Blue"))
    later()
    assert reconciliation.settle(piggy, first).verdict == Verdict.UNDECIDED


def test_a_change_that_nobody_touched_since_is_denied(piggy, later):
    entry = make_entry(
        EntryState.UNKNOWN, slug="update-contact-identifiers", data=renaming("Never so")
    )
    later()
    assert reconciliation.settle(piggy, entry).verdict == Verdict.NOT_DONE


def test_evidence_that_a_person_took_for_another_entry_counts_once(piggy):
    """Two alike were lost, one of them was done; a person said which. The other was not."""
    mira = resolve_contact(piggy, query="mira.jansen@example.test")
    data = {
        "contact_uuid": mira,
        "shop_uuid": seed.AMSTERDAM_UUID,
        "credits": 77,
        "unit_value": None,
        "unit_name": "",
    }
    slug = "create-credit-reception"
    first = make_entry(EntryState.UNKNOWN, slug=slug, data=data)
    second = make_entry(EntryState.UNKNOWN, slug=slug, data=data, repeat_of=first.submission_key)
    get_action(slug).perform(piggy, data)
    seen = reconciliation.settle(piggy, Entry.objects.get(pk=first.pk))
    assert seen.verdict == Verdict.UNDECIDED
    seen = Finding(verdict=Verdict.UNDECIDED, words=seen.words, evidence=seen.evidence)
    reconciliation.decide(
        first, person=somebody(), is_done=True, why="The till says so.", seen=seen
    )
    assert reconciliation.settle(piggy, second).verdict == Verdict.UNDECIDED


def test_a_change_whose_answer_is_lost_is_not_sent_twice(piggy, sandbox):
    """What is late on its way would come once more, over what somebody else has set since."""
    sandbox.faults({"kind": "drop_before", "path": "^contact-identifiers$", "times": 1})
    with pytest.raises(OutcomeUnknown):
        get_action("update-contact-identifiers").perform(piggy, renaming("Gold"))
    assert len(sandbox.calls("PUT", "contact-identifiers")) == 1
