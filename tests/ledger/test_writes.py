"""Writes, carried out once and kept: intent, second presses, likeness, recovery."""

import threading
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection, connections
from django.utils import timezone

from piggyadmin.accounts.proofs import ProofNeeded
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import (
    appending,
    conflicts,
    following,
    outcomes,
    reconciliation,
    recovery,
    snapshots,
    writes,
)
from piggyadmin.ledger import backlog as backlog_module
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus, Snapshot
from piggyadmin.ledger.operations import Preview
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.actor import Actor, current_actor, use_actor, use_actor_finder
from piggyadmin.piggy.errors import Maintenance, OutcomeUnknown, Rejected
from piggyadmin.piggy.throttle import in_background
from piggyadmin.piggy.trace import use_trace_id
from tests.conftest import person
from tests.ledger.making import credits_for, left_behind, make_entry, somebody

CREDITS = get_action("create-credit-reception")
MERGE = get_action("merge-contacts")
TOKEN = get_action("get-contact-auth-token")
pytestmark = pytest.mark.django_db
SEEN, PERSONAL = {"gives": 25}, snapshots.Personal("c2", "", {"name": "Mira"})


class BalanceSeen(Preview):
    """What somebody has seen before."""

    gives: int


@pytest.fixture
def mira(piggy):
    return resolve_contact(piggy, query="mira.jansen@example.test")


def give(piggy, contact, number=25, **wish):
    wish.setdefault("person", somebody())
    wish.setdefault("submission_key", uuid4())
    request = writes.WriteRequest(action=CREDITS, data=credits_for(contact, number), **wish)
    return writes.carry_out(piggy, request)


def kinds(entry):
    return [event.kind for event in entry.events.all()]


def test_done(piggy, mira):
    outcome = give(piggy, mira, reason="Goodwill", comment="Spilt coffee.")
    entry = outcome.entry
    assert kinds(entry) == ["intended", "sent", "done"]
    assert (entry.state, entry.status.state) == (EntryState.DONE, EntryState.DONE)
    assert (entry.reason, entry.comment, entry.entity) == ("Goodwill", "Spilt coffee.", "credits")
    assert [(s.role, s.contact_uuid) for s in entry.subjects.all()] == [("contact", mira.uuid)]
    assert outcomes.recall(CREDITS, entry).result == outcome.result
    assert list(verify()) == []


def test_unknown(piggy, mira, sandbox):
    sandbox.faults({"kind": "drop_after", "path": "^credit-receptions$"})
    outcome = give(piggy, mira)
    assert isinstance(outcome.error, OutcomeUnknown)
    assert kinds(outcome.entry) == ["intended", "sent", "unknown"]
    assert [status.entry for status in following.needs_attention(person(Role.STAFF))] == [
        outcome.entry
    ]


