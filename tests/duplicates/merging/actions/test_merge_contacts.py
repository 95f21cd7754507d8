"""A merge of two: what is kept of it, what is written after it, and what proves it."""

import re

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.snapshot import ContactSnapshot
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging.actions import merge_contacts as module
from piggyadmin.duplicates.merging.actions.merge_contacts import ContactsToMerge, _not_moved
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Refused, Verdict
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


def test_a_contact_is_not_merged_with_itself(admin, piggy, sandbox):
    sample = SAMPLES["merge-contacts"] | {"source_contact_uuid": seed.MIRA_EMAIL}
    sample |= {"destination_contact_uuid": seed.MIRA_UUID}
    form = admin.post("/actions/merge-contacts/", sample).context["form"]
    words = "This is the same contact. A contact cannot be merged with itself."
    assert dict(form.errors) == {"destination_contact_uuid": [words]}
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    data = {"source_contact_uuid": mira, "destination_contact_uuid": mira}
    with pytest.raises(Refused) as caught:
        get_action("merge-contacts").perform(piggy, data)
    assert caught.value.field_errors == {"destination_contact_uuid": ["This is the same contact."]}
    assert sandbox.calls("POST") == []


# --- The books afterwards --------------------------------------------------------------------


def has(uuid, *cards, prepaid=0, vouchers=0, **more):
    contact = Contact(uuid=uuid, prepaid_cents=prepaid, **more)
    identifiers = [ContactIdentifier(value=card) for card in cards]
    return ContactSnapshot(contact=contact, identifiers=identifiers, vouchers=vouchers)


TWO = ContactsToMerge(
    source=has("source", "CARD-2", credits=30, prepaid=250, vouchers=1),
    destination=has("survivor", "CARD-1", credits=120, prepaid=1000, vouchers=2),
)


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=3), []),
        (has("survivor", "CARD-1", "CARD-2", "CARD-3", prepaid=1300, vouchers=4), []),
        (has("survivor", prepaid=1250, vouchers=3), ["CARD-1", "CARD-2"]),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=2), ["1 voucher"]),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=1), ["2 vouchers"]),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=None), []),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1150, vouchers=3), ["€1.00 prepaid"]),
    ],
)
def test_what_did_not_move_is_named(after, missing):
    assert [each.replace("\xa0", "") for each in _not_moved(TWO, after)] == missing


def test_what_the_survivor_will_have_is_what_both_have():
    assert (TWO.credits_after, TWO.prepaid_after, TWO.identifiers_after) == (150, 1250, 2)


@pytest.mark.parametrize(
    ("after", "is_expected", "words"),
    [
        (None, False, "The source is gone, and so is the survivor. Piggy knows neither."),
        (
            has("survivor", "CARD-1", credits=150, prepaid=1250, vouchers=3),
            False,
            "The source is gone, but these are missing: CARD-2.",
        ),
        (
            has("survivor", "CARD-1", "CARD-2", credits=150, prepaid=1250, vouchers=3),
            True,
            "Done: the source is gone; the survivor has all 150 credits.",
        ),
        (
            has("survivor", "CARD-1", "CARD-2", credits=149, prepaid=1250, vouchers=3),
            False,
            "The source is gone, but the survivor has 149 credits where 150 were expected. "
            "Look at its transactions: it may have earned or spent meanwhile.",
        ),
    ],
)
def test_the_end_of_a_merge_is_told(monkeypatch, after, is_expected, words):
    monkeypatch.setattr(module, "take_snapshot", lambda *_, **__: after)
    survivor = after and after.contact
    progress = module.MergeContacts._compare(None, TWO, survivor)
    assert (progress.finished, progress.as_expected) == (True, is_expected)
    assert (progress.words, progress.after) == (words, after)
