"""What serves as proof of a claim."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger.models import EntryState
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
    """The anonymous contact is gone, and somebody new has the address that nobody had."""
    entry = claim(piggy, "new.person@example.test")
    services.create_contact(piggy, email="new.person@example.test")
    sandbox.faults(delete_seconds=0)
    uuid = entry.data["anonymous_contact_uuid"]
    services.delete_contact(piggy, contact_uuid=uuid, type="DEFAULT")
    assert verdict(piggy, entry) is Verdict.UNDECIDED


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
    assert form.errors["anonymous_contact_uuid"] == ["This contact is not anonymous."]


def test_a_claim_is_waited_for_until_the_address_leads_somewhere(piggy):
    progress = get_action("claim-anonymous-contact").watch(
        piggy, claim(piggy, "new.person@example.test")
    )
    assert not progress.finished
    assert progress.words == "Piggy claims the contact within minutes. It is not done yet."


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
    assert progress.words == "Done: the contact has the address and all 165 credits."
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