def test_a_crash_before_sending_is_settled(piggy, mira, monkeypatch):
    monkeypatch.setattr(type(CREDITS), "perform", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        give(piggy, mira)
    entry = Entry.objects.get()
    assert kinds(entry) == ["intended", "settled-not-done"]
    assert entry.last_event.detail == {"error": "Interrupted", "by": "never sent"}


def test_a_crash_after_sending_leaves_it_unknown(piggy, mira, monkeypatch):
    perform = type(CREDITS).perform
    monkeypatch.setattr(type(CREDITS), "perform", lambda *asked: perform(*asked) and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        give(piggy, mira)
    entry = Entry.objects.get()
    assert kinds(entry) == ["intended", "sent", "unknown"]
    assert entry.last_event.detail == {"error": "Interrupted"}


def test_what_is_done_after_it_may_fail_without_denying_it(piggy, mira, monkeypatch):
    seen = []

    def fails(_action, data, result):
        seen.append((data["credits"], result.credits))
        raise ZeroDivisionError

    monkeypatch.setattr(type(CREDITS), "after_done", fails)
    with pytest.raises(ZeroDivisionError):
        give(piggy, mira)
    entry = Entry.objects.get()
    assert seen == [(25, 25)]
    assert kinds(entry) == ["intended", "sent", "done"]
    assert entry.last_event.detail["result"]["credits"] == 25


def test_calls_are_logged_for_who_asked(piggy, mira, monkeypatch):
    actors = []

    def note(_action, _piggy, _data):
        actors.append(current_actor())
        raise Rejected(is_write=True)

    monkeypatch.setattr(type(CREDITS), "perform", note)
    entry = give(piggy, mira).entry
    assert actors == [Actor(entry.person_id, "Sanne", CREDITS.slug, entry.pk)]


def test_who_is_not_allowed_any_more_is_told_why(piggy, mira, monkeypatch):
    def refuse(*_asked):
        raise PermissionDenied("Not any more.")

    monkeypatch.setattr(type(CREDITS), "perform", refuse)
    with pytest.raises(PermissionDenied):
        give(piggy, mira)
    detail = Entry.objects.get().last_event.detail
    assert detail == {"error": "PermissionDenied", "words": "Not any more.", "by": "never sent"}


def test_a_refusal_before_it_was_sent_is_the_refusal(piggy, mira, monkeypatch):
    def refuse(*_asked):
        raise Rejected(status=404, is_write=False)

    monkeypatch.setattr(type(CREDITS), "perform", refuse)
    outcome = give(piggy, mira)
    assert type(outcome.error) is Rejected
    assert kinds(outcome.entry) == ["intended", "rejected"]


def test_what_was_denied_and_came_late_is_mended(piggy):
    entry = make_entry(EntryState.UNKNOWN, EntryState.SETTLED_NOT_DONE)
    kept = snapshots.rows(entry, Snapshot.Moment.ANSWER, [PERSONAL])
    writes._append_outcome(entry, EntryState.DONE, {"result": {"uuid": "r1"}}, kept)
    assert kinds(entry)[-2:] == ["done", "flagged"]
    detail = entry.events.get(kind="done").detail
    assert detail["result"] == {"uuid": "r1"}
    assert Snapshot.objects.get().data == {"name": "Mira"}


@pytest.mark.parametrize("state", [EntryState.DONE, EntryState.REJECTED])
def test_what_others_have_established_stays(state):
    entry = make_entry(state)
    for kind in (EntryState.DONE, EntryState.UNKNOWN):
        writes._append_outcome(entry, kind, {}, [])
    assert kinds(entry) == ["intended", "sent", state]


def test_all_that_was_asked_is_kept(monkeypatch):
    """A step of something whole, with what was seen before, approved by somebody."""
    monkeypatch.setattr(snapshots, "part", lambda _seen: (SEEN, [PERSONAL]))
    whole, before, key = uuid4(), uuid4(), uuid4()
    request = writes.WriteRequest(
        action=get_action("update-contact"),
        person=somebody(),
        data={"contact_uuid": Contact(uuid="c1"), "attributes": {"phone": "1", "city": "Ede"}},
        submission_key=key,
        preview=BalanceSeen(gives=25),
        reason="Goodwill",
        comment="Spilt coffee.",
        repeat_of=before,
        approve=lambda: {"approved_by": 7},
        part_of=whole,
        fingerprint="f" * 64,
    )
    with use_trace_id("trace"):
        entry = Entry.objects.get(pk=writes._commit_intent(request).pk)
    told = {name: getattr(entry, name) for name in ("reason", "comment", "trace_id", "repeat_of")}
    assert told == {
        "reason": "Goodwill",
        "comment": "Spilt coffee.",
        "trace_id": "trace",
        "repeat_of": before,
    }
    assert (entry.person, entry.person_name, entry.submission_key) == (somebody(), "Sanne", key)
    assert (entry.action, entry.entity) == ("update-contact", "contacts")
    assert entry.deduplication_key == request.action.deduplication_key(request.data)
    assert (entry.data, entry.preview) == (
        {"contact_uuid": "c1", "attributes": ["city", "phone"]},
        SEEN,
    )
    detail = dict(entry.events.get().detail)
    del detail["entry"], detail["snapshots"]
    assert detail == {
        "approval": {"approved_by": 7},
        "part_of": str(whole),
        "fingerprint": "f" * 64,
    }
    kept = [(each.moment, each.contact_uuid, each.data) for each in entry.snapshots.all()]
    assert kept == [
        ("asked", "c1", {"attributes": {"phone": "1", "city": "Ede"}}),
        ("before", "c2", {"name": "Mira"}),
    ]
    assert list(verify()) == []


def test_what_there_is_nothing_of_is_not_said():
    entry = make_entry()
    assert set(entry.events.get().detail) == {"entry", "approval"}
    assert entry.events.get().detail["approval"] is None
    assert (entry.preview, entry.repeat_of, entry.reason, entry.comment) == (None, None, "", "")
    assert not Snapshot.objects.exists()


def test_the_contacts_of_an_entry_are_known_to_whoever_made_it(django_assert_num_queries):
    entry = make_entry(contact="c1")
    with django_assert_num_queries(0):
        (subject,) = entry.subjects.all()
    assert (subject.role, subject.contact_uuid, subject.entry) == ("contact", "c1", entry)


def test_what_cannot_be_undone_takes_a_fresh_proof(settings):
    """So does what is made of parts of which one cannot be undone."""
    settings.FRESH_PROOF_MINUTES = 1
    long_ago = Actor(proved_at=1.0)
    usual, final = (SimpleNamespace(is_final=is_final) for is_final in (False, True))
    for slug, preview in ((CREDITS.slug, final), ("delete-perk", usual), ("delete-perk", None)):
        request = writes.WriteRequest(
            action=get_action(slug), person=None, data={}, submission_key=uuid4(), preview=preview
        )
        with use_actor_finder(lambda: long_ago), pytest.raises(ProofNeeded):
            writes.carry_out(None, request)


def test_what_can_be_undone_takes_none(piggy, mira, settings):
    settings.FRESH_PROOF_MINUTES = 1
    with use_actor_finder(lambda: Actor(proved_at=1.0)):
        assert give(piggy, mira).entry.state == EntryState.DONE


@pytest.mark.django_db(transaction=True)
def test_an_outcome_is_stored_although_the_database_was_away(piggy, mira, monkeypatch, caplog):
    """The request has left: what came of it must not be lost over a broken connection."""
    pauses: list[float] = []
    append = appending.append_inside

    def is_away(head, entry, kind, detail, **more):
        if kind == EntryState.DONE and len(pauses) < 3:
            raise OperationalError
        return append(head, entry, kind, detail, **more)

    monkeypatch.setattr(writes, "append_inside", is_away)
    monkeypatch.setattr("piggyadmin.ledger.writes.time.sleep", pauses.append)
    assert give(piggy, mira).entry.state == EntryState.DONE
    assert pauses == [0.0, 0.2, 1.0]
    assert caplog.messages[-1] == "An outcome was not stored: OperationalError"


@pytest.mark.django_db(transaction=True)
def test_an_outcome_is_stored_as_soon_as_the_database_is_back(piggy, mira, monkeypatch):
    """For longer than anybody waits for a page it was away: the process remembers the outcome."""
    append, is_away = appending.append_inside, threading.Event()
    is_away.set()

    def fails(head, entry, kind, detail, **more):
        if kind == EntryState.DONE and is_away.is_set():
            raise OperationalError
        return append(head, entry, kind, detail, **more)

    monkeypatch.setattr(writes, "append_inside", fails)
    monkeypatch.setattr("piggyadmin.ledger.writes.time.sleep", lambda _seconds: None)
    monkeypatch.setattr(backlog_module, "TRY_AGAIN_SECONDS", 0.01)
    outcome = give(piggy, mira)
    assert outcome.result.credits == 25
    assert outcome.entry.state == EntryState.SENT
    is_away.clear()
    backlog_module.backlog.join(10)
    assert kinds(Entry.objects.get()) == ["intended", "sent", "done"]


def test_what_is_committed_is_on_the_disk():
    """However the power fails: the intent is there before the request leaves."""
    ask = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(ask[connection.vendor])
        assert cursor.fetchone()[0] in {2, "on"}  # 2 is FULL


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_committed", "states"), [(True, ["settled-not-done"]), (False, [])])
def test_an_intent_of_which_nobody_knows_is_settled(
    piggy, mira, sandbox, monkeypatch, is_committed, states
):
    """The database goes while it commits: only later can be seen whether it did."""
    commit = writes._commit_intent

    def is_cut_off(*asked):
        if is_committed:
            commit(*asked)
        raise OperationalError

    monkeypatch.setattr(writes, "_commit_intent", is_cut_off)
    monkeypatch.setattr(backlog_module, "TRY_AGAIN_SECONDS", 0.01)
    with pytest.raises(OperationalError):
        give(piggy, mira)
    backlog_module.backlog.join(10)
    assert [each.state for each in Entry.objects.all()] == states
    assert [each.last_event.detail for each in Entry.objects.all()] == [
        {"by": "never sent"} for _ in states
    ]
    assert sandbox.calls("POST") == []


def test_only_what_this_request_intended_is_given_up():
    """Not what another one asked for, and not what somebody is at work on with the same key."""
    with use_trace_id("mine"):
        first, second, sent = make_entry(), make_entry(number=1), make_entry(number=2)
    appending.append(sent, EntryState.SENT)
    for each, trace_id in ((first, "another"), (sent, "mine"), (second, "mine")):
        writes._give_up(each.submission_key, trace_id)
    assert [kinds(each)[1:] for each in (first, second, sent)] == [
        [],
        ["settled-not-done"],
        ["sent"],
    ]


def test_a_look_up_that_fails_after_the_write_does_not_deny_it(piggy, mira, monkeypatch):
    """What was sent is not undone by what comes after it."""
    perform = type(CREDITS).perform

    def look_after(action, client, data):
        perform(action, client, data)
        raise Maintenance(status=503, trace_id="the-look-up")

    monkeypatch.setattr(type(CREDITS), "perform", look_after)
    outcome = give(piggy, mira)
    assert isinstance(outcome.error, OutcomeUnknown)
    assert kinds(outcome.entry) == ["intended", "sent", "unknown"]
    detail = outcome.entry.last_event.detail
    assert (detail["status"], detail["error"]) == (503, "OutcomeUnknown")
    assert (outcome.error.is_write, outcome.error.status) == (True, 503)
    assert outcome.error.trace_id == "the-look-up"


def test_somebody_elses_key_is_refused(piggy, mira):
    key = uuid4()
    give(piggy, mira, submission_key=key)
    with pytest.raises(SuspiciousOperation, match=r"^A submission key of another form\.$"):
        give(piggy, mira, submission_key=key, person=somebody("boris"))


def test_a_first_press_is_told_to_who_pressed_and_to_nobody_else():
    key = make_entry(EntryState.REJECTED, fingerprint="f" * 64).submission_key
    action, me = get_action("create-contact-attribute"), somebody()
    assert writes.first_press(action, person=me, submission_key=uuid4()) is None
    for fingerprint in ("", "f" * 64):
        told = writes.first_press(action, person=me, submission_key=key, fingerprint=fingerprint)
        assert told.entry.state == EntryState.REJECTED
    for other, person_, fingerprint in (
        (CREDITS, me, ""),
        (action, somebody("boris"), ""),
        (action, me, "e" * 64),
    ):
        with pytest.raises(SuspiciousOperation):
            writes.first_press(other, person=person_, submission_key=key, fingerprint=fingerprint)


def test_a_program_does_not_ask_for_something_else_with_one_key(piggy, mira):
    key = uuid4()
    give(piggy, mira, submission_key=key, fingerprint="f" * 64)
    with pytest.raises(conflicts.KeyReused):
        give(piggy, mira, submission_key=key, fingerprint="e" * 64)


def test_the_same_again_is_held_back(piggy, mira, sandbox):
    first = give(piggy, mira).entry
    with pytest.raises(conflicts.DuplicateRequest) as held:
        give(piggy, mira, person=somebody("boris"))
    assert held.value.alike == first
    second = give(piggy, mira, repeat_of=first.submission_key).entry
    assert second.repeat_of == first.submission_key
    with pytest.raises(conflicts.DuplicateRequest):  # the yes was about the first
        give(piggy, mira, repeat_of=first.submission_key)
    assert len(sandbox.calls("POST", "credit-receptions")) == 2


def test_something_else_is_not_held_back(piggy, mira):
    give(piggy, mira)
    assert give(piggy, mira, 26).entry.state == EntryState.DONE


def test_what_was_rejected_is_not_held_back(piggy, mira):
    make_entry(EntryState.REJECTED, slug=CREDITS.slug, data=credits_for(mira))
    assert give(piggy, mira).entry.state == EntryState.DONE


def test_contacts_do_not_end_without_a_snapshot(piggy, mira):
    data = {"source_contact_uuid": mira, "destination_contact_uuid": Contact(uuid="c2")}
    request = writes.WriteRequest(
        action=MERGE, person=somebody(), data=data, submission_key=uuid4()
    )
    with pytest.raises(ValueError, match=r"^Nothing would be kept of the contacts\.$"):
        writes.carry_out(piggy, request)
    assert not Entry.objects.exists()


def test_the_second_press_recovers_a_first_that_died(piggy, mira):
    entry = left_behind(EntryState.SENT)
    EntryStatus.objects.filter(entry=entry).update(lease_until=timezone.now())
    outcome = give(piggy, mira, person=somebody(), submission_key=entry.submission_key)
    assert outcome.entry.state == EntryState.UNKNOWN


def test_what_was_settled_meanwhile_is_not_sent(piggy, mira, sandbox, monkeypatch):
    perform = type(CREDITS).perform

    def settle_first(action, client, data):
        appending.append(Entry.objects.get(), EntryState.SETTLED_NOT_DONE)
        return perform(action, client, data)

    monkeypatch.setattr(type(CREDITS), "perform", settle_first)
    outcome = give(piggy, mira)
    assert kinds(outcome.entry) == ["intended", "settled-not-done"]
    assert sandbox.calls("POST", "credit-receptions") == []


# --- From a worker ---------------------------------------------------------------------------


def in_a_worker(piggy, contact, key, person):
    """Do what a step of a run does."""
    asked_by = use_actor(person.pk, person.name, "merge-run")
    with use_trace_id("run"), in_background(), asked_by:
        return give(
            piggy, contact, person=person, submission_key=key, reason="Goodwill", comment="Step 1"
        )


def test_a_step_is_done_once_however_often_its_run_is_carried(piggy, mira, sandbox):
    key, person = uuid4(), somebody()
    outcomes = [in_a_worker(piggy, mira, key, person) for _ in range(3)]
    assert {outcome.entry.state for outcome in outcomes} == {EntryState.DONE}
    assert len({outcome.result.uuid for outcome in outcomes}) == 1
    entry = Entry.objects.get()
    told = (entry.person_name, entry.reason, entry.comment, entry.trace_id)
    assert told == ("Sanne", "Goodwill", "Step 1", "run")
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


def test_a_step_whose_answer_was_lost_is_not_sent_again(piggy, mira, sandbox):
    key, person = uuid4(), somebody()
    sandbox.faults({"kind": "drop_after", "path": "^credit-receptions$"})
    assert in_a_worker(piggy, mira, key, person).entry.state == EntryState.UNKNOWN
    sandbox.faults()
    again = in_a_worker(piggy, mira, key, person)
    assert (again.entry.state, type(again.error)) == (EntryState.UNKNOWN, OutcomeUnknown)
    reconciliation.settle(piggy, again.entry)
    found = in_a_worker(piggy, mira, key, person)
    assert (found.entry.state, found.result.credits) == (EntryState.SETTLED_DONE, 25)
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


@pytest.mark.parametrize(
    ("states", "settled"),
    [((), EntryState.SETTLED_NOT_DONE), ((EntryState.SENT,), EntryState.UNKNOWN)],
)
def test_a_step_left_by_a_worker_elsewhere_is_waited_for(
    piggy, mira, sandbox, monkeypatch, states, settled
):
    monkeypatch.setattr(recovery, "WAIT_FOR_FIRST_SECONDS", 0.01)
    entry = left_behind(*states)
    key = entry.submission_key
    outcome = in_a_worker(piggy, mira, key, somebody())
    assert (outcome.entry.state, outcome.result) == (
        states[-1] if states else EntryState.INTENDED,
        None,
    )
    recovery.recover(timezone.now() + timedelta(seconds=60))
    assert in_a_worker(piggy, mira, key, somebody()).entry.state == settled
    assert sandbox.calls("POST", "credit-receptions") == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_step(piggy, mira, sandbox):
    needs_a_database_for_several()
    sandbox.faults(latency_ms=100)
    key, person = uuid4(), somebody()
    outcomes = in_parallel(2, lambda: in_a_worker(piggy, mira, key, person))
    assert len({outcome.result.uuid for outcome in outcomes}) == 1
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


# --- In parallel -----------------------------------------------------------------------------


def in_parallel(number, call):
    outcomes, barrier = [], threading.Barrier(number)

    def run():
        try:
            barrier.wait()
            outcomes.append(call())
        except Exception as error:  # noqa: BLE001  (told by the test)
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def needs_a_database_for_several():
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and ("memory" in name or not name):
        pytest.skip("needs a database in a file")


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_submissions(piggy, mira, sandbox):
    needs_a_database_for_several()
    sandbox.faults(latency_ms=100)
    person, key = somebody(), uuid4()
    outcomes = in_parallel(50, lambda: give(piggy, mira, person=person, submission_key=key))
    assert len({outcome.result.model_dump_json() for outcome in outcomes}) == 1
    assert len(outcomes) == 50
    assert len(sandbox.calls("POST", "credit-receptions")) == 1
    assert Entry.objects.count() == 1
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_of_many_fresh_forms_one_passes(piggy, mira, sandbox):
    needs_a_database_for_several()
    person = somebody()
    outcomes = in_parallel(12, lambda: give(piggy, mira, person=person))
    counted = Counter(type(outcome).__name__ for outcome in outcomes)
    assert counted == {"Outcome": 1, "DuplicateRequest": 11}
    assert len(sandbox.calls("POST", "credit-receptions")) == 1
