"""A merge of two: what is kept of it, what is written after it, and what proves it."""

import re

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.contacts.actions.test_update_contact_subscription import kind, mailed
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db


DUPLICATE = "m.jansen@example.test"


def test_merge_keeps_what_was_there_before_and_after(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    preview = admin.post("/actions/merge-contacts/", sample)
    sent = confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    url = admin.post("/actions/merge-contacts/", sent)["Location"]
    admin.get(url)
    moments = sorted(Snapshot.objects.values_list("moment", flat=True))
    assert moments == ["after", "before", "before"]
    merge = Entry.objects.get(action="merge-contacts")
    page = text(admin.get(f"/ledger/{merge.submission_key}/"))
    assert re.search(r"/requests/\?entry=\d+", page)


def test_merge_writes_what_protects_whoever_unsubscribed(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    preview = admin.post("/actions/merge-contacts/", sample)
    assert "One of these has unsubscribed from “Newsletter”" in text(preview)
    sent = confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    url = admin.post("/actions/merge-contacts/", sent)["Location"]
    for _ in range(2):
        assert "Done: the source is gone" in text(admin.get(url))
    assert mailed(sandbox, seed.MIRA_UUID, "Newsletter") == "UNSUBSCRIBED"
    assert Entry.objects.filter(action="update-contact-subscription").count() == 2


def test_merge_writes_what_was_chosen(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    chosen = {f"subscribe_{kind(sandbox, 'Newsletter')}": "yes"}
    sample = SAMPLES["merge-contacts"] | chosen
    preview = admin.post("/actions/merge-contacts/", sample)
    sent = confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    admin.get(admin.post("/actions/merge-contacts/", sent)["Location"])
    assert mailed(sandbox, seed.MIRA_UUID, "Newsletter") == "SUBSCRIBED"


@pytest.fixture
def merge(piggy):
    contacts = (resolve_contact(piggy, query=query) for query in (DUPLICATE, seed.MIRA_EMAIL))
    data = dict(zip(("source_contact_uuid", "destination_contact_uuid"), contacts, strict=True))
    action = get_action("merge-contacts")
    preview = action.preview(piggy, data)
    return make_entry(EntryState.UNKNOWN, slug=action.slug, data=data, preview=preview)


def test_a_source_that_was_only_deleted_was_not_merged(piggy, sandbox, merge, later):
    sandbox.faults(delete_seconds=0)
    services.delete_contact(piggy, contact_uuid=merge.data["source_contact_uuid"], type="DEFAULT")
    finding = get_action(merge.action).read_back(piggy, merge)
    assert finding.verdict is Verdict.UNDECIDED
    assert "nothing of it is with the survivor" in finding.words


def test_a_source_that_was_merged_was(piggy, sandbox, merge, later):
    sandbox.faults(merge_seconds=0)
    services.merge_contacts(
        piggy,
        source_contact_uuid=merge.data["source_contact_uuid"],
        destination_contact_uuid=merge.data["destination_contact_uuid"],
    )
    assert verdict(piggy, merge) is Verdict.DONE
