"""Each decision of a merge run by itself, without Piggy: what goes on, what waits, what stops."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4, uuid5

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import DecisionKind, MergeRun, MergeStep, Pair, PairStatus
from piggyadmin.duplicates.review import decisions
from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.ledger import appending, entries, following, reconciliation, recovery
from piggyadmin.ledger.models import FLAGGED, EntryState
from piggyadmin.ledger.operations import Progress
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import RetryLater
from tests.duplicates.merges import make_pair
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
RUNNING, DONE, STOPPED, ABANDONED = MergeRun.Status
MERGE, UPDATE = "merge-contacts", "update-contact"


def make_run(*sources: str, person: User | None = None, **values) -> MergeRun:
    """Make a run of an entry, with a step for each source and one for the values."""
    # Of two at once neither may have anything to do with what the other one is about.
    whose = Contact(uuid=f"of-{MergeRun.objects.count()}")
    entry = make_entry(
        EntryState.DONE,
        slug="merge-duplicates",
        data={"contact_uuids": [whose], "survivor_contact_uuid": whose},
        person=person or somebody(),
        reason="Double account",
        comment="Seen.",
    )
    run = MergeRun.objects.create(
        submission_key=entry.submission_key,
        survivor="a",
        contacts=1 + len(sources),
        person=entry.person,
        person_name=entry.person_name,
        reason=entry.reason,
        comment=entry.comment,
        **values,
    )
    plan = SimpleNamespace(sources=[SimpleNamespace(uuid=source) for source in sources])
    MergeStep.objects.bulk_create(runs._steps(run, plan))
    return run


def step_entry(step: MergeStep, *states: EntryState, detail=None, number: int = 0):
    """Make an entry that is a step's, in a state that says this."""
    entry = make_entry(*states, number=number)
    if detail is not None:
        appending.append(entry, EntryState.REJECTED, detail)
    MergeStep.objects.filter(pk=step.pk).update(submission_key=entry.submission_key)
    step.refresh_from_db()
    return entries.reread(entry)


@pytest.fixture
def age(monkeypatch):
    """Say how long ago something was sent, in seconds."""
    return lambda seconds: monkeypatch.setattr(runs, "seconds_since_sent", lambda _entry: seconds)


# --- Beginning -------------------------------------------------------------------------------


def test_there_is_a_step_for_each_source_and_one_for_the_values():
    run = make_run("b", "c")
    steps = [(step.position, step.action, step.source) for step in run.steps.order_by("position")]
    assert steps == [(1, MERGE, "b"), (2, MERGE, "c"), (3, UPDATE, "")]
    keys = [step.submission_key for step in run.steps.order_by("position")]
    assert keys == [uuid5(run.submission_key, number) for number in "123"]


@pytest.mark.parametrize("status", PairStatus)
def test_the_run_of_a_pair_is_the_last_that_has_one_of_them(status):
    make_run("b")
    last = make_run("c", "b")
    make_run("x")
    pair = Pair(first="b", second="z", status=status)
    has_one = status in {PairStatus.MERGING, PairStatus.MERGED}
    assert runs.of_pair(pair) == (last if has_one else None)
    assert runs.of_pair(Pair(first="y", second="c", status=status)) == (last if has_one else None)
    assert runs.of_pair(Pair(first="y", second="z", status=status)) is None


def test_who_decided_and_on_what_evidence_is_kept(monkeypatch):
    run, kept = make_run("b"), []
    monkeypatch.setattr(decisions, "keep", lambda *what, **more: kept.append((*what, more)))
    one, other = make_pair("a", "b", held_until=None), make_pair("b", "c")
    point = Point("p", "words", 1.0)
    runs._decide(run, [one], [[point]])
    assert kept == [
        (one, DecisionKind.MERGE, run.person, {"comment": "Seen.", "evidence": [point]})
    ]
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == (PairStatus.MERGING, PairStatus.OPEN)


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (RunState.FAILED, "OperationalError", "OperationalError"),
        (RunState.CANCELLED, "", str(RunState.CANCELLED.label)),
    ],
)
def test_background_work_that_is_no_more_stops_it(monkeypatch, state, error, words):
    run, started = make_run("b"), []
    monkeypatch.setattr(runs, "start", lambda *what, **more: started.append((what, more)))
    Run.objects.create(name="merge-run", key=str(run.pk), state=state, last_error=error)
    Run.objects.create(name="merge-run", key="999", state=RunState.DONE)
    runs._have_carried(run)
    assert (run.status, started) == (STOPPED, [])
    assert run.surprise == f"Its background work was cancelled, or failed: {words}"
    by = somebody()
    runs._have_carried(run, by=by)
    how = {"key": str(run.pk), "payload": {"merge": run.pk}, "by": by}
    assert started == [(("merge-run",), how)]
    Run.objects.create(name="merge-run", key=str(run.pk), state=RunState.DONE)
    runs._have_carried(run)
    assert started[1:] == [(("merge-run",), how | {"by": None})]


