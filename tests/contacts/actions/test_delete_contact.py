"""Contacts that cease to exist, and what is kept and forgotten of them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.actions import delete_contact
from piggyadmin.contacts.actions.delete_contact import _last_address
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
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/delete-contact/"
DUPLICATE = "m.jansen@example.test"


def delete(admin, kind: str = "GDPR") -> str:
    """Ask for a deletion as a person does, and give the address of its outcome."""
    sample = SAMPLES["delete-contact"] | {"type": kind}
    preview = admin.post(URL, sample)
    assert DUPLICATE in text(preview)
    response = admin.post(
        URL, confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    )
    return str(response["Location"])


def call_about(uuid: str) -> LoggedCall:
    return LoggedCall.objects.create(
        at=timezone.now(), method="GET", path=f"contacts/{uuid}", seconds=0.1, attempt=1
    )


def test_deletion_is_followed_to_its_end(admin, sandbox):
    url = delete(admin)
    assert "The customer is still there" in text(admin.get(url))
    sandbox.faults(delete_seconds=0)


def test_erased_contact_is_forgotten_here_too(admin, sandbox):
    sandbox.faults(delete_seconds=0)
    uuid = sandbox.api("GET", "contacts/find-one-by", params={"email": DUPLICATE})["uuid"]
    call_about(uuid)
    call_about("somebody-else")
    url = delete(admin)
    assert "the customer is gone" in text(admin.get(url))
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
    monkeypatch.setattr("piggyadmin.contacts.actions.delete_contact.has_settled", lambda *_: True)
    assert action.read_back(piggy, entry).verdict is Verdict.NOT_DONE


def test_what_piggy_has_finished_is_not_called_under_way(admin, sandbox):
    sandbox.faults(delete_seconds=0)
    page = text(admin.get(delete(admin)))
    assert "Piggy has taken on the deletion" not in page
    assert "callout success" in page


@pytest.mark.parametrize(
    ("kept", "address"),
    [
        ([], ""),
        ([{"contact": {"email": "old@b.test"}}, {"contact": {}}], "old@b.test"),
        ([{"contact": {"email": "old@b.test"}}, {"email": "new@b.test"}], "new@b.test"),
        ([{"email": "old@b.test"}, {"contact": None}], "old@b.test"),
        ([["nothing"]], ""),
    ],
)
def test_the_last_address_that_is_known_is_the_newest_kept(kept, address):
    for data in kept:
        entry = make_entry(number=Entry.objects.count())
        moment = Snapshot.Moment.BEFORE
        Snapshot.objects.create(entry=entry, moment=moment, contact_uuid="gone", data=data)
    assert _last_address("gone") == address


def test_those_that_went_into_an_erased_one_are_forgotten_by_their_addresses(monkeypatch):
    forgotten: list[Any] = []
    calls: list[Any] = []
    monkeypatch.setattr(delete_contact, "merged_with", lambda uuid: {"two", "one", "still-there"})
    monkeypatch.setattr(
        delete_contact, "copies", [SimpleNamespace(holds=lambda uuids: uuids & {"still-there"})]
    )
    monkeypatch.setattr(delete_contact, "_last_address", lambda uuid: f"{uuid}@b.test")
    monkeypatch.setattr(
        delete_contact,
        "forget_contact",
        lambda entry, uuid, *, email="": forgotten.append((entry, uuid, email)),
    )
    monkeypatch.setattr(delete_contact, "forget_calls_about", calls.append)
    entry = make_entry()
    delete_contact._forget(entry, "gone", "gone@b.test")
    assert forgotten == [
        (entry, "gone", "gone@b.test"),
        (entry, "one", "one@b.test"),
        (entry, "two", "two@b.test"),
    ]
    assert calls == ["gone", "one", "two"]
