"""Addresses that were typed: kept as long as they are needed, and nowhere for ever."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import entries, reconciliation, retention
from piggyadmin.ledger.models import Entry, EntryState, Event
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.verification import verify
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text

pytestmark = pytest.mark.django_db
CLAIM, MAIL = "claim-anonymous-contact", "send-contact-verification-email"


def do_sample(client, slug):
    """Have it done as a person does."""
    url, sample = f"/actions/{slug}/", SAMPLES[slug]
    preview = client.post(url, sample)
    typed = preview.context["confirm_with"] or ""
    response = client.post(url, confirmed(preview, sample, confirmation=typed))
    assert response.status_code == 302, text(response)
    return Entry.objects.latest("pk")


@pytest.mark.parametrize("slug", [CLAIM, MAIL])
def test_what_can_never_be_removed_does_not_hold_it(admin, sandbox, slug):
    entry, address = do_sample(admin, slug), SAMPLES[slug]["email"]
    written = [*Entry.objects.values_list("data", "preview"), *Event.objects.values_list("detail")]
    assert address not in str(written)
    assert entry.data["email"] is True
    for page in (f"/ledger/{entry.submission_key}/", f"/actions/{slug}/{entry.submission_key}/"):
        assert address in text(admin.get(page))
    assert address in b"".join(admin.get("/ledger/csv/")).decode()
    assert get_action(slug).form_data(entry)["email"] == address
    assert list(verify()) == []


@pytest.mark.parametrize("slug", [CLAIM, MAIL])
def test_it_is_forgotten_with_the_contact(admin, sandbox, slug):
    entry, address = do_sample(admin, slug), SAMPLES[slug]["email"]
    retention.forget_contact(entry, "any", email=address)
    outcome = f"/actions/{slug}/{entry.submission_key}/"
    assert admin.get(outcome).status_code == 200
    assert admin.get(f"/ledger/{entry.submission_key}/").status_code == 200
    assert list(verify()) == []


def test_the_last_mail_is_still_known(staff, sandbox):
    do_sample(staff, MAIL)
    preview = staff.post(f"/actions/{MAIL}/", SAMPLES[MAIL]).context["preview"]
    assert preview.last_sent_by == "Staff"


def test_a_claim_whose_address_is_gone_is_for_a_person(admin, sandbox, piggy):
    sandbox.faults({"kind": "drop_after", "path": "claim$"})
    entry = do_sample(admin, CLAIM)
    sandbox.faults()
    assert entry.state == EntryState.UNKNOWN
    retention.forget_contact(entry, "any", email=SAMPLES[CLAIM]["email"])
    assert reconciliation.settle(piggy, entries.reread(entry)).verdict == Verdict.UNDECIDED


def test_a_lost_mail_is_told_without_the_address(staff, sandbox, piggy):
    do_sample(staff, MAIL)
    entry = Entry.objects.get()
    finding = get_action(MAIL).read_back(piggy, entry)
    assert finding.evidence[0].what == "Mail sent by Staff"
    assert SAMPLES[MAIL]["email"] not in str(finding)