# --- Carrying --------------------------------------------------------------------------------


def test_steps_are_carried_in_their_order_and_counted(monkeypatch):
    run, carried, beats = make_run("b", "c"), [], []
    run.steps.filter(source="b").update(is_done=True)
    monkeypatch.setattr(
        runs, "_carry_step", lambda piggy, of, step: carried.append((piggy, of, step.source))
    )
    monkeypatch.setattr(runs, "piggy_client", lambda: "piggy")
    monkeypatch.setattr(runs, "finish", lambda of: carried.append(("finished", of)))
    work = SimpleNamespace(payload={"merge": run.pk}, heartbeat=lambda **said: beats.append(said))
    runs.carry(work)
    assert carried == [("piggy", run, "c"), ("piggy", run, ""), ("finished", run)]
    assert beats == [{"progress": number, "of": 3} for number in range(3)]
    MergeRun.objects.update(status=STOPPED)
    runs.carry(work)
    assert len(beats) == 3


@pytest.mark.parametrize("code", [ErrorCode.CONTACT_NOT_FOUND, ErrorCode.VOUCHER_NOT_FOUND])
def test_only_a_contact_that_is_gone_stops_it(monkeypatch, code):
    run, closed = make_run("b"), []

    def fail(*_step):
        raise NotFound(code=code, status=404)

    monkeypatch.setattr(runs, "_carry_step", fail)
    monkeypatch.setattr(runs, "_close_pairs_of_gone", lambda *of: closed.append(of))
    monkeypatch.setattr(runs, "piggy_client", lambda: "piggy")
    work = SimpleNamespace(payload={"merge": run.pk}, heartbeat=lambda **_: None)
    if code != ErrorCode.CONTACT_NOT_FOUND:
        with pytest.raises(NotFound):
            runs.carry(work)
        assert closed == []
        return
    runs.carry(work)
    run.refresh_from_db()
    assert (run.status, closed) == (STOPPED, [("piggy", run)])
    assert run.surprise == (
        "One of the customers is no longer at Piggy: it was merged or deleted elsewhere. What was "
        "done before stands below; nothing more was sent."
    )


def test_a_step_is_asked_for_as_part_of_its_run():
    run = make_run("b")
    step, data = (
        run.steps.get(source="b"),
        {
            "source_contact_uuid": Contact(uuid="b"),
            "destination_contact_uuid": Contact(uuid="a"),
        },
    )
    request = runs._request(run, step, run.person, data, "preview")
    assert vars(request) == {
        "action": get_action(MERGE),
        "person": run.person,
        "data": data,
        "submission_key": step.submission_key,
        "preview": "preview",
        "reason": "Double account",
        "comment": "Seen.",
        "repeat_of": None,
        "approve": None,
        "part_of": run.submission_key,
        "is_judged_by_itself": False,
        "fingerprint": "",
    }


def test_only_its_own_last_attempt_is_gone_beyond():
    run = make_run("b")
    step, action = run.steps.get(source="b"), get_action("create-contact-attribute")
    before = make_entry(EntryState.UNKNOWN, number=5)
    assert runs._settled_before(action, step, {"n": 5}) is None
    step.submission_key = entries.key_of_again(before)
    assert runs._settled_before(action, step, {"n": 5}) == before.submission_key
    assert runs._settled_before(action, step, {"n": 6}) is None


