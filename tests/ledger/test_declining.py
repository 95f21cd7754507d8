"""The no to a request: who asked still sees it, and so do the ledger and its readers."""

from uuid import uuid4

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import approvals, declining, writes
from piggyadmin.ledger.conflicts import KeyReused
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry, EntryState
from piggyadmin.ledger.verification import verify
from piggyadmin.sandbox import seed
from tests.conftest import signed_in
from tests.ledger.making import somebody
from tests.ledger.test_approvals import CREDITS, ask

pytestmark = pytest.mark.django_db
DECLINE = {"decision": "decline", "note": "They are two people."}


@pytest.fixture
def second(db):
    return signed_in(User.objects.create_superuser("second", first_name="Second"))


@pytest.fixture
def request_url(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 1
    return ask(staff, CREDITS)["Location"]


@pytest.mark.parametrize("note", ["", "   "])
def test_a_no_takes_a_reason(second, request_url, note):
    response = second.post(request_url, {"decision": "decline", "note": note})
    assert "Say why you decline it." in response.content.decode()
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    assert not Entry.objects.exists()


def test_a_yes_takes_none(second, request_url):
    second.post(request_url, {"decision": "approve"})
    assert Entry.objects.get().state == EntryState.DONE


def test_whoever_asked_reads_it_on_the_desk_and_where_it_was_asked(staff, second, request_url):
    second.post(request_url, DECLINE)
    entry = Entry.objects.get()
    desk = staff.get("/").content.decode()
    assert "What you asked a colleague" in desk
    assert request_url in desk
    assert "They are two people." in desk
    outcome = f"/actions/{CREDITS}/{entry.submission_key}/"
    assert outcome in desk
    for address in (request_url, outcome):
        assert "They are two people." in staff.get(address).content.decode()


def test_it_stands_in_the_ledger_as_what_it_is(second, request_url):
    second.post(request_url, DECLINE)
    entry = Entry.objects.get()
    assert (entry.person_name, entry.action, entry.state) == ("Staff", CREDITS, EntryState.REJECTED)
    assert (entry.reason, entry.comment) == ("Goodwill", "Spilt coffee.")
    assert entry.data["credits"] == 25
    assert entry.subjects.get().contact_uuid == seed.MIRA_UUID
    detail = entry.last_event.detail
    assert (detail["person_name"], detail["note"]) == ("Second", "They are two people.")
    assert list(verify()) == []


def test_nothing_personal_goes_into_the_chain(admin, second, sandbox, settings):
    settings.FOUR_EYES = True
    second.post(ask(admin, "claim-anonymous-contact", "rson")["Location"], DECLINE)
    entry = Entry.objects.get()
    assert "new.person@" not in str(entry.data)
    assert entry.snapshots.get().data == {"email": "new.person@example.test"}
    assert list(verify()) == []


def test_the_auditor_reads_requests_and_decides_nothing(auditor, second, request_url, sandbox):
    asked = len(sandbox.calls())
    assert "Nothing was changed" not in auditor.get(request_url).content.decode()
    page = auditor.get(request_url).content.decode()
    assert seed.MIRA_UUID in page
    assert 'name="decision"' not in page
    assert len(sandbox.calls()) == asked
    for decision in ("approve", "decline"):
        assert auditor.post(request_url, DECLINE | {"decision": decision}).status_code == 403
    second.post(request_url, DECLINE)
    for address in (request_url, "/ledger/approvals/"):
        assert "They are two people." in auditor.get(address).content.decode()
    assert "Give credits" in auditor.get("/ledger/?state=rejected").content.decode()


def test_who_has_nothing_to_do_with_it_sees_nothing(support, roleless, request_url):
    for client in (support, roleless):
        assert client.get(request_url).status_code == 403
        assert client.get("/ledger/approvals/").status_code == 403


def test_withdrawn_and_lapsed_are_told_apart(staff, second, request_url, settings):
    staff.post(request_url, {"decision": "withdraw"})
    assert "withdrawn by the one who asked" in Entry.objects.get().last_event.detail["message"]
    url = ask(staff, CREDITS)["Location"]
    User.objects.get(username="staff").groups.clear()
    second.post(url, {"decision": "approve"})
    told = Entry.objects.first().last_event.detail["message"]
    assert "Something has changed since this was asked" in told


def test_pressing_the_old_button_again_tells_of_the_no(staff, second, request_url):
    second.post(request_url, DECLINE)
    key = str(Approval.objects.get().submission_key)
    posted = {"step": "confirm", "submission_key": key}
    answer = staff.post(f"/actions/{CREDITS}/", posted, follow=True)
    assert "They are two people." in answer.content.decode()
    assert Entry.objects.count() == 1


def test_whoever_is_late_declines_nothing(second, staff, request_url):
    second.post(request_url, {"decision": "approve"})
    person = User.objects.get(username="second")
    approval = Approval.objects.get()
    status = ApprovalStatus.DECLINED
    assert not declining.close(
        get_action(CREDITS), approval, status, person=person, note="Too late."
    )
    assert Entry.objects.get().state is EntryState.DONE


def test_a_program_that_asks_once_more_is_told_of_the_no_to_its_own_request_alone():
    action, sanne = get_action(CREDITS), somebody()
    asked = {"submission_key": uuid4(), "fingerprint": "f" * 64}
    approval = approvals.ask(action, person=sanne, form_data={}, agreement="", **asked)
    assert declining.refuse(action, approval, person=somebody("second"), note="No.")
    outcome = writes.first_press(action, person=sanne, **asked)
    assert outcome
    assert outcome.entry.state is EntryState.REJECTED
    with pytest.raises(KeyReused):
        writes.first_press(action, person=sanne, **asked | {"fingerprint": "e" * 64})
