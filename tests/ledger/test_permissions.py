"""Who may not is refused below the views, whatever the action: by the ledger, at that moment."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.ledger import (
    appending,
    approvals,
    entries,
    following,
    reads,
    reconciliation,
    writes,
)
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Finding, Verdict
from piggyadmin.ledger.writes import WriteRequest
from tests.conftest import person
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
SLUGS = [action.slug for action in actions()]
# Beside the roles: somebody who has none, and an admin who was disabled.
NOBODY, DISABLED = "nobody", "disabled"
WHO = [*Role, NOBODY, DISABLED]
CREDITS = "create-credit-reception"
SEEN = Finding(verdict=Verdict.UNDECIDED, words="Seen.")


def made(who: str) -> User:
    """Make the person."""
    if who == NOBODY:
        return person(None)
    if who != DISABLED:
        return person(Role(who))
    admin = person(Role.ADMIN)
    disable(admin)
    return User.objects.get(pk=admin.pk)


def may(who: str, action: Action[Any, Any]) -> bool:
    return who in set(Role) and action.role in Role(who).includes_those_of


def disable(someone: User) -> None:
    """Disable somebody, of which what is loaded of them does not know."""
    User.objects.filter(pk=someone.pk).update(is_active=False)


def filled(action: Action[Any, Any], piggy: Any, someone: Any) -> WriteRequest:
    """Ask for what is the action's sample, as a view would."""
    form = action.form_class(dict(action.sample), piggy=piggy)
    assert form.is_valid(), form.errors
    preview = action.preview(piggy, form.cleaned_data) if action.has_preview else None
    return WriteRequest(
        action=action,
        person=someone,
        data=form.action_data,
        submission_key=uuid4(),
        preview=preview,
    )


def do(piggy: Any, request: WriteRequest) -> Any:
    """Have it done, be it a look-up or a write."""
    if request.action.is_read:
        return reads.read(piggy, request.action, person=request.person, data=request.data)
    outcome = writes.carry_out(piggy, request)
    assert outcome.error is None
    return outcome.entry


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_action_as_every_role(slug, who, piggy, sandbox):
    action, someone = get_action(slug), made(who)
    request = filled(action, piggy, someone)
    before = len(sandbox.calls())
    if may(who, action):
        do(piggy, request)
        assert Entry.objects.count() == (not action.is_read)
        return
    with pytest.raises(PermissionDenied, match="may not do this"):
        do(piggy, request)
    assert len(sandbox.calls()) == before
    assert not Entry.objects.exists()


@pytest.mark.parametrize("nobody", [AnonymousUser(), None])
@pytest.mark.parametrize("slug", [CREDITS, "list-perks"])
def test_what_is_nobodys_is_refused(slug, nobody, piggy):
    """Only people ask for something: the console does no action by itself."""
    with pytest.raises(PermissionDenied):
        do(piggy, filled(get_action(slug), piggy, nobody))
    assert not Entry.objects.exists()


def lose_role(someone: User) -> None:
    """Take their role from somebody, of which what is loaded of them does not know."""
    User.objects.get(pk=someone.pk).groups.clear()


@pytest.mark.parametrize("lose", [lose_role, disable])
def test_what_was_known_of_somebody_does_not_count(lose, piggy):
    """It was taken from them after they were loaded, and after they were asked about."""
    admin = person(Role.ADMIN)
    request = filled(get_action(CREDITS), piggy, admin)
    assert admin.has_perm(request.action.permission)
    lose(admin)
    assert admin.has_perm(request.action.permission)
    with pytest.raises(PermissionDenied, match=r"Admin may not do this, or not any more\. Nothing"):
        writes.carry_out(piggy, request)


def test_who_is_disabled_before_it_leaves_sends_nothing(piggy, sandbox, monkeypatch):
    admin, action = person(Role.ADMIN), get_action(CREDITS)
    request = filled(action, piggy, admin)
    perform = type(action).perform

    def slowly(self, piggy, data):
        disable(admin)
        return perform(self, piggy, data)

    monkeypatch.setattr(type(action), "perform", slowly)
    with pytest.raises(PermissionDenied):
        writes.carry_out(piggy, request)
    entry = Entry.objects.get()
    assert (entry.state, entry.last_event.detail["by"]) == (
        EntryState.SETTLED_NOT_DONE,
        "never sent",
    )
    assert entry.last_event.detail["error"] == "PermissionDenied"
    assert sandbox.calls("POST", "credit-receptions") == []