def test_whose_it_is_must_be_allowed_to_do_all_that_is_left(monkeypatch):
    run, asked = make_run("b", "c"), []
    allowed = {get_action(slug).permission for slug in ("merge-duplicates", MERGE, UPDATE)}

    def may(person, permission):
        asked.append(permission)
        return permission in allowed

    monkeypatch.setattr(runs, "may_now", may)
    assert runs._insist_on_whose_it_is(run) == somebody()
    slugs = ("merge-duplicates", MERGE, UPDATE)
    assert asked == [get_action(slug).permission for slug in slugs]
    allowed.remove(get_action(UPDATE).permission)
    with pytest.raises(runs.Surprise) as surprise:
        runs._insist_on_whose_it_is(run)
    assert surprise.value.words == (
        f"Sanne may not do “{get_action(UPDATE).label}”, or not any more, so nothing more was "
        "sent. Whoever may do it can let this go on, and does the rest in their own name."
    )
    run.steps.filter(action=UPDATE).update(is_done=True)
    assert [action.slug for action in runs._actions_left(run)] == ["merge-duplicates", MERGE]


def updated(monkeypatch, now, kept, *candidates):
    """Give what is written of the kept values where these are there now."""
    plan = SimpleNamespace(
        kept_values=kept, candidates=[SimpleNamespace(values=each) for each in candidates]
    )
    monkeypatch.setattr(runs, "plan_of", lambda _run: plan)
    monkeypatch.setattr(runs, "writable_attributes", lambda piggy: ["of", piggy])
    survivor = SimpleNamespace(values_of=lambda of: now if of == ["of", "piggy"] else {})
    monkeypatch.setattr(
        runs,
        "get_full_contact",
        lambda piggy, *, contact_uuid: {("piggy", "a"): survivor}[piggy, contact_uuid],
    )
    return runs._update("piggy", SimpleNamespace(survivor="a"), None)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ({"name": "Mira"}, None),
        ({}, {"name": "Mira"}),
        ({"name": "M."}, {"name": "Mira"}),
        ({"name": "Maria"}, None),
    ],
)
def test_what_somebody_has_written_meanwhile_stays(monkeypatch, now, wanted):
    data, preview = updated(
        monkeypatch, now, {"name": "Mira"}, {"name": "Mira"}, {"name": "M."}, {}
    )
    assert preview is None
    assert data == ({"contact_uuid": Contact(uuid="a"), "attributes": wanted} if wanted else {})


def test_what_goes_into_what_is_read_as_it_is_now(monkeypatch):
    asked: Any = []
    monkeypatch.setattr(
        runs, "get_contact", lambda piggy, *, contact_uuid: Contact(uuid=f"{piggy}-{contact_uuid}")
    )
    monkeypatch.setattr(runs, "plan_of", lambda of: SimpleNamespace(subscriptions=("news", of)))
    shown = SimpleNamespace(model_copy=lambda *, update: update)
    monkeypatch.setattr(
        type(get_action(MERGE)), "preview", lambda _self, *what: asked.append(what) or shown
    )
    run = SimpleNamespace(survivor="a")
    data: Any
    preview: Any
    data, preview = runs._merge("piggy", run, SimpleNamespace(source="b"))
    uuids = {role: contact.uuid for role, contact in data.items()}
    assert uuids == {"source_contact_uuid": "piggy-b", "destination_contact_uuid": "piggy-a"}
    assert preview == {"subscriptions": ("news", run)}
    assert asked == [("piggy", data)]


# --- Insisting on the truth ------------------------------------------------------------------


def test_what_is_not_known_is_looked_for_and_waited_for(monkeypatch, age):
    run = make_run("b")
    step, looked = run.steps.get(source="b"), []
    entry = step_entry(step, EntryState.UNKNOWN)
    monkeypatch.setattr(reconciliation, "settle", lambda *what: looked.append(what))
    age(2 * 60 * 60)
    with pytest.raises(RetryLater) as later:
        runs._insist_that_it_happened("piggy", step, entry)
    assert later.value.seconds == 5.0
    assert looked == [("piggy", entry)]
    age(2 * 60 * 60 + 1)
    with pytest.raises(runs.Surprise) as surprise:
        runs._insist_that_it_happened("piggy", step, entry)
    assert surprise.value.words == "It is not known whether Piggy has done it."


