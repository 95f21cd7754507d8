"""Contacts that cease to exist, and what is kept and forgotten of them."""

import re

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import reconciliation
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.verification import verify
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.duplicates.merges import merge, work
from tests.duplicates.pairs import make_contact

pytestmark = pytest.mark.django_db
URL = "/actions/delete-contact/"
DUPLICATE = "m.jansen@example.test"


def delete(admin, kind: str = "GDPR") -> str:
    """Ask for a deletion as a person does, and give the address of its outcome."""
    sample = SAMPLES["delete-contact"] | {"type": kind}
    preview = admin.post(URL, sample)
    assert DUPLICATE in text(preview)
    response = admin.post(URL, confirmed(preview, sample, confirmation=DUPLICATE))
    return str(response["Location"])


def call_about(uuid: str) -> LoggedCall:
    return LoggedCall.objects.create(
        at=timezone.now(), method="GET", path=f"contacts/{uuid}", seconds=0.1, attempt=1
    )


def test_deletion_is_followed_to_its_end(admin, sandbox):
    url = delete(admin)
    assert "The contact is still there" in text(admin.get(url))
    sandbox.faults(delete_seconds=0)


def test_erased_contact_is_forgotten_here_too(admin, sandbox):
    sandbox.faults(delete_seconds=0)
    uuid = sandbox.api("GET", "contacts/find-one-by", params={"email": DUPLICATE})["uuid"]
    call_about(uuid)
    call_about("somebody-else")
    url = delete(admin)
    assert "the contact is gone" in text(admin.get(url))
    assert not Snapshot.objects.filter(contact_uuid=uuid).exists()
    assert [call.path for call in LoggedCall.objects.all()] == ["contacts/somebody-else"]


def delete_mira(admin) -> None:
    """Have the survivor of the merge erased, and see it through."""
    sample = {"contact_uuid": seed.MIRA_UUID, "type": "GDPR", "reason": "Goodwill"}
    preview = admin.post(URL, sample)
    word = preview.context["confirm_with"]
    admin.get(admin.post(URL, confirmed(preview, sample, confirmation=word))["Location"])


def test_whoever_went_into_an_erased_contact_is_forgotten_with_it(admin, sandbox):
    sandbox.faults(merge_seconds=0, delete_seconds=0)
    work(merge(admin))
    assert Snapshot.objects.filter(contact_uuid=seed.DUPLICATE_UUID).exists()
    call_about(seed.DUPLICATE_UUID)
    delete_mira(admin)
    assert not Snapshot.objects.exists()
    assert not LoggedCall.objects.exists()
    assert list(verify()) == []


def test_whoever_is_still_there_is_not_forgotten_with_somebody_else(admin, sandbox):
    sandbox.faults(merge_seconds=0, delete_seconds=0)
    work(merge(admin))
    make_contact("M. Jansen", uuid=seed.DUPLICATE_UUID)
    delete_mira(admin)
    assert Snapshot.objects.filter(contact_uuid=seed.DUPLICATE_UUID).exists()
    assert not Snapshot.objects.filter(contact_uuid=seed.MIRA_UUID).exists()


def test_deleted_contact_stays_in_the_snapshots(admin, sandbox):
    sandbox.faults(delete_seconds=0)
    admin.get(delete(admin, "DEFAULT"))
    assert Snapshot.objects.filter(moment="before").exists()


def test_wrong_word_deletes_nobody(admin, sandbox):
    sample = SAMPLES["delete-contact"]
    preview = admin.post(URL, sample)
    page = text(admin.post(URL, confirmed(preview, sample, confirmation="somebody")))
    assert "That is not what has to be typed" in page
    assert sandbox.calls("POST") == []


def test_lost_answer_is_found_out(admin, sandbox, piggy, monkeypatch):
    sandbox.faults({"kind": "drop_after", "method": "POST"}, delete_seconds=0)
    delete(admin)
    entry = Entry.objects.get()
    assert entry.state is EntryState.UNKNOWN
    sandbox.faults()
    reconciliation.settle(piggy, entry)
    assert Entry.objects.get().state is EntryState.SETTLED_DONE


def test_lost_request_is_undecided_until_time_has_passed(admin, sandbox, piggy, monkeypatch):
    sandbox.faults({"kind": "drop_before", "method": "POST"})
    delete(admin)
    sandbox.faults()
    entry = Entry.objects.get()
    action = get_action("delete-contact")
    assert action.read_back(piggy, entry).verdict is Verdict.UNDECIDED
    monkeypatch.setattr("piggyadmin.contacts.actions.has_settled", lambda *_: True)
    assert action.read_back(piggy, entry).verdict is Verdict.NOT_DONE


def test_merge_keeps_what_was_there_before_and_after(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    preview = admin.post("/actions/merge-contacts/", sample)
    sent = confirmed(preview, sample, confirmation=DUPLICATE)
    url = admin.post("/actions/merge-contacts/", sent)["Location"]
    admin.get(url)
    moments = sorted(Snapshot.objects.values_list("moment", flat=True))
    assert moments == ["after", "before", "before"]
    merge = Entry.objects.get(action="merge-contacts")
    page = text(admin.get(f"/ledger/{merge.submission_key}/"))
    assert re.search(r"/requests/\?entry=\d+", page)


CHANGE_IDENTIFIER = "/actions/update-contact-identifiers/"


def card_of_mira(sandbox):
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})
    (card,) = sandbox.api("GET", f"contacts/{mira['uuid']}/contact-identifiers")
    return card


def change_card(staff, **changes) -> str:
    sent = {"contact_identifier_value": "CARD-0001", **changes}
    return text(staff.post(CHANGE_IDENTIFIER, sent, follow=True))