def test_the_same_press_again_shows_what_was_done_before(piggy, sandbox):
    """Nothing is written by it, and one's own outcomes may be seen."""
    admin = person(Role.ADMIN)
    request = filled(get_action(CREDITS), piggy, admin)
    first = writes.carry_out(piggy, request)
    disable(admin)
    assert writes.carry_out(piggy, request).entry == first.entry
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


# --- What people decide about entries -------------------------------------------------------------


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.SUPPORT, NOBODY, DISABLED])
def test_who_may_not_do_it_does_not_settle_it(who):
    entry = make_entry(EntryState.UNKNOWN)
    with pytest.raises(PermissionDenied):
        reconciliation.decide(entry, person=made(who), is_done=True, why="I looked.", seen=SEEN)
    assert entries.reread(entry).state == EntryState.UNKNOWN


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.SUPPORT, NOBODY, DISABLED])
@pytest.mark.parametrize("say", [following.acknowledge, following.resume])
def test_who_may_not_do_it_has_no_say_about_a_surprise(say, who):
    entry = make_entry(EntryState.DONE)
    appending.append(entry, "flagged", {"words": "Five were asked for, three are there."})
    with pytest.raises(PermissionDenied):
        say(entry, person=made(who), comment="Fine.")
    assert EntryStatus.objects.get(entry=entry).is_flagged


def test_of_an_action_that_is_gone_readers_of_the_ledger_have_a_say(monkeypatch):
    entry = make_entry(EntryState.UNKNOWN)
    monkeypatch.setattr("piggyadmin.ledger.operations.find_operation", lambda _slug: None)
    with pytest.raises(PermissionDenied):
        reconciliation.decide(entry, person=made(Role.STAFF), is_done=False, why="Gone.", seen=SEEN)
    reconciliation.decide(entry, person=made(Role.AUDITOR), is_done=False, why="Gone.", seen=SEEN)
    assert entries.reread(entry).state == EntryState.SETTLED_NOT_DONE


# --- A second person ------------------------------------------------------------------------------


def waiting(asker: User) -> Approval:
    return Approval.objects.create(
        submission_key=uuid4(), asked_by=asker, action=CREDITS, form_data={}, agreement=""
    )


@pytest.mark.parametrize("who", [*sorted(set(Role) - {Role.ADMIN}), NOBODY, DISABLED])
@pytest.mark.parametrize("status", [ApprovalStatus.APPROVED, ApprovalStatus.DECLINED])
def test_who_may_not_approve_decides_nothing(status, who):
    approval = waiting(somebody())
    with pytest.raises(PermissionDenied):
        approvals.decide(approval, status, person=made(who))
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.WAITING


def test_who_may_approve_but_not_do_it_decides_nothing():
    """An owner may have regrouped what a role includes."""
    admin, approval = person(Role.ADMIN), waiting(somebody())
    group = admin.groups.get()
    group.permissions.remove(group.permissions.get(codename=get_action(CREDITS).codename))
    with pytest.raises(PermissionDenied):
        approvals.decide(approval, ApprovalStatus.APPROVED, person=admin)


def test_one_withdraws_ones_own_while_one_may_sign_in():
    asker = person(Role.SUPPORT)
    assert approvals.decide(waiting(asker), ApprovalStatus.WITHDRAWN, person=asker)
    disable(asker)
    with pytest.raises(PermissionDenied):
        approvals.decide(waiting(asker), ApprovalStatus.WITHDRAWN, person=asker)


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.SUPPORT, NOBODY, DISABLED])
def test_who_may_not_do_it_cannot_ask_for_it_either(who):
    with pytest.raises(PermissionDenied):
        approvals.ask(
            get_action(CREDITS),
            person=made(who),
            form_data={},
            agreement="",
            submission_key=uuid4(),
        )
    assert not Approval.objects.exists()


@pytest.mark.parametrize("gone", ["asker", "approver"])
def test_an_approval_counts_only_while_both_may(gone, piggy, sandbox):
    """Both could when the page was opened; nothing is decided where one of them cannot any more."""
    asker, approver = person(Role.STAFF), person(Role.ADMIN)
    approval = waiting(asker)
    request = filled(get_action(CREDITS), piggy, asker)
    disable(asker if gone == "asker" else approver)
    approved = WriteRequest(
        action=request.action,
        person=asker,
        data=request.data,
        submission_key=approval.submission_key,
        preview=request.preview,
        approve=lambda: approvals.approve(approval, person=approver, note=""),
    )
    with pytest.raises(PermissionDenied):
        writes.carry_out(piggy, approved)
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.WAITING
    assert not Entry.objects.exists()
    assert sandbox.calls("POST", "credit-receptions") == []