def test_what_is_found_is_gone_on_with(monkeypatch):
    step = make_run("b").steps.get(source="b")
    entry = step_entry(step, EntryState.UNKNOWN)
    monkeypatch.setattr(
        reconciliation,
        "settle",
        lambda _piggy, each: appending.append(each, EntryState.SETTLED_DONE),
    )
    runs._insist_that_it_happened("piggy", step, entry)
    assert entries.reread(entry).state == EntryState.SETTLED_DONE


def test_what_somebody_is_at_is_waited_for_a_moment(monkeypatch):
    step, recovered = make_run("b").steps.get(source="b"), []
    entry = step_entry(step)
    monkeypatch.setattr(recovery, "recover", lambda: recovered.append(1))
    with pytest.raises(RetryLater) as later:
        runs._insist_that_it_happened("piggy", step, entry)
    assert (later.value.seconds, recovered) == (2.0, [1])


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"error": "Rejected", "message": "No.", "words": "x"}, " No."),
        ({"error": "Rejected", "words": "Sanne lacks it."}, " Sanne lacks it."),
        ({}, " "),
    ],
)
def test_what_was_refused_is_looked_at_by_a_person(detail, words):
    step = make_run("b").steps.get(source="b")
    entry = step_entry(step, EntryState.SENT, detail=detail)
    with pytest.raises(runs.Surprise) as surprise:
        runs._insist_that_it_happened(None, step, entry)
    assert surprise.value.words == f"This step was not done, and nothing changed by it.{words}"
    step.refresh_from_db()
    assert (step.attempts, step.submission_key) == (0, entry.submission_key)


@pytest.mark.parametrize(
    "detail",
    [
        {"by": "never sent", "error": "Interrupted"},
        *({"error": error} for error in ("Busy", "Maintenance", "Unauthorized", "Unreachable")),
    ],
)
def test_what_passes_is_tried_again_by_itself_with_another_key(detail):
    step = make_run("b").steps.get(source="b")
    entry = step_entry(step, EntryState.SENT, detail=detail)
    with pytest.raises(RetryLater) as later:
        runs._try_anew(step, entry)
    step.refresh_from_db()
    assert (later.value.seconds, step.attempts) == (5.0, 1)
    assert step.submission_key == entries.key_of_again(entry)


def test_it_is_tried_more_and_more_seldom():
    step, seconds = make_run("b").steps.get(source="b"), []
    for number in range(1, 7):
        entry = step_entry(step, EntryState.SENT, detail={"error": "Busy"}, number=number)
        with pytest.raises(RetryLater) as later:
            runs._try_anew(step, entry)
        seconds.append(later.value.seconds)
    assert seconds == [5, 15, 60, 300, 300, 300]


def watched(monkeypatch, **progress):
    told = Progress(**progress)
    monkeypatch.setattr(type(get_action(MERGE)), "watch", lambda *_what: told)
    return told


def test_a_merge_that_piggy_is_at_is_waited_for(monkeypatch, age):
    step = make_run("b").steps.get(source="b")
    entry = step_entry(step, EntryState.DONE)
    watched(monkeypatch, finished=False, words="Both are there.")
    age(0)
    with pytest.raises(RetryLater) as later:
        runs._verify_merge("piggy", step, entry)
    assert later.value.seconds == 2.0
    age(99_999)
    with pytest.raises(runs.Surprise) as surprise:
        runs._verify_merge("piggy", step, entry)
    assert surprise.value.words == (
        "Piggy has not finished this merge, though it took it on long ago. Both are there."
    )
    assert entries.reread(entry).follow_up is None


def test_how_a_merge_ended_is_kept_and_a_surprise_stops_it(monkeypatch):
    step = make_run("b").steps.get(source="b")
    entry = step_entry(step, EntryState.DONE)
    watched(monkeypatch, finished=True, as_expected=False, words="149 where 150 were expected.")
    with pytest.raises(runs.Surprise) as surprise:
        runs._verify_merge("piggy", step, entry)
    assert surprise.value.words == "149 where 150 were expected."
    assert entries.reread(entry).follow_up.kind == FLAGGED
    # What was kept once is not looked at again.
    watched(monkeypatch, finished=True, words="Done.")
    with pytest.raises(runs.Surprise):
        runs._verify_merge("piggy", step, entries.reread(entry))


