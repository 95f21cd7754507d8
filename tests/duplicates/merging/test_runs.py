"""Merge runs: carried step by step, stopped by surprises, continued by people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging import runs as merging
from piggyadmin.duplicates.merging.balances import balances_of
from piggyadmin.duplicates.models import Cluster, Decision, DecisionKind, MergeRun, Pair, PairStatus
from piggyadmin.duplicates.review import clustering
from piggyadmin.ledger import appending, conflicts, entries, following, hash_chain, writes
from piggyadmin.ledger.leases import this_process
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Progress, Refused
from piggyadmin.ledger.verification import verify
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run
from tests.duplicates.merges import (
    ANONYMOUS,
    DUPLICATE,
    MIRA,
    PAIR,
    make_pair,
    merge,
    work,
    work_once,
)
from tests.faults.test_matrix import later
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
RUNNING, DONE, STOPPED, ABANDONED = MergeRun.Status
WRITE = {"method": "POST", "path": "^contacts/merge$"}
SOMEBODY_ELSE = "c0ffee00-0000-4000-8000-0000000000aa"
UPDATE = {"method": "PUT", "path": "^contacts/[^/]+$"}
OF_OTHERS = {
    "source_contact_uuid": Contact(uuid=ANONYMOUS),
    "destination_contact_uuid": Contact(uuid=SOMEBODY_ELSE),
}


@pytest.fixture(autouse=True)
def merges_at_once(sandbox):
    sandbox.faults(merge_seconds=0)


def contact(sandbox, uuid=MIRA):
    response = sandbox.request("GET", f"contacts/{uuid}")
    return response.json()["data"] if response.ok else None


def entries_of(run, slug="merge-contacts"):
    return list(Entry.objects.filter(action=slug).order_by("pk"))


def sent(sandbox):
    return len(sandbox.calls("POST", "contacts/merge"))


def values_written(sandbox):
    """Give the writes of values; what the survivor is mailed is written beside them."""
    return [each for each in sandbox.calls("PUT") if "contact-subscriptions" not in each["path"]]


def test_two_become_one(admin, sandbox):
    pair = make_pair(MIRA, DUPLICATE)
    run = work(merge(admin))
    assert (run.status, run.contacts, run.survivor) == (DONE, 2, MIRA)
    assert contact(sandbox, DUPLICATE) is None
    assert contact(sandbox)["credit_balance"]["balance"] == 150
    assert run.report["credits_reunited"] == 30
    pair.refresh_from_db()
    assert pair.status == PairStatus.MERGED
    assert sent(sandbox) == 1
    assert list(verify()) == []


def test_the_runs_entry_is_seen_to_its_end(admin, sandbox):
    run = work(merge(admin))
    entry = merging.entry_of_run(run)
    assert entry.follow_up.kind == "verified"
    assert not EntryStatus.objects.get(entry=entry).is_followed
    step = run.steps.get(source=DUPLICATE)
    assert merging.entry_of(step).events.first().detail["part_of"] == str(run.submission_key)


def test_values_of_the_source_are_kept(admin, sandbox):
    sandbox.api("PUT", f"contacts/{DUPLICATE}", json={"attributes": {"company": "Beans"}})
    run = work(merge(admin, keep_phonenumber=DUPLICATE))
    assert run.status == DONE
    values = contact(sandbox)["current_values"]
    assert (values["phonenumber"], values["company"]) == ("06-12345678", "Beans")
    assert values["firstname"] == "Mira"


def test_values_of_the_survivor_are_kept_though_piggy_lets_the_source_win(admin, sandbox):
    sandbox.faults(merge_seconds=0, source_wins=True)
    run = work(merge(admin))
    assert run.status == DONE
    values = contact(sandbox)["current_values"]
    assert (values["firstname"], values["phonenumber"]) == ("Mira", "+31612345678")
    written = entries_of(run, "update-contact")[0]
    assert set(written.data["attributes"]) == {"firstname", "phonenumber"}


def test_nothing_is_written_where_nothing_differs(admin, sandbox):
    run = work(merge(admin))
    assert entries_of(run, "update-contact") == []
    assert values_written(sandbox) == []


def test_what_somebody_changed_meanwhile_stays(admin, sandbox):
    run = merge(admin, keep_firstname=DUPLICATE)
    sandbox.api("PUT", f"contacts/{MIRA}", json={"attributes": {"firstname": "Miranda"}})
    assert work(run).status == DONE
    assert contact(sandbox)["current_values"]["firstname"] == "Miranda"


def test_a_cluster_is_merged_surest_first(admin, sandbox):
    make_pair(MIRA, DUPLICATE, 0.8)
    make_pair(MIRA, ANONYMOUS, 0.95)
    address = f"/actions/merge-duplicates/?contact_uuids={MIRA},{DUPLICATE},{ANONYMOUS}"
    response = admin.post(address, {"contact_uuids": f"{DUPLICATE} {ANONYMOUS} {MIRA}"})
    plan = response.context["preview"]
    assert [candidate.uuid for candidate in plan.sources] == [ANONYMOUS, DUPLICATE]
    assert response.context["confirm_with"] == "3"


def three(admin, **more):
    make_pair(MIRA, DUPLICATE, 0.8)
    make_pair(DUPLICATE, ANONYMOUS, 0.95)
    return merge_three(admin, **more)


def merge_three(admin, **more):
    cluster = Cluster.objects.create(size=3, weakest=0.8)
    Pair.objects.update(cluster=cluster)
    return merge(admin, f"/duplicates/clusters/{cluster.pk}/merge/", **more)


def test_a_whole_cluster_in_one_go(admin, sandbox):
    run = work(three(admin))
    assert run.status == DONE
    assert contact(sandbox)["credit_balance"]["balance"] == 195
    assert run.report["credits_reunited"] == 75
    assert {pair.status for pair in Pair.objects.all()} == {PairStatus.MERGED}
    assert len(entries_of(run)) == 2


def test_stops_at_the_first_surprise(admin, sandbox):
    run = three(admin)
    _first, second, _values = run.steps.all()
    sandbox.faults({"kind": "code", "code": 1003, **WRITE}, merge_seconds=0)
    work(run)
    assert run.status == STOPPED
    assert "This step was not done" in run.surprise
    assert sent(sandbox) == 1
    assert merging.entry_of(second) is None
    assert contact(sandbox, ANONYMOUS)
    assert EntryStatus.objects.get(entry=merging.entry_of_run(run)).is_flagged


def resume(run):
    merging.resume(run, person=somebody("joost"), comment="Mended.")
    return run


def test_what_was_refused_is_tried_again_by_a_person(admin, sandbox):
    run = three(admin)
    sandbox.faults({"kind": "code", "code": 1003, **WRITE}, merge_seconds=0)
    work(run)
    sandbox.faults(merge_seconds=0)
    assert resume(run).surprise == ""
    assert work(run).status == DONE
    assert contact(sandbox)["credit_balance"]["balance"] == 195
    kinds = [event.kind for event in merging.entry_of_run(run).events.all()]
    assert kinds == ["intended", "done", "flagged", "resumed", "verified"]
    status = EntryStatus.objects.get(entry=merging.entry_of_run(run))
    assert not status.is_flagged
    assert list(verify()) == []


def test_the_projection_made_anew_is_the_same(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "code", "code": 1003, **WRITE}, merge_seconds=0)
    work(run)
    resume(run)
    before = list(EntryStatus.objects.order_by("pk").values("state", "is_followed", "is_flagged"))
    watched = {"merge-duplicates", "merge-contacts"}
    hash_chain.rebuild(watched)
    assert (
        list(EntryStatus.objects.order_by("pk").values("state", "is_followed", "is_flagged"))
        == before
    )


def test_given_up_leaves_what_is_done(admin, sandbox):
    sandbox.faults(merge_seconds=0.5)
    run = three(admin)
    work_once()
    sandbox.faults({"kind": "code", "code": 1003, **WRITE})
    work(run)
    merging.abandon(run, person=somebody("joost"), comment="Another time.")
    run.refresh_from_db()
    assert run.status == ABANDONED
    assert contact(sandbox)["credit_balance"]["balance"] == 150
    assert not EntryStatus.objects.get(entry=merging.entry_of_run(run)).is_flagged
    assert Pair.objects.filter(status=PairStatus.MERGING).count() == 0
    merging.abandon(run, person=somebody("joost"), comment="Twice.")
    merging.resume(run, person=somebody("joost"), comment="Too late.")
    run.refresh_from_db()
    assert run.status == ABANDONED


def test_piggy_that_is_away_is_waited_for(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "status", "status": 503, **WRITE, "times": 2}, merge_seconds=0)
    assert work(run).status == DONE
    assert [entry.state for entry in entries_of(run)] == [
        EntryState.REJECTED,
        EntryState.REJECTED,
        EntryState.DONE,
    ]
    assert contact(sandbox)["credit_balance"]["balance"] == 150


def test_lost_answer_is_found_out_and_goes_on(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "drop_after", **WRITE}, merge_seconds=0)
    assert work(run).status == DONE
    assert [entry.state for entry in entries_of(run)] == [EntryState.SETTLED_DONE]
    assert sent(sandbox) == 1


def test_lost_request_stops_the_run_and_is_sent_again_by_a_person(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "drop_before", **WRITE}, merge_seconds=0)
    work_once()
    sandbox.faults(merge_seconds=0)
    work_once()
    assert run.status == RUNNING
    with later(16 * 60):
        work(run)
    assert run.status == STOPPED
    assert sent(sandbox) == 1
    assert work(resume(run)).status == DONE
    assert sent(sandbox) == 2
    assert contact(sandbox)["credit_balance"]["balance"] == 150


def test_sent_again_from_the_ledgers_own_page_counts_as_the_runs(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "drop_before", **WRITE}, merge_seconds=0)
    work_once()
    sandbox.faults(merge_seconds=0)
    with later(16 * 60):
        work(run)
    key = run.steps.get(source=DUPLICATE).submission_key
    admin.post(f"/ledger/{key}/again/")
    assert work(resume(run)).status == DONE
    assert contact(sandbox)["credit_balance"]["balance"] == 150


def test_a_merge_that_never_finishes_is_flagged_and_holds_nobody_up(admin, sandbox):
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    for _ in range(3):
        work_once()
    run.refresh_from_db()
    assert run.status == RUNNING
    carrier = Run.objects.get(name=merging.CARRIER)
    assert (carrier.state, carrier.failures) == ("waiting", 0)
    with later(merging.FINISHES_WITHIN_SECONDS + 1):
        work(run)
    assert run.status == STOPPED
    assert "has not finished this merge" in run.surprise
    assert sent(sandbox) == 1


def test_a_merge_that_finished_after_all_is_gone_on_with(admin, sandbox):
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    with later(merging.FINISHES_WITHIN_SECONDS + 1):
        work(run)
        merging.resume(run, person=somebody("joost"), comment="Let me see.")
        assert work(run).status == STOPPED
    # Piggy does it in the end: the same merge, as far as anybody can see.
    sandbox.faults(merge_seconds=0)
    sandbox.api(
        "POST",
        "contacts/merge",
        json={"source_contact_uuid": DUPLICATE, "destination_contact_uuid": MIRA},
    )
    assert work(resume(run)).status == DONE
    assert run.report["credits_reunited"] == 30


def test_credits_that_do_not_add_up_are_a_surprise_to_be_accepted(admin, sandbox):
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    work_once()
    shop = sandbox.api("GET", "shops")[0]["uuid"]
    sandbox.api(
        "POST",
        "credit-receptions",
        json={"shop_uuid": shop, "contact_uuid": MIRA, "credits": 7},
    )
    sandbox.faults(merge_seconds=0)
    sandbox.api(
        "POST",
        "contacts/merge",
        json={"source_contact_uuid": DUPLICATE, "destination_contact_uuid": MIRA},
    )
    work(run)
    assert run.status == STOPPED
    assert "157 credits where 150" in run.surprise
    assert work(resume(run)).status == DONE
    assert not balances_of(run).agrees


def test_flagged_though_the_source_is_there_cannot_be_accepted(admin, sandbox):
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    work_once()
    step = run.steps.get(source=DUPLICATE)
    progress = Progress(finished=True, as_expected=False, words="Strange.")
    following.follow_up(merging.entry_of(step), progress)
    work(run)
    assert run.surprise == "Strange."
    work(resume(run))
    assert run.status == STOPPED
    assert "still there" in run.surprise


def test_source_gone_before_it_begins(admin, sandbox):
    pair = make_pair(MIRA, DUPLICATE)
    run = merge(admin)
    sandbox.faults(delete_seconds=0)
    sandbox.api("POST", f"contacts/{DUPLICATE}/delete", json={"type": "DEFAULT"})
    work(run)
    assert run.status == STOPPED
    assert "no longer at Piggy" in run.surprise
    assert sent(sandbox) == 0
    pair.refresh_from_db()
    assert pair.status == PairStatus.GONE


def test_the_decision_is_kept_with_what_was_seen(admin, sandbox):
    make_pair(MIRA, DUPLICATE, 0.87, first_fingerprint="abc")
    merge(admin, comment="She says so.")
    decision = Decision.objects.get()
    assert (decision.kind, decision.probability) == (DecisionKind.MERGE, 0.87)
    assert (decision.first, decision.first_fingerprint) == (MIRA, "abc")
    assert (decision.person_name, decision.comment) == ("Admin", "She says so.")


def test_other_pairs_of_the_source_are_closed(admin, sandbox):
    make_pair(MIRA, DUPLICATE)
    other, elsewhere = make_pair(DUPLICATE, "somebody"), make_pair(MIRA, "somebody")
    run = merge(admin)
    assert Pair.objects.get(first=MIRA, second=DUPLICATE).status == PairStatus.MERGING
    work(run)
    other.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (other.status, elsewhere.status) == (PairStatus.GONE, PairStatus.OPEN)


def test_contacts_under_way_are_out_of_reach_for_others(admin, sandbox):
    merge(admin)
    with pytest.raises(Refused):
        make_entry(slug="delete-contact", contact=MIRA, data={"type": "GDPR"})
    page = admin.get(PAIR).content.decode()
    assert "how that ends is not known" in page


def test_going_on_is_refused_while_something_else_is_under_way(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "code", "code": 1003, **WRITE}, merge_seconds=0)
    work(run)
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=MIRA, data={"type": "GDPR"})
    with pytest.raises(Refused):
        resume(run)
    run.refresh_from_db()
    assert run.status == STOPPED


def test_the_same_asked_by_somebody_a_moment_ago_is_a_surprise(admin, sandbox, monkeypatch):
    run = merge(admin)

    def held(*_args, **_kwargs):
        raise conflicts.DuplicateRequest(merging.entry_of_run(run))

    monkeypatch.setattr(writes, "carry_out", held)
    assert "Admin asked for the same" in work(run).surprise


def test_a_refusal_of_ours_is_a_surprise(admin, sandbox, monkeypatch):
    run = merge(admin)

    def refused(*_args, **_kwargs):
        raise Refused({"source_contact_uuid": "Not now."})

    monkeypatch.setattr(writes, "carry_out", refused)
    assert work(run).surprise == "Not now."


def test_lost_answer_of_the_values_is_found_out(admin, sandbox):
    run = merge(admin, keep_phonenumber=DUPLICATE)
    sandbox.faults({"kind": "drop_after", **UPDATE}, merge_seconds=0)
    assert work(run).status == DONE
    assert [entry.state for entry in entries_of(run, "update-contact")] == [EntryState.SETTLED_DONE]
    assert len(values_written(sandbox)) == 1


def test_values_that_did_not_stay_are_a_surprise(admin, sandbox, monkeypatch):
    run = merge(admin, keep_phonenumber=DUPLICATE)
    real = merging._verify_values

    def meddled(piggy, entry):
        sandbox.api("PUT", f"contacts/{MIRA}", json={"attributes": {"phonenumber": "+31600000000"}})
        real(piggy, entry)

    monkeypatch.setattr(merging, "_verify_values", meddled)
    work_once()
    run.refresh_from_db()
    assert run.status == RUNNING
    with later(60):
        work(run)
    assert run.status == STOPPED
    assert "Phone" in run.surprise
    assert work(resume(run)).status == DONE


def test_cancelled_background_work_stops_the_run(admin, sandbox, piggy):
    run = merge(admin)
    runs.cancel(Run.objects.get(name=merging.CARRIER))
    entry = merging.entry_of_run(run)
    progress = get_action("merge-duplicates").watch(piggy, entry)
    assert (progress.finished, progress.as_expected) == (True, False)
    run.refresh_from_db()
    assert run.status == STOPPED
    assert work(resume(run)).status == DONE


def test_a_step_that_somebody_is_still_at_is_waited_for(admin, sandbox):
    run = merge(admin)
    step = run.steps.get(source=DUPLICATE)
    entry = make_entry(slug="update-contact", contact=MIRA, data={"attributes": {}})
    step.submission_key = entry.submission_key
    step.save()
    work_once()
    run.refresh_from_db()
    assert run.status == RUNNING


def test_beginning_twice_makes_one_run(admin, sandbox, monkeypatch):
    run = merge(admin)
    monkeypatch.setattr(merging, "find", lambda _entry: None)
    assert merging.begin(merging.entry_of_run(run)) == run
    assert MergeRun.objects.count() == 1


def test_a_run_that_has_ended_is_left_alone(admin, sandbox):
    run = work(merge(admin))
    merging.carry(Run(payload={"merge": run.pk}))
    assert sent(sandbox) == 1


def test_progress_in_words(admin, sandbox):
    run = merge(admin)
    assert merging.progress_of(run).words == "0 of 2 steps are done."
    assert merging.progress_of(work(run)).words == "Done: 2 customers are one now."


def test_keys_are_known_before_anything_is_sent(admin, sandbox):
    run = merge(admin)
    assert sandbox.calls("POST") == []
    keys = set(run.steps.values_list("submission_key", flat=True))
    assert len(keys) == 2
    assert not Entry.objects.filter(submission_key__in=keys).exists()
    assert uuid4() not in keys


# --- Killed between the writes -------------------------------------------------------------------


class Killed(BaseException):
    """The worker ends here."""


def killed_once(monkeypatch, where, name, *, after: bool) -> None:
    """End the process once, right before or after a function was called."""
    real = getattr(where, name)

    def dying(*args, **kwargs):
        monkeypatch.setattr(where, name, real)
        if after:
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(where, name, dying)


POINTS = [
    (merging, "_merge", False),
    (merging, "_send", True),
    (merging, "_insist_that_it_happened", True),
    (following, "follow_up", False),
    (following, "follow_up", True),
    (merging, "_verify_merge", True),
    (merging, "_close_pairs", False),
    (merging, "_close_pairs", True),
    (merging, "_update", True),
    (merging, "_verify_values", False),
    (merging, "finish", False),
    (merging, "finish", True),
]


@pytest.mark.parametrize(("where", "name", "after"), POINTS)
def test_killed_at_any_point_goes_on_where_it_was(admin, sandbox, monkeypatch, where, name, after):
    make_pair(MIRA, DUPLICATE)
    run = merge(admin, keep_phonenumber=DUPLICATE)
    killed_once(monkeypatch, where, name, after=after)
    with pytest.raises(Killed):
        work(run)
    leave_it()
    assert work(run).status == DONE
    assert (sent(sandbox), len(values_written(sandbox))) == (1, 1)
    # Of two kinds of messages, each was written once.
    assert len(sandbox.calls("PUT")) == 1 + 2
    assert contact(sandbox)["current_values"]["phonenumber"] == "06-12345678"
    assert Pair.objects.get().status == PairStatus.MERGED
    finished = merging.entry_of_run(run)
    get_action("merge-duplicates").watch(None, finished)
    assert list(verify()) == []


def leave_it() -> None:
    """Let the lease of whoever was killed be over."""
    Run.objects.filter(state="running").update(lease_until=Now() - timedelta(seconds=1))


def test_killed_while_a_run_is_made_of_its_entry(admin, sandbox, monkeypatch):
    killed_once(monkeypatch, merging, "_decide", after=True)
    with pytest.raises(Killed):
        merge(admin)
    entry = Entry.objects.get()
    assert not MergeRun.objects.exists()
    get_action("merge-duplicates").watch(None, entry)
    assert work(MergeRun.objects.get()).status == DONE
    assert Decision.objects.count() == 1


def test_a_page_that_is_not_found_proves_nothing(admin, sandbox):
    """Something between us and Piggy that answers 404 must not be taken for a merge."""
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    work_once()
    sandbox.faults({"kind": "status", "status": 404, "method": "GET"}, merge_seconds=10**7)
    work_once()
    run.refresh_from_db()
    assert run.status == RUNNING
    assert Run.objects.get(name=merging.CARRIER).failures == 1
    sandbox.faults()
    assert contact(sandbox, DUPLICATE)
    assert admin.get(PAIR).status_code == 200


def test_page_of_a_pair_takes_no_other_error_for_gone(admin, sandbox):
    pair = make_pair(MIRA, DUPLICATE)
    sandbox.faults({"kind": "status", "status": 404, "method": "GET"})
    assert 'role="alert"' in admin.get(PAIR).content.decode()
    pair.refresh_from_db()
    assert pair.status == PairStatus.OPEN


# --- What the survivor is mailed -------------------------------------------------------------


def mailed(sandbox, uuid=MIRA):
    told = sandbox.api("GET", f"contact-subscriptions/{uuid}")
    return {each["subscription_type"]["name"]: each["is_subscribed"] for each in told}


def kinds(sandbox):
    return {each["name"]: each["uuid"] for each in sandbox.api("GET", "subscription-types")}


def subscribe(sandbox, uuid, name, verb="subscribe"):
    body = {"subscription_type_uuid": kinds(sandbox)[name]}
    sandbox.api("PUT", f"contact-subscriptions/{uuid}/{verb}", json=body)


@pytest.mark.parametrize("who", [MIRA, DUPLICATE])
def test_whoever_unsubscribed_stays_so(admin, sandbox, who):
    for uuid in (MIRA, DUPLICATE):
        subscribe(sandbox, uuid, "Newsletter")
    subscribe(sandbox, who, "Newsletter", "unsubscribe")
    subscribe(sandbox, who, "Service", "unsubscribe")
    page = admin.get(PAIR).content.decode()
    for name in ("Newsletter", "Service"):
        assert f"One of these has unsubscribed from “{name}”" in page
    assert work(merge(admin)).status == DONE
    assert (mailed(sandbox)["Newsletter"], mailed(sandbox)["Service"]) == (False, False)


def test_somebody_can_say_that_the_person_wants_it(admin, sandbox):
    subscribe(sandbox, DUPLICATE, "Newsletter", "unsubscribe")
    subscribe(sandbox, MIRA, "Newsletter", "unsubscribe")
    subscribe(sandbox, DUPLICATE, "Newsletter")
    run = work(merge(admin, **{f"subscribe_{kinds(sandbox)['Newsletter']}": "yes"}))
    assert run.status == DONE
    assert mailed(sandbox)["Newsletter"]
    (written,) = [
        entry
        for entry in entries_of(run, "update-contact-subscription")
        if entry.data["subscription_type_uuid"] == kinds(sandbox)["Newsletter"]
    ]
    assert written.data["is_subscribed"] == "true"
    assert entries.whole_of(written) == entries_of(run)[0].submission_key


def test_subscription_that_piggy_refuses_is_a_surprise(admin, sandbox):
    path = "^contact-subscriptions/.*/unsubscribe$"
    refusal = {"kind": "code", "code": 55030, "method": "PUT", "path": path}
    sandbox.faults(refusal, merge_seconds=0)
    run = work(merge(admin))
    assert run.status == STOPPED
    assert "subscription" in run.surprise


def test_subscription_that_piggy_cannot_take_on_is_written_later(admin, sandbox):
    path = "^contact-subscriptions/.*/unsubscribe$"
    busy = {"kind": "status", "status": 503, "method": "PUT", "path": path, "times": 1}
    sandbox.faults(busy, merge_seconds=0)
    assert work(merge(admin)).status == DONE
    assert not any(mailed(sandbox)[name] for name in ("Newsletter", "Offers"))


# --- Whose run it is -------------------------------------------------------------------------


def lose_role(name="admin"):
    User.objects.get(username=name).groups.clear()


def disable(name="admin"):
    User.objects.filter(username=name).update(is_active=False)


def get_role_back(name="admin"):
    User.objects.get(username=name).groups.add(Group.objects.get(name=Role.ADMIN.value))


def after_first_source(monkeypatch, what_happens):
    """Have something happen between the first source and the second."""
    regroup = clustering.regroup

    def and_then(uuids):
        regroup(uuids)
        what_happens()

    monkeypatch.setattr(clustering, "regroup", and_then)


@pytest.mark.parametrize("lose", [lose_role, disable])
def test_stops_where_its_person_may_not_any_more(admin, sandbox, monkeypatch, lose):
    run = three(admin)
    after_first_source(monkeypatch, lose)
    work(run)
    assert run.status == STOPPED
    assert run.surprise.startswith("Admin may not do “Merge duplicates”, or not any more")
    assert sent(sandbox) == 1
    assert [step.is_done for step in run.steps.all()] == [True, False, False]
    flagged = following.needs_attention(somebody("joost"))
    assert [standing.entry for standing in flagged] == [merging.entry_of_run(run)]


def test_another_admin_takes_it_up_in_their_own_name(admin, sandbox, monkeypatch):
    run = three(admin, keep_phonenumber=DUPLICATE)
    after_first_source(monkeypatch, disable)
    assert work(work(run) and resume(run)).status == DONE
    who = [
        entry.person.username for entry in [*entries_of(run), *entries_of(run, "update-contact")]
    ]
    assert who == ["admin", "joost", "joost"]
    assert contact(sandbox)["credit_balance"]["balance"] == 195
    assert sent(sandbox) == 2
    assert list(verify()) == []


def test_goes_on_after_the_right_to_it_is_back(admin, sandbox, monkeypatch):
    run = three(admin)
    after_first_source(monkeypatch, lose_role)
    work(run)
    monkeypatch.undo()
    get_role_back()
    merging.resume(run, person=run.person, comment="I am an admin again.")
    assert work(run).status == DONE
    assert {entry.person.username for entry in entries_of(run)} == {"admin"}


def test_nothing_is_begun_by_who_could_not_finish_it(admin, sandbox):
    """What an owner took out of a role is missed before the first contact ceases to exist."""
    run = merge(admin)
    group = Group.objects.get(name=Role.ADMIN.value)
    group.permissions.remove(group.permissions.get(codename="run_update_contact"))
    assert "“Change a customer”" in work(run).surprise
    assert sent(sandbox) == 0


@pytest.mark.parametrize("settle", [merging.resume, merging.abandon])
def test_who_may_not_does_not_take_it_up(admin, auditor, sandbox, settle):
    run = merge(admin)
    lose_role()
    work(run)
    for name in ("auditor", "admin"):
        with pytest.raises(PermissionDenied):
            settle(run, person=User.objects.get(username=name), comment="Go on.")
    run.refresh_from_db()
    assert run.status == STOPPED
    assert sent(sandbox) == 0


def test_what_was_sent_is_seen_to_its_end_and_nothing_more_is_written(admin, sandbox):
    """The merge was Piggy's already; what the survivor is mailed is left to people."""
    sandbox.faults(merge_seconds=1)
    run = merge(admin)
    work_once()
    assert sent(sandbox) == 1
    disable()
    work(run)
    assert run.status == STOPPED
    assert "subscription" in run.surprise
    assert "Admin may not do this, or not any more" in run.surprise
    assert contact(sandbox, DUPLICATE) is None
    assert sandbox.calls("PUT") == []


