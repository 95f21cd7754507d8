"""The pages of an approval: what they say of odd requests, and what comes of deciding late."""

from functools import partial
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.approval_views import ApprovalPage
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import appending, approvals, writes
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry, EntryState
from piggyadmin.ledger.operations import Effect, get_operation
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.conftest import signed_in
from tests.ledger.making import make_entry, somebody
from tests.ledger.test_approvals import CREDITS, MERGE, ask

pytestmark = pytest.mark.django_db
APPROVE = {"decision": "approve"}


@pytest.fixture
def second(db):
    return signed_in(User.objects.create_superuser("second", first_name="Second"))


@pytest.fixture
def request_url(admin, sandbox, settings):
    settings.FOUR_EYES = True
    return ask(admin)["Location"]


def test_action_that_is_no_longer_there(second, request_url):
    Approval.objects.update(action="no-such-action")
    assert second.get(request_url).status_code == 404


def test_what_has_a_page_of_its_own_is_decided_there(second):
    key = uuid4()
    asked = {"form_data": {}, "agreement": "", "submission_key": key, "data": {"run": 7}}
    approvals.ask(get_operation("in-bulk"), person=somebody(), **asked)
    assert second.get(f"/ledger/approvals/{key}/")["Location"] == "/bulk/7/"


def test_whose_own_word_is_enough_types_what_cannot_be_undone(
    admin, request_url, sandbox, settings
):
    settings.FOUR_EYES = False
    Approval.objects.update(is_own_word_enough=True)
    answer = admin.post(request_url, APPROVE | {"confirmation": "mira"})
    page = answer.content.decode()
    assert "That is not what has to be typed" in page
    assert 'value="mira"' in page
    assert sandbox.calls("POST", "contacts/merge") == []
    admin.post(request_url, APPROVE | {"confirmation": "M.JANSEN"})
    assert len(sandbox.calls("POST", "contacts/merge")) == 1


def test_decided_request_is_shown_without_a_preview(second, request_url):
    decline = {"decision": "decline", "note": "Two people."}
    second.post(request_url, decline)
    response = second.get(request_url)
    assert response.status_code == 200
    assert "preview" not in response.context
    assert second.post(request_url, decline)["Location"] == request_url
    assert Entry.objects.count() == 1


def asker_is_barred():
    User.objects.filter(username="admin").update(is_active=False)


def asker_has_another_role():
    User.objects.get(username="admin").groups.clear()


def form_is_gone():
    Approval.objects.update(form_data={})


@pytest.mark.parametrize("change", [form_is_gone, asker_is_barred, asker_has_another_role])
def test_what_cannot_be_done_any_more_lapses(second, request_url, change):
    change()
    response = second.get(request_url)
    assert response.context["has_changed"]
    assert "preview" not in response.context
    assert second.post(request_url, APPROVE)["Location"] == request_url
    assert Approval.objects.get().status == ApprovalStatus.WITHDRAWN
    assert_nothing_was_sent()


def assert_nothing_was_sent():
    """What the ledger holds is the no to what was asked."""
    assert [entry.state for entry in Entry.objects.all()] == [EntryState.REJECTED]