def test_identifier_can_be_switched_off_and_on_again(staff, sandbox):
    change_card(staff, contact_identifier_active="false")
    assert card_of_mira(sandbox)["active"] is False
    found = text(staff.get(CHANGE_IDENTIFIER, {"contact_identifier_value": "CARD-0001"}))
    assert "switched off" in found
    assert "Piggy does not tell whose it is while it is off" in found
    assert re.search(r'value="false"[^>]* checked', found)
    page = change_card(staff, contact_identifier_active="true")
    assert "This is how the identifier is now" in page
    card = card_of_mira(sandbox)
    assert (card["active"], card["name"]) == (True, "Card")


def test_what_is_off_already_is_not_sent_again(staff, sandbox):
    change_card(staff, contact_identifier_active="false")
    change_card(staff, contact_identifier_active="false")
    assert len(sandbox.calls("PUT")) == 1


def test_identifier_that_is_not_there_is_told(staff, sandbox):
    page = text(staff.get(CHANGE_IDENTIFIER, {"contact_identifier_value": "CARD-NONE"}))
    assert "field-errors" in page or "callout danger" in page
    assert 'name="contact_identifier_name"' not in page


def test_identifier_that_was_found_cannot_become_another_by_mistake(staff, sandbox):
    page = text(staff.get(CHANGE_IDENTIFIER, {"contact_identifier_value": "CARD-0001"}))
    field = re.search(r'<input[^>]*name="contact_identifier_value"[^>]*>', page)
    assert "readonly" in field[0]


# --- Cards that are off ------------------------------------------------------------------------

CARD = {"contact_identifier_value": "CARD-0001"}
CHANGE_CARD = "/actions/update-contact-identifiers/"


def test_a_card_that_is_off_keeps_its_owner(staff, sandbox):
    off = CARD | {"contact_identifier_name": "", "contact_identifier_active": "false"}
    outcome = staff.post(CHANGE_CARD, off, follow=True)
    assert f"/contacts/{seed.MIRA_UUID}/" in text(outcome)
    page = text(staff.post(CHANGE_CARD, CARD | {"step": "look_up"}))
    assert "it belonged to" in page
    assert f"/contacts/{seed.MIRA_UUID}/" in page


def test_of_a_card_that_went_off_elsewhere_nothing_is_made_up(staff, sandbox):
    sandbox.api("PUT", "contact-identifiers", json=CARD | {"contact_identifier_active": False})
    page = text(staff.post(CHANGE_CARD, CARD | {"step": "look_up"}))
    assert "Piggy does not tell whose it is while it is off:" in page


# --- Verification mails ------------------------------------------------------------------------


def test_no_mail_is_promised_to_an_address_that_is_nobodys(staff, sandbox):
    page = text(
        staff.post("/actions/send-contact-verification-email/", {"email": "n@example.test"})
    )
    assert "No contact at Piggy has this address" in page
    assert "Each press sends a mail" not in page
    assert sandbox.calls("POST") == []


def test_nor_to_the_made_up_address_of_an_anonymous_contact(staff, sandbox):
    anonymous = sandbox.api("GET", f"contacts/{seed.ANONYMOUS_UUID}")
    assert anonymous["email"]
    asked = {"email": anonymous["email"]}
    page = text(staff.post("/actions/send-contact-verification-email/", asked))
    assert "Each press sends a mail" not in page


# --- What has ended ----------------------------------------------------------------------------


def test_what_piggy_has_finished_is_not_called_under_way(admin, sandbox):
    sandbox.faults(delete_seconds=0)
    page = text(admin.get(delete(admin)))
    assert "Piggy has taken on the deletion" not in page
    assert "callout success" in page


# --- Subscriptions ---------------------------------------------------------------------------

SUBSCRIPTION = "/actions/update-contact-subscription/"


def kind(sandbox, name):
    kinds = sandbox.api("GET", "subscription-types")
    return next(each["uuid"] for each in kinds if each["name"] == name)


def mailed(sandbox, uuid, name):
    told = sandbox.api("GET", f"contact-subscriptions/{uuid}")
    return next(each["status"] for each in told if each["subscription_type"]["name"] == name)


@pytest.mark.parametrize(
    ("name", "choice", "status", "words"),
    [
        ("Newsletter", "false", "UNSUBSCRIBED", "Does not get it"),
        ("Service", "true", "SUBSCRIBED", "Gets it"),
    ],
)
def test_subscription_is_changed(staff, sandbox, name, choice, status, words):
    sent = {
        "contact_uuid": "mira.jansen@example.test",
        "subscription_type_uuid": kind(sandbox, name),
        "is_subscribed": choice,
    }
    assert words in text(staff.post(SUBSCRIPTION, sent, follow=True))
    assert mailed(sandbox, seed.MIRA_UUID, name) == status


def test_subscribing_is_not_sent_again_as_it_would_mail_the_contact(staff, sandbox):
    sent = {
        "contact_uuid": seed.DUPLICATE_UUID,
        "subscription_type_uuid": kind(sandbox, "Offers"),
        "is_subscribed": "true",
    }
    for _ in range(2):
        assert "asked the contact to confirm" in text(staff.post(SUBSCRIPTION, sent, follow=True))
    assert len(sandbox.calls("PUT")) == 1


def test_merge_writes_what_protects_whoever_unsubscribed(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    preview = admin.post("/actions/merge-contacts/", sample)
    assert "One of these has unsubscribed from “Newsletter”" in text(preview)
    sent = confirmed(preview, sample, confirmation=DUPLICATE)
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
    sent = confirmed(preview, sample, confirmation=DUPLICATE)
    admin.get(admin.post("/actions/merge-contacts/", sent)["Location"])
    assert mailed(sandbox, seed.MIRA_UUID, "Newsletter") == "SUBSCRIBED"
