"""Claiming a contact for an address: what is shown, what serves as proof, and how it ends."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import reconciliation_evidence
from piggyadmin.ledger.models import EntryState, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


def claim(piggy, email):
    anonymous = resolve_contact(piggy, query="CARD-ANON")
    data = {"anonymous_contact_uuid": anonymous, "email": email}
    action = get_action("claim-anonymous-contact")
    preview = action.preview(piggy, data)
    return make_entry(EntryState.UNKNOWN, slug=action.slug, data=data, preview=preview)


def test_a_holder_of_another_address_proves_nothing(piggy, monkeypatch):
    entry = claim(piggy, "new.person@example.test")
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    monkeypatch.setattr(services, "find_contact_by_email", lambda *_, **__: mira)
    monkeypatch.setattr(services, "find_contact", lambda *_, **__: None)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_who_got_the_address_from_elsewhere_proves_nothing(piggy, sandbox):
    """The anonymous customer is gone, and somebody new has the address that nobody had."""
    entry = claim(piggy, "new.person@example.test")
    services.create_contact(piggy, email="new.person@example.test")
    sandbox.faults(delete_seconds=0)
    uuid = entry.data["anonymous_contact_uuid"]
    services.delete_contact(piggy, contact_uuid=uuid, type="DEFAULT")
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_an_address_that_is_no_longer_kept_is_not_looked_for(piggy):
    entry = claim(piggy, NEW)
    Snapshot.objects.filter(entry=entry).delete()
    finding = CLAIM.read_back(piggy, entry)
    assert (finding.verdict, finding.words) == (
        Verdict.UNDECIDED,
        "The address that was typed is no longer kept.",
    )


def test_a_claim_that_was_a_merge_is_found(piggy, sandbox):
    sandbox.faults(merge_seconds=0)
    entry = claim(piggy, seed.MIRA_EMAIL)
    services.claim_anonymous_contact(
        piggy,
        anonymous_contact_uuid=entry.data["anonymous_contact_uuid"],
        email=seed.MIRA_EMAIL,
    )
    assert verdict(piggy, entry) is Verdict.DONE


def test_who_has_an_address_cannot_be_claimed(piggy):
    form = get_action("claim-anonymous-contact").form_class(
        {"anonymous_contact_uuid": seed.MIRA_EMAIL, "email": "new.person@example.test"}, piggy=piggy
    )
    assert not form.is_valid()
    assert form.errors["anonymous_contact_uuid"] == ["This customer is not anonymous."]


def test_a_claim_is_waited_for_until_the_address_leads_somewhere(piggy):
    progress = get_action("claim-anonymous-contact").watch(
        piggy, claim(piggy, "new.person@example.test")
    )
    assert not progress.finished
    assert progress.words == "Piggy claims the customer within minutes. It is not done yet."


def test_what_was_claimed_is_compared_with_what_was_shown(piggy, sandbox):
    sandbox.faults(merge_seconds=0)
    entry = claim(piggy, seed.MIRA_EMAIL)
    services.claim_anonymous_contact(
        piggy,
        anonymous_contact_uuid=entry.data["anonymous_contact_uuid"],
        email=seed.MIRA_EMAIL,
    )
    watch = get_action("claim-anonymous-contact").watch
    progress = watch(piggy, entry)
    assert (progress.finished, progress.as_expected) == (True, True)
    assert progress.words == "Done: the customer has the address and all 165 credits."
    body = {"contact_uuid": progress.after.uuid, "shop_uuid": seed.AMSTERDAM_UUID, "credits": 5}
    sandbox.api("POST", "credit-receptions", json=body)
    progress = watch(piggy, entry)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "but 170 credits where 165 were expected" in progress.words
    assert progress.after.credits == 170


def test_a_404_that_is_not_piggys_own_does_not_promise_that_an_address_is_free(piggy, sandbox):
    """Whose address it is decides whether two contacts become one, for good."""
    anonymous = resolve_contact(piggy, query="CARD-ANON")
    data = {"anonymous_contact_uuid": anonymous, "email": seed.MIRA_EMAIL}
    preview = get_action("claim-anonymous-contact").preview
    assert preview(piggy, data).owner.contact.uuid == seed.MIRA_UUID
    sandbox.faults({"kind": "status", "status": 404, "path": "^contacts/find-one-by$"})
    with pytest.raises(NotFound) as caught:
        preview(piggy, data)
    assert caught.value.code is None


# --- What will happen, and how it ends ---------------------------------------------------------

CLAIM = get_action("claim-anonymous-contact")
NEW = "new.person@example.test"


def asked(piggy, email=NEW):
    return {"anonymous_contact_uuid": resolve_contact(piggy, query="CARD-ANON"), "email": email}


def test_whose_address_it_is_already_is_shown_and_agreed_to(piggy):
    preview = CLAIM.preview(piggy, asked(piggy, seed.MIRA_EMAIL))
    assert preview.anonymous.contact.uuid == seed.ANONYMOUS_UUID
    assert [card.value for card in preview.anonymous.identifiers] == ["CARD-ANON"]
    assert (preview.owner.contact.uuid, preview.email) == (seed.MIRA_UUID, seed.MIRA_EMAIL)
    agreed = {"anonymous": seed.ANONYMOUS_UUID, "email": seed.MIRA_EMAIL, "owner": seed.MIRA_UUID}
    assert preview.decisive() == agreed
    subjects = CLAIM.subjects(asked(piggy), preview)
    assert subjects == {"anonymous": seed.ANONYMOUS_UUID, "owner": seed.MIRA_UUID}


def test_an_address_of_nobody_is_about_one_contact(piggy):
    preview = CLAIM.preview(piggy, asked(piggy))
    assert preview.owner is None
    assert preview.decisive()["owner"] is None
    assert CLAIM.subjects(asked(piggy), preview) == {"anonymous": seed.ANONYMOUS_UUID}


def test_the_same_contact_is_the_same_whatever_the_address(piggy):
    assert CLAIM.deduplication_data(asked(piggy)) == [seed.ANONYMOUS_UUID]
    assert CLAIM.confirm_with(asked(piggy)) == "rson"


def test_it_is_claimed_for_the_address(piggy):
    claimed = CLAIM.perform(piggy, asked(piggy))
    assert (claimed.uuid, claimed.email) == (seed.ANONYMOUS_UUID, NEW)


def test_what_was_found_is_told_of_both(piggy):
    finding = CLAIM.read_back(piggy, claim(piggy, seed.MIRA_EMAIL))
    assert (finding.verdict, finding.words) == (
        Verdict.NOT_DONE,
        "The customer is still anonymous.",
    )
    anonymous, holder = finding.evidence
    assert (anonymous.what, holder.what) == ("The anonymous customer", "Whoever has the address")
    assert anonymous.value.startswith(f"{seed.ANONYMOUS_UUID}, with ")
    assert holder.value == f"{seed.MIRA_UUID}, with 120 credits"


@pytest.mark.parametrize(
    ("minutes", "email", "verdict_then"),
    [
        (5, NEW, Verdict.NOT_DONE),
        (5, seed.MIRA_EMAIL, Verdict.UNDECIDED),
        (20, seed.MIRA_EMAIL, Verdict.NOT_DONE),
    ],
)
def test_what_would_be_a_merge_may_come_for_longer(
    piggy, monkeypatch, minutes, email, verdict_then
):
    entry = claim(piggy, email)
    at = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))
    assert verdict(piggy, entry) is verdict_then


def test_a_claim_ends_when_the_address_leads_to_the_contact(piggy):
    entry = claim(piggy, NEW)
    CLAIM.perform(piggy, asked(piggy))
    finding = CLAIM.read_back(piggy, entry)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, seed.ANONYMOUS_UUID)
    progress = CLAIM.watch(piggy, entry)
    credits_now = entry.preview["anonymous"]["contact"]["credits"]
    words = f"Done: the customer has the address and all {credits_now} credits."
    assert (progress.finished, progress.as_expected, progress.words) == (True, True, words)
    assert progress.after.uuid == seed.ANONYMOUS_UUID


def test_a_claim_that_is_a_merge_ends_when_the_anonymous_one_is_gone(piggy, sandbox):
    entry = claim(piggy, seed.MIRA_EMAIL)
    assert not CLAIM.watch(piggy, entry).finished
    sandbox.faults(merge_seconds=0)
    CLAIM.perform(piggy, asked(piggy, seed.MIRA_EMAIL))
    progress = CLAIM.watch(piggy, entry)
    assert (progress.finished, progress.as_expected) == (True, True)
    assert progress.after.uuid == seed.MIRA_UUID
    total = 120 + entry.preview["anonymous"]["contact"]["credits"]
    assert f"all {total} credits" in progress.words


def test_credits_that_do_not_add_up_are_told(piggy, sandbox):
    entry = claim(piggy, NEW)
    CLAIM.perform(piggy, asked(piggy))
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.ANONYMOUS_UUID, "credits": 7}
    sandbox.api("POST", "credit-receptions", json=body)
    progress = CLAIM.watch(piggy, entry)
    before = entry.preview["anonymous"]["contact"]["credits"]
    assert (progress.finished, progress.as_expected) == (True, False)
    assert f"but {before + 7} credits where {before} were expected" in progress.words
    assert progress.after.credits == before + 7