def test_while_piggy_cannot_be_asked_it_waits(second, request_url, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    page = second.get(request_url).content.decode()
    assert "is being maintained" in page
    assert 'value="approve"' not in page
    assert 'value="decline"' in page
    response = second.post(request_url, APPROVE, follow=True)
    assert "is being maintained" in response.content.decode()
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    sandbox.faults()
    second.post(request_url, APPROVE)
    assert Entry.objects.get().state == EntryState.DONE


def test_an_approval_and_its_intent_are_committed_together(second, request_url, monkeypatch):
    """Whoever is killed in between has approved nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(writes, "append_inside", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            second.post(request_url, APPROVE)
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    assert not Entry.objects.exists()
    second.post(request_url, APPROVE)
    assert Approval.objects.get().decided_by_name == "Second"
    assert Entry.objects.get().state == EntryState.DONE


def test_somebody_else_was_faster(second, request_url, monkeypatch, sandbox):
    decline = partial(Approval.objects.update, status=ApprovalStatus.DECLINED)
    monkeypatch.setattr(writes, "refuse_overlap", lambda *_: decline())
    assert second.post(request_url, APPROVE)["Location"] == request_url
    assert not Entry.objects.exists()
    assert sandbox.calls("POST", "contacts/merge") == []


def test_withdrawn_by_the_one_who_asked(admin, second, request_url):
    assert "Withdraw it" in admin.get(request_url).content.decode()
    # Of somebody else it is a no, which takes a reason.
    assert second.post(request_url, {"decision": "withdraw"}).context["decide"].errors
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    admin.post(request_url, {"decision": "withdraw"})
    assert Approval.objects.get().status == ApprovalStatus.WITHDRAWN
    second.post(request_url, APPROVE)
    assert_nothing_was_sent()


def test_staff_ask_and_only_admins_approve(staff, second, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 1
    url = ask(staff, CREDITS)["Location"]
    colleague = signed_in(User.objects.create_user("colleague"))
    User.objects.get(username="colleague").groups.add(Group.objects.get(name=Role.STAFF.value))
    assert 'value="approve"' not in colleague.get(url).content.decode()
    for decision in ("approve", "decline"):
        assert colleague.post(url, {"decision": decision}).status_code == 403
    second.post(url, APPROVE)
    assert Entry.objects.get().person_name == "Staff"


@pytest.mark.parametrize("decision", ["approve", "decline", "withdraw"])
def test_beside_what_another_press_of_the_form_has_sent_it_ends_in_words(
    staff, second, sandbox, settings, decision
):
    """Somebody went back, and sent something else with the form that waits for a colleague."""
    settings.FOUR_EYES_CREDITS_ABOVE = 1
    url = ask(staff, CREDITS)["Location"]
    key = str(Approval.objects.get().submission_key)
    other = SAMPLES[CREDITS] | {"contact_uuid": "m.jansen@example.test", "credits": "1"}
    agreed = staff.post(f"/actions/{CREDITS}/", other).context["agreement"]
    sent = other | {"step": "confirm", "agreement": agreed, "submission_key": key}
    staff.post(f"/actions/{CREDITS}/", sent)
    who = staff if decision == "withdraw" else second
    page = who.post(url, {"decision": decision, "note": "No."}, follow=True).content.decode()
    assert "Nothing was changed at Piggy" not in page
    assert "What became of it" in page
    assert Approval.objects.get().status != ApprovalStatus.WAITING
    assert Approval.objects.get().status != ApprovalStatus.APPROVED
    assert Entry.objects.get().data["credits"] == 1
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


def test_what_has_no_preview_needs_a_second_person_too(admin, second, sandbox, settings):
    settings.FOUR_EYES = True
    booking = get_action("create-booking")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(booking), "effect", Effect.IRREVERSIBLE)
        url = admin.post(booking.url, SAMPLES[booking.slug])["Location"]
        assert sandbox.calls("POST", "bookings") == []
        second.post(url, APPROVE)
    assert len(sandbox.calls("POST", "bookings")) == 1


def test_what_was_not_done_needs_a_second_person_again(admin, second, sandbox, settings):
    """Sending again is no way around it."""
    settings.FOUR_EYES = True
    second.post(ask(admin)["Location"], APPROVE)
    entry = Entry.objects.get()
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    response = admin.post(f"/ledger/{entry.submission_key}/again/")
    assert response["Location"] == f"/actions/{MERGE}/?again={entry.submission_key}"
    assert len(sandbox.calls("POST", "contacts/merge")) == 1


def test_the_same_done_meanwhile_is_not_sent_again(admin, second, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 1
    urls = [ask(admin, CREDITS)["Location"] for _ in range(2)]
    # What has been given meanwhile must not show in what was agreed to.
    sandbox.faults({"kind": "drop_before", "method": "POST"})
    answers = [second.post(url, APPROVE) for url in urls]
    assert answers[1]["Location"] == urls[1]
    assert Entry.objects.count() == 1
    # Who approves sees what is alike, and may want it all the same.
    sandbox.faults()
    shown = second.get(urls[1])
    assert "Admin wanted to give" in shown.content.decode()
    known = {"again": "yes", "repeat_of": shown.context["alike"].submission_key}
    second.post(urls[1], APPROVE | known)
    assert Entry.objects.count() == 2


def test_while_something_else_is_under_way_with_a_contact_it_waits(
    second, request_url, sandbox, settings
):
    settings.FOUR_EYES = False
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=seed.DUPLICATE_UUID)
    settings.FOUR_EYES = True
    response = second.post(request_url, APPROVE, follow=True)
    assert "asked for “Delete a customer” for this customer" in response.content.decode()
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    assert sandbox.calls("POST", "contacts/merge") == []


def test_asker_who_loses_the_right_at_that_moment(second, request_url, sandbox, monkeypatch):
    """It was looked up for the page, and did not hold until it was committed."""

    def meanwhile(_page, _now):
        asker_has_another_role()
        return True

    monkeypatch.setattr(ApprovalPage, "_is_same", meanwhile)
    page = second.post(request_url, APPROVE, follow=True).content.decode()
    assert "Admin may not do this, or not any more. Nothing was done." in page
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    assert not Entry.objects.exists()
    assert sandbox.calls("POST", "contacts/merge") == []


def test_action_that_asks_no_reason(admin, second, sandbox, settings, monkeypatch):
    settings.FOUR_EYES = True
    monkeypatch.setattr(type(get_action(MERGE)), "asks_reason", False)
    second.post(ask(admin)["Location"], APPROVE)
    assert len(sandbox.calls("POST", "contacts/merge")) == 1
    assert Entry.objects.get().reason == ""


def test_form_of_somebody_else(db):
    key, action = uuid4(), get_action(MERGE)
    asked = {"form_data": SAMPLES[MERGE], "agreement": "signed", "submission_key": key}
    first = approvals.ask(action, person=somebody(), **asked)
    assert approvals.ask(action, person=somebody(), **asked) == first
    with pytest.raises(PermissionDenied):
        approvals.ask(action, person=somebody("other"), **asked)
