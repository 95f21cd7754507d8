"""Automations: which can be set off, and for whom they were."""

import pytest

from piggyadmin.automations import services
from piggyadmin.automations.types import Automation
from piggyadmin.ledger import reconciliation
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
URL = "/actions/run-automation/"
SAMPLE = SAMPLES["run-automation"]
BIRTHDAY, SUMMER = (f"c0ffee00-0000-4000-8000-00000000066{number}" for number in (1, 3))


def run(admin):
    shown = admin.post(URL, SAMPLE)
    assert "Set “Say hello” off?" in shown.content.decode()
    return admin.post(URL, confirmed(shown, SAMPLE), follow=True).content.decode()


def test_it_is_set_off_once(admin, sandbox):
    page = run(admin)
    assert "Piggy has set the automation off" in page
    assert f"/contacts/{seed.MIRA_UUID}/" in main_of(page)
    assert [mail["subject"] for mail in sandbox.mailbox()] == ["Say hello"]


@pytest.mark.parametrize("uuid", [BIRTHDAY, SUMMER])
def test_one_that_is_off_or_begins_otherwise_is_refused(uuid, admin, sandbox):
    form = admin.post(URL, SAMPLE | {"automation_uuid": uuid}).context["form"]
    assert form.errors["automation_uuid"] == [
        "This automation cannot be set off: it is off, or begins otherwise."
    ]
    assert sandbox.calls("POST") == []


def test_one_that_the_list_does_not_tell_can_be_pasted(admin, sandbox, monkeypatch):
    """The docs' list has no UUIDs."""
    unnamed = [Automation(name="Say hello", event="contact_updated", status="active")]
    monkeypatch.setattr(services, "list_automations", lambda _piggy: unnamed)
    page = admin.post(URL, SAMPLE).content.decode()
    assert f"Set “{SAMPLE['automation_uuid']}” off?" in page
    assert not unnamed[0].can_be_run


def test_a_lost_answer_is_left_to_a_person(admin, sandbox, piggy, later):
    sandbox.faults({"kind": "drop_after", "method": "POST"})
    run(admin)
    sandbox.faults()
    entry = Entry.objects.get()
    reconciliation.settle(piggy, entry)
    assert Entry.objects.get().state is EntryState.UNKNOWN