def test_a_persons_word_counts_where_the_source_is_gone(monkeypatch):
    there: Any
    step, asked, there = make_run("b").steps.get(source="b"), [], []
    entry = step_entry(step, EntryState.DONE)
    appending.append(entry, FLAGGED, {"words": "Odd.", "after": None})
    step.is_accepted = True

    def find(piggy, *, contact_uuid):
        asked.append((piggy, contact_uuid))
        return there and there[0]

    monkeypatch.setattr(runs, "find_contact", find)
    runs._verify_merge("piggy", step, entries.reread(entry))
    assert asked == [("piggy", "b")]
    there.append(Contact(uuid="b"))
    with pytest.raises(runs.Surprise) as surprise:
        runs._verify_merge("piggy", step, entries.reread(entry))
    assert surprise.value.words == "The customer that should be gone is still there."


def test_values_are_read_a_while_until_they_are_there(monkeypatch, age):
    entry = make_entry(EntryState.DONE, contact="a")
    entry.data["attributes"] = {"firstname": "Mira", "drink": "tea", "lastname": "Jansen"}
    survivor = SimpleNamespace(values_of=lambda _of: {"lastname": "Jansen"})
    monkeypatch.setattr(runs, "writable_attributes", lambda _piggy: [])
    monkeypatch.setattr(
        runs, "get_full_contact", lambda piggy, *, contact_uuid: {"a": survivor}[contact_uuid]
    )
    age(29.9)
    with pytest.raises(RetryLater) as later:
        runs._verify_values("piggy", entry)
    assert later.value.seconds == 2.0
    age(30)
    with pytest.raises(runs.Surprise) as surprise:
        runs._verify_values("piggy", entry)
    assert surprise.value.words == (
        "All customers are one, but these values are not as they should be: First name, drink."
    )
    survivor.values_of = lambda _of: entry.data["attributes"]
    runs._verify_values("piggy", entry)


# --- Pairs -----------------------------------------------------------------------------------


def statuses():
    return {pair.first + pair.second: pair.status for pair in Pair.objects.all()}


def test_what_became_of_each_pair_is_said():
    run = make_run("b", "c")
    for pair in ("ab", "bc", "bx", "ac", "xy"):
        make_pair(*pair, status=PairStatus.MERGING)
    Pair.objects.filter(first="b", second="x").update(status=PairStatus.OPEN)
    runs._close_pairs(run, "b")
    merged, gone, merging = PairStatus.MERGED, PairStatus.GONE, PairStatus.MERGING
    assert statuses() == {"ab": merged, "bc": merged, "bx": gone, "ac": merging, "xy": merging}


def test_pairs_of_whoever_is_gone_are_closed(monkeypatch):
    forgotten: Any
    run, forgotten, asked = make_run("b", "c"), [], []
    run.steps.filter(source="b").update(is_done=True)
    for pair in ("ax", "bx", "cx"):
        make_pair(*pair)

    def find(_piggy, *, contact_uuid):
        asked.append(contact_uuid)
        return None if contact_uuid == "c" else Contact(uuid=contact_uuid)

    monkeypatch.setattr(runs, "find_contact", find)
    monkeypatch.setattr(store, "forget", forgotten.extend)
    runs._close_pairs_of_gone("piggy", run)
    assert (asked, forgotten) == (["a", "c"], ["c"])
    assert statuses() == {"ax": PairStatus.OPEN, "bx": PairStatus.OPEN, "cx": PairStatus.GONE}


# --- Ending ----------------------------------------------------------------------------------


def test_how_far_it_is_is_said():
    run = make_run("b", "c")
    run.steps.filter(source="b").update(is_done=True)
    told = runs.progress_of(run)
    assert (told.finished, told.words) == (False, "1 of 3 steps are done.")
    run.status = DONE
    told = runs.progress_of(run)
    assert (told.finished, told.as_expected) == (True, True)
    assert told.words == "Done: 3 customers are one now."
    run.status, run.surprise = STOPPED, "Odd."
    told = runs.progress_of(run)
    assert (told.finished, told.as_expected, told.words) == (True, False, "Odd.")