def test_who_took_it_up_is_asked_for_the_subscriptions_as_well(admin, sandbox, monkeypatch):
    run = three(admin)
    after_first_source(monkeypatch, disable)
    work(run)
    before = len(entries_of(run, "update-contact-subscription"))
    subscribe(sandbox, MIRA, "Newsletter")
    assert work(resume(run)).status == DONE
    written = entries_of(run, "update-contact-subscription")[before:]
    assert {entry.person.username for entry in written} == {"joost"}
    assert not mailed(sandbox)["Newsletter"]


def test_a_right_that_is_lost_right_before_it_leaves_stops_it(admin, sandbox, monkeypatch):
    run, perform = merge(admin), type(get_action("merge-contacts")).perform

    def slowly(self, piggy, data):
        lose_role()
        return perform(self, piggy, data)

    monkeypatch.setattr(type(get_action("merge-contacts")), "perform", slowly)
    work(run)
    monkeypatch.undo()
    assert (run.status, sent(sandbox)) == (STOPPED, 0)
    assert "Admin may not do this" in run.surprise
    assert [entry.state for entry in entries_of(run)] == [EntryState.SETTLED_NOT_DONE]
    assert work(resume(run)).status == DONE


def test_whoever_is_quicker_lets_it_go_on(admin, sandbox, monkeypatch):
    run = merge(admin)
    sandbox.faults({"kind": "code", "code": 1003, **WRITE}, merge_seconds=0)
    work(run)
    real = following.resume

    def beaten(*args, **options):
        real(*args, **options)
        MergeRun.objects.update(status=RUNNING)

    monkeypatch.setattr(following, "resume", beaten)
    before = Run.objects.count()
    resume(run)
    assert Run.objects.count() == before


def test_a_step_whose_process_died_is_recovered_and_found_out(admin, sandbox, piggy):
    run = merge(admin)
    entry = make_entry(EntryState.SENT, slug="merge-contacts", data=OF_OTHERS)
    machine, pid, _began = this_process().split("|")
    EntryStatus.objects.filter(entry=entry).update(owner=f"{machine}|{pid}|1")
    with pytest.raises(runs.RetryLater):
        merging._insist_that_it_happened(piggy, run.steps.get(source=DUPLICATE), entry)
    assert entries.reread(entry).state == EntryState.UNKNOWN


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 15), (3, 300), (9, 300)])
def test_what_piggy_could_not_take_on_is_tried_again_ever_later(admin, sandbox, attempts, seconds):
    step = merge(admin).steps.get(source=DUPLICATE)
    step.attempts = attempts
    entry = make_entry(slug="merge-contacts", data=OF_OTHERS)
    appending.append(entry, EntryState.REJECTED, {"error": "Busy"})
    with pytest.raises(runs.RetryLater) as caught:
        merging._try_anew(step, entries.reread(entry))
    assert (caught.value.seconds, step.attempts) == (seconds, attempts + 1)
    assert step.submission_key == entries.key_of_again(entry)
