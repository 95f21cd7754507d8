"""Certain pairs that are merged by themselves: who agrees, once a day, until when."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.duplicates.certain import confirming, daily, running
from piggyadmin.duplicates.certain.forms import DailyForm
from piggyadmin.duplicates.certain.operations import MERGE_DAILY
from piggyadmin.duplicates.models import CertainRun, StandingApproval
from piggyadmin.duplicates.tasks import merge_certain_daily
from piggyadmin.ledger import approvals, writes
from piggyadmin.ledger.models import Approval, Entry, EntryState
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.verification import verify
from piggyadmin.tasks.models import Run
from tests.duplicates.certain.making import carried, fresh, states, twins, work
from tests.ledger.making import somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("certain", "independent")]
REFUSE = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts/merge$"}
PAGE = "/duplicates/certain/daily/"


@pytest.fixture
def independent(settings) -> None:
    """Have people be the second one whose accounts were only just made."""
    settings.FOUR_EYES_INDEPENDENT_DAYS = 0


def ask(most: int = 2) -> StandingApproval:
    """Have Sanne ask, and name Daan."""
    what = {"rule": "either", "most_per_day": most, "reason": "Double account", "comment": ""}
    standing = daily.ask(person=somebody(), approver=somebody("daan"), **what)
    assert standing
    return standing


def approved(most: int = 2) -> StandingApproval:
    """Have Daan approve it."""
    standing = ask(most)
    approval = Approval.objects.get()
    daily.approve(standing, approval, person=somebody("daan"), note="")
    standing.refresh_from_db()
    return standing


def tick() -> CertainRun | None:
    """Do what a worker does every minute, and what that sets going."""
    merge_certain_daily()
    work(running.CHECKER)
    merge_certain_daily()
    return CertainRun.objects.exclude(standing=None).first()


def on_day(monkeypatch, days: int) -> None:
    """Put the clock so many days on."""
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(days=days))


def lose_rights(name: str) -> None:
    """Have somebody be no admin any more."""
    somebody(name).groups.clear()


def test_nothing_without_approval(sandbox):
    twins(sandbox, 1)
    assert tick() is None
    ask()
    assert tick() is None


def test_merges_up_to_a_number_once_a_day(sandbox, monkeypatch):
    for number in (1, 2, 3):
        twins(sandbox, number)
    standing = approved()
    run = carried(tick())
    assert (run.status, states(run), run.day) == ("done", ["merged"] * 2, timezone.localdate())
    entry = running.entry_of(run)
    assert entry.reason == "Double account"
    assert entry.follow_up.detail["words"] == "2 pairs were merged."
    assert tick() == run
    on_day(monkeypatch, -1)
    assert tick() == run
    on_day(monkeypatch, 2)
    assert carried(tick()).pairs.count() == 1
    assert daily.told_to(somebody()).merged == 1
    assert standing.runs.count() == 2
    assert list(verify()) == []


def test_four_eyes_take_the_standing_approval(sandbox, settings):
    settings.FOUR_EYES = True
    twins(sandbox, 1)
    approved()
    run = carried(tick())
    assert run.status == "done"
    detail = running.entry_of(run).events.get(kind="intended").detail
    assert detail["approval"]["approved_by_name"] == "Daan"


def test_nothing_found_is_no_entry(sandbox):
    approved()
    run = tick()
    assert (run.status, running.entry_of(run)) == ("cancelled", None)


def test_stops_at_a_surprise_and_waits(sandbox, monkeypatch):
    for number in (1, 2):
        twins(sandbox, number)
    approved()
    sandbox.faults(REFUSE, merge_seconds=0)
    run = carried(tick())
    assert (run.status, states(run)) == ("stopped", ["merging", "ready"])
    on_day(monkeypatch, 1)
    assert tick() == run


def test_a_killed_worker_begins_no_second_one(sandbox, monkeypatch):
    twins(sandbox, 1)
    approved()
    merge_certain_daily()
    work(running.CHECKER)
    with monkeypatch.context() as patch:
        patch.setattr(running, "begin", lambda _entry: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            merge_certain_daily()
    merge_certain_daily()
    run = carried(CertainRun.objects.get())
    assert run.status == "done"
    assert Entry.objects.filter(action="merge-certain-pairs").count() == 1


def test_killed_before_the_approval_held(sandbox):
    standing = approved()
    StandingApproval.objects.update(approved_at=None, expires_at=None)
    merge_certain_daily()
    standing.refresh_from_db()
    assert standing.expires_at


def test_another_worker_was_faster(sandbox, monkeypatch):
    standing = approved()
    tick()
    monkeypatch.setattr(timezone, "localdate", lambda: CertainRun.objects.get().day)
    monkeypatch.setattr(StandingApproval, "runs", CertainRun.objects.none(), raising=False)
    daily._begin_today(standing)
    assert CertainRun.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "status"),
    [(EntryState.REJECTED, "cancelled"), (EntryState.SENT, "checked")],
)
def test_an_intent_that_was_not_sent_ends_the_run(sandbox, monkeypatch, state, status):
    twins(sandbox, 1)
    approved()
    merge_certain_daily()
    work(running.CHECKER)
    monkeypatch.setattr(Entry, "state", state)
    run = CertainRun.objects.get()
    monkeypatch.setattr(running, "entry_of", lambda _run: Entry.objects.first())
    merge_certain_daily()
    assert fresh(run).status == status


def test_a_run_is_waited_for_while_its_pairs_are_looked_at(sandbox):
    twins(sandbox, 1)
    approved()
    merge_certain_daily()
    merge_certain_daily()
    assert CertainRun.objects.get().status == "checking"


def test_what_has_ended_keeps_its_reason(sandbox):
    standing = approved()
    daily.end(standing, "Somebody stopped it.")
    daily.end(standing, "Something else.")
    standing.refresh_from_db()
    assert standing.ended_because == "Somebody stopped it."


def test_who_cannot_look_gives_up(sandbox):
    twins(sandbox, 1)
    approved()
    merge_certain_daily()
    Run.objects.filter(name=running.CHECKER).update(state="failed")
    merge_certain_daily()
    assert CertainRun.objects.get().status == "cancelled"


def test_refused_run_ends(sandbox, monkeypatch):
    twins(sandbox, 1)
    approved()
    merge_certain_daily()
    work(running.CHECKER)

    def refuse(*_: object) -> None:
        raise PermissionDenied

    monkeypatch.setattr(writes, "carry_out", refuse)
    merge_certain_daily()
    assert CertainRun.objects.get().status == "cancelled"


@pytest.mark.parametrize("name", ["sanne", "daan"])
def test_ends_with_the_rights_of_either(sandbox, name):
    twins(sandbox, 1)
    standing = approved()
    lose_rights(name)
    assert tick() is None
    standing.refresh_from_db()
    assert standing.ended_because == f"{name.title()} may not merge many pairs, or not any more."


def test_a_run_under_way_stops_with_the_approver(sandbox):
    twins(sandbox, 1)
    approved()
    run = tick()
    User.objects.filter(username="daan").update(is_active=False)
    run = carried(run)
    assert (run.status, states(run)) == ("stopped", ["ready"])
    assert "Daan may not" in run.surprise


def test_holds_while_the_intent_is_committed(sandbox):
    twins(sandbox, 1)
    standing = approved()
    merge_certain_daily()
    work(running.CHECKER)
    daily.end(standing, "Over.")
    with pytest.raises(PermissionDenied, match=r"Over\."):
        confirming.confirm_standing(CertainRun.objects.get(), standing)
    assert not Entry.objects.filter(action="merge-certain-pairs").exists()


def test_ends_after_30_days_with_a_reminder(sandbox, monkeypatch):
    standing = approved()
    on_day(monkeypatch, 26)
    assert daily.told_to(somebody()).is_ending
    on_day(monkeypatch, 5)
    merge_certain_daily()
    standing.refresh_from_db()
    assert "ended after 30 days" in standing.ended_because
    entry = Entry.objects.get(action="merge-certain-pairs-daily")
    assert "ended after 30 days" in entry.follow_up.detail["words"]
    assert list(verify()) == []
    on_day(monkeypatch, 6)
    assert daily.told_to(somebody()) is None


def test_only_who_was_named_approves(sandbox):
    standing, approval = ask(), Approval.objects.get()
    for name in ("sanne", "eva"):
        with pytest.raises(PermissionDenied, match="Only Daan"):
            daily.approve(standing, approval, person=somebody(name), note="")
    daily.approve(standing, approval, person=somebody("daan"), note="")
    standing.refresh_from_db()
    assert standing.expires_at - standing.approved_at == timedelta(days=30)


def test_nobody_approves_with_the_askers_hand(sandbox, monkeypatch):
    standing, approval = ask(), Approval.objects.get()
    monkeypatch.setattr(approvals, "objection", lambda *_: "One hand.")
    with pytest.raises(PermissionDenied, match="One hand"):
        daily.approve(standing, approval, person=somebody("daan"), note="")


def test_one_at_a_time(sandbox):
    ask()
    what = {"rule": "either", "most_per_day": 1, "reason": "", "comment": ""}
    assert daily.ask(person=somebody("eva"), approver=somebody("daan"), **what) is None


def test_stands_in_the_ledger(sandbox):
    approved()
    entry = Entry.objects.get(action="merge-certain-pairs-daily")
    operation = MERGE_DAILY
    assert "Sanne had up to 2 certain pairs a day merged" in sentence_of(entry)
    assert operation.page_of(entry) == PAGE == reverse("duplicates:certain-daily")
    assert str(operation.entity_label) == "Customers"
    assert operation.permission == "actions.run_merge_duplicates"


# --- On its page -----------------------------------------------------------------------------


def signed_in_as(name: str) -> Client:
    """Give the browser of somebody."""
    client = Client()
    client.force_login(somebody(name))
    return client


def step(client: Client, name: str, **more: object) -> str:
    """Take a step, and read the page it leads to."""
    standing = StandingApproval.objects.filter(ended_at=None).first()
    posted = {"step": name, "standing": standing.pk if standing else "", **more}
    return client.post(PAGE, posted, follow=True).content.decode()


def asked_for() -> dict[str, object]:
    """Give what Sanne fills in."""
    who = somebody("daan")
    return {"rule": "either", "most_per_day": 5, "approver": who.pk, "reason": "Double account"}


def test_asked_approved_and_stopped_by_any_admin(sandbox):
    sanne, daan, eva = map(signed_in_as, ("sanne", "daan", "eva"))
    assert "Ask for it" in sanne.get(PAGE).content.decode()
    assert "It waits for approval" in step(sanne, "ask", **asked_for())
    assert "Only Daan was named" in step(eva, "decide", decision="approve")
    assert "Say why you decline it" in step(daan, "decide", decision="decline")
    assert "It is on" in step(daan, "decide", decision="approve")
    assert "It ends at" in eva.get(PAGE).content.decode()
    assert "Merge certain pairs daily" in eva.get("/").content.decode()
    assert "Eva stopped it." in step(eva, "stop")
    assert "Eva stopped it." in eva.get("/").content.decode()


def test_stopping_ends_what_is_under_way(sandbox):
    twins(sandbox, 1)
    approved()
    run = tick()
    step(signed_in_as("eva"), "stop")
    assert (carried(run).status, states(run)) == ("cancelled", ["ready"])


def test_withdrawn(sandbox):
    ask()
    assert "Sanne stopped it." in step(signed_in_as("sanne"), "decide", decision="withdraw")
    assert Approval.objects.get().status == "withdrawn"


def test_whoever_else_may_approve_is_offered_in_one_query(django_assert_num_queries):
    sanne, daan, gone, kim = map(somebody, ("sanne", "daan", "gone", "kim"))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    kim.groups.set([Group.objects.get(name=Role.STAFF.value)])
    boss = User.objects.create_superuser("boss")
    approvers: Any = DailyForm(person=sanne).fields["approver"]
    with django_assert_num_queries(1):
        assert {value.value for value, _label in approvers.choices if value} == {daan.pk, boss.pk}


def test_bad_input_is_told_and_kept(sandbox):
    wrong = asked_for() | {"most_per_day": 501, "approver": somebody().pk, "reason": ""}
    shown = step(signed_in_as("sanne"), "ask", **wrong)
    assert "501" in shown
    assert not StandingApproval.objects.exists()


def test_too_late(sandbox, monkeypatch):
    sanne = signed_in_as("sanne")
    further = "It is further already"
    assert further in step(sanne, "stop")
    approved()
    assert further in step(sanne, "ask")
    assert further in step(sanne, "decide")
    monkeypatch.setattr(daily, "current", lambda: None)
    assert further in step(sanne, "ask", **asked_for())


def test_somebody_decided_first(sandbox):
    ask()
    Approval.objects.update(status="declined")
    assert "It is further already" in step(signed_in_as("daan"), "decide", decision="approve")


def test_not_for_others(sandbox):
    person = User.objects.create(username="kim")
    person.groups.add(Group.objects.get(name=Role.STAFF.value))
    assert daily.told_to(person) is None
    assert signed_in_as("kim").get(PAGE).status_code == 403