def test_only_what_is_under_way_is_stopped_or_finished(monkeypatch):
    run, other, told = make_run("b"), make_run("c"), []
    monkeypatch.setattr(
        following, "follow_up", lambda entry, progress: told.append((entry, progress.words))
    )
    runs.stop(run, "Odd.")
    assert (run.status, run.surprise, run.finished_at) == (STOPPED, "Odd.", None)
    assert told == [(runs.entry_of_run(run), "Odd.")]
    runs.finish(run)
    assert (run.status, run.surprise) == (STOPPED, "Odd.")
    other.surprise = "Before."
    other.save()
    runs.finish(other)
    assert (other.status, other.surprise) == (DONE, "")
    assert other.finished_at is not None
    assert other.report["sources"] == []
    assert told[-1] == (runs.entry_of_run(other), "Done: 2 customers are one now.")


def test_a_run_that_is_given_up_leaves_its_rest_open(monkeypatch):
    run, said = make_run("b", "c", status=STOPPED), []
    run.steps.filter(source="b").update(is_done=True)
    monkeypatch.setattr(following, "acknowledge", lambda entry, **more: said.append((entry, more)))
    for pair in ("ab", "ac", "bc", "cx"):
        make_pair(*pair, status=PairStatus.MERGING)
    Pair.objects.filter(first="b").update(status=PairStatus.MERGED)
    for _ in range(2):
        runs.abandon(run, person=somebody(), comment="Not one person.")
    run.refresh_from_db()
    assert (run.status, run.finished_at is not None) == (ABANDONED, True)
    assert said == [(runs.entry_of_run(run), {"person": somebody(), "comment": "Not one person."})]
    merging, merged, opened = PairStatus.MERGING, PairStatus.MERGED, PairStatus.OPEN
    assert statuses() == {"ab": merging, "ac": opened, "bc": merged, "cx": merging}


def test_a_run_goes_on_with_a_persons_word_for_its_step(monkeypatch):
    run, said, carried = make_run("b", "c", status=STOPPED, surprise="Odd."), [], []
    for name in ("acknowledge", "resume"):
        monkeypatch.setattr(
            following, name, lambda entry, name=name, **more: said.append((name, entry, more))
        )
    monkeypatch.setattr(runs, "_have_carried", lambda of, by: carried.append((of, by)))
    run.steps.filter(source="b").update(is_done=True)
    step = run.steps.get(source="c")
    entry = step_entry(step, EntryState.DONE)
    for _ in range(2):
        runs.resume(run, person=somebody(), comment="Fine.")
    step.refresh_from_db()
    how = {"person": somebody(), "comment": "Fine."}
    assert said == [
        ("resume", runs.entry_of_run(run), how),
        ("acknowledge", entry, how),
    ]
    assert (step.is_accepted, step.attempts) == (True, 0)
    assert (run.status, run.surprise, carried) == (RUNNING, "", [(run, somebody())])


def test_a_step_that_was_not_done_is_asked_for_anew(monkeypatch):
    run = make_run("b", status=STOPPED)
    monkeypatch.setattr(following, "resume", lambda *_what, **_more: None)
    monkeypatch.setattr(runs, "_have_carried", lambda of, by: None)
    step = run.steps.get(source="b")
    entry = step_entry(step, EntryState.SENT, detail={"error": "Rejected"})
    runs.resume(run, person=somebody(), comment="Fine.")
    step.refresh_from_db()
    assert (step.attempts, step.is_accepted) == (1, False)
    assert step.submission_key == entries.key_of_again(entry)


def test_the_run_of_an_entry_is_found_and_begun_once(monkeypatch):
    carried: Any
    run, carried = make_run("b"), []
    monkeypatch.setattr(runs, "_have_carried", carried.append)
    entry = runs.entry_of_run(run)
    assert (runs.find(entry), runs.begin(entry), carried) == (run, run, [run])
    MergeRun.objects.update(status=DONE)
    assert (runs.begin(entry), len(carried)) == (run, 1)
    assert runs.find(SimpleNamespace(submission_key=uuid4())) is None
