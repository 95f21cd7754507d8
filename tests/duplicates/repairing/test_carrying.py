"""A repair from its first step to its last, under faults at each step, and what comes between."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import Decision, DecisionKind, Pair, PairStatus
from piggyadmin.duplicates.repairing import carrying
from piggyadmin.duplicates.repairing.operations import REPAIR_MERGE, plan_in
from piggyadmin.ledger import (
    conflicts,
    entries,
    following,
    outcomes,
    reconciliation,
    recovery,
    writes,
)
from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, OPEN, Entry, EntryStatus, Snapshot
from piggyadmin.ledger.operations import Refused
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.client import piggy_client
from piggyadmin.sandbox import seed
from tests.duplicates.merges import ANONYMOUS, merge, work
from tests.duplicates.repairing.making import (
    DUPLICATE,
    MIRA,
    SHOP,
    begin,
    books,
    fill,
    looked,
    made,
    merged,
)
from tests.faults.test_matrix import LOOKS, later
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db
WRITES = (
    "^(contacts|contact-identifiers|credit-receptions|prepaid-transactions|contact-subscriptions)"
)
STEPS = [
    "contact",
    "values",
    "survivor-values",
    "take CARD-0002",
    "give CARD-0002",
    "credits off",
    "credits on",
    "prepaid off",
    "prepaid on",
]


def both(sandbox, source: str = DUPLICATE):
    return books(sandbox, source), books(sandbox, MIRA) | {"company": "Beans"}


@pytest.fixture
def wrong_merge(admin, sandbox) -> Entry:
    """A merge of two who are two people."""
    fill(sandbox)
    return merged(admin, sandbox)


def names(repair: Entry) -> list[str]:
    return [step.name for step in carrying.steps_of(plan_in(repair))]


def test_both_have_what_they_had(admin, sandbox):
    fill(sandbox)
    before = both(sandbox)
    repair = begin(merged(admin, sandbox, keep_birthdate=DUPLICATE))
    assert [name for name in names(repair) if "messages" not in name] == STEPS
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, True), progress.words
    # What the one that stayed did not have before cannot be emptied, and that was said.
    assert both(sandbox, made(repair)) == before
    steps = Entry.objects.filter(status__part_of=repair.submission_key)
    assert steps.count() == len(names(repair))
    assert {step.reason for step in steps} == {"Correction"}
    assert all(part.is_done for part in REPAIR_MERGE.part_states(entries.reread(repair)))
    assert list(verify()) == []


def test_the_search_is_told_that_they_are_two(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    looked(repair)
    pair = Pair.objects.get(first__in=[made(repair), MIRA], second__in=[made(repair), MIRA])
    assert pair.status == PairStatus.DISMISSED
    whole = entries.reread(repair)
    assert carrying.carry(piggy_client(), whole, plan_in(whole)).as_expected
    assert Decision.objects.filter(kind=DecisionKind.DISMISS).count() == 1


def test_without_a_mirror_nothing_is_remembered(sandbox, wrong_merge, monkeypatch):
    monkeypatch.setattr(store, "refresh", lambda *_: None)
    looked(begin(wrong_merge))
    assert not Decision.objects.filter(kind=DecisionKind.DISMISS).exists()


def test_one_that_had_nothing(sandbox, wrong_merge):
    plan = plan_in(begin(wrong_merge))
    contact = plan.source.contact.model_copy(
        update={"credits": 0, "prepaid_cents": 0, "subscriptions": []}
    )
    nothing = {"contact": contact, "identifiers": [], "values": {}, "vouchers": 0}
    source = plan.source.model_copy(update=nothing)
    same = {"source": source, "survivor": plan.now}
    bare = plan.model_copy(update=same)
    assert [step.name for step in carrying.steps_of(bare)] == ["contact"]
    assert len(bare.losses) == 3


def test_an_anonymous_one(admin, sandbox):
    address = f"/duplicates/pair/{MIRA}/{ANONYMOUS}/"
    sandbox.faults(merge_seconds=0)
    run = work(merge(admin, address, survivor_contact_uuid=MIRA))
    merged_entry = Entry.objects.get(submission_key=run.steps.get(source=ANONYMOUS).submission_key)
    repair = begin(merged_entry)
    progress = looked(repair)
    assert progress.as_expected, progress.words
    assert books(sandbox, made(repair))["cards"] == ["CARD-ANON"]
    assert sandbox.api("GET", f"contacts/{made(repair)}")["current_values"]["is_anonymous"]


# --- Faults -----------------------------------------------------------------------------------


class Breaking:
    """Breaks each step the first time that it is asked for."""

    def __init__(self, sandbox, patch, fault, *, dies: str = "") -> None:
        self.sandbox, self.fault, self.dies = sandbox, fault, dies
        self.broken: set[str] = set()
        self.ask, self.conclude = carrying._ask, writes._conclude
        self.resumed = 0
        patch.setattr(carrying, "_ask", self.asked)
        self.patch = patch

    def asked(self, piggy, whole, plan, step):
        if step.name in self.broken:
            return self.ask(piggy, whole, plan, step)
        self.broken.add(step.name)
        if self.dies == "before":
            raise SystemExit
        if self.dies == "unsettled":
            self.patch.setattr(writes, "_conclude", self._die)
        if self.fault:
            kinds = [self.fault | {"method": each, "path": WRITES} for each in ("POST", "PUT")]
            self.sandbox.faults(*kinds)
        try:
            outcome = self.ask(piggy, whole, plan, step)
        finally:
            self.sandbox.faults()
            self.patch.setattr(writes, "_conclude", self.conclude)
        if self.dies == "after":
            raise SystemExit
        return outcome

    @staticmethod
    def _die(*_args):
        raise SystemExit

    def run(self, repair: Entry):
        """Look again and again, as workers and people do, until it has ended."""
        for _ in range(100):
            try:
                progress = looked(repair)
            except SystemExit:
                EntryStatus.objects.update(owner="")  # its process is gone
                recovery.recover()
                continue
            with later(LOOKS[-1]):
                for entry in Entry.objects.filter(status__state__in=OPEN):
                    reconciliation.settle(piggy_client(), entry)
            if progress.finished and progress.as_expected:
                return progress
            if progress.finished:
                self.resumed += 1
                words = REPAIR_MERGE.remaining(entries.reread(repair))
                following.resume(entries.reread(repair), person=somebody(), comment=words)
        raise AssertionError(progress.words)


@pytest.mark.parametrize(
    ("fault", "dies", "needs_people"),
    [
        pytest.param({"kind": "code", "code": 1003}, "", True, id="refused"),
        pytest.param({"kind": "status", "status": 503}, "", False, id="not-now"),
        pytest.param({"kind": "drop_before"}, "", True, id="lost-not-done"),
        pytest.param({"kind": "drop_after"}, "", False, id="lost-done"),
        pytest.param(None, "before", False, id="killed-before"),
        pytest.param(None, "unsettled", False, id="killed-with-the-answer"),
        pytest.param(None, "after", False, id="killed-between-two"),
    ],
)
def test_each_step_under_a_fault(admin, sandbox, monkeypatch, fault, dies, needs_people):
    fill(sandbox)
    before = both(sandbox)
    repair = begin(merged(admin, sandbox, keep_birthdate=DUPLICATE))
    with monkeypatch.context() as patch:
        breaking = Breaking(sandbox, patch, fault, dies=dies)
        breaking.run(repair)
    assert breaking.broken == set(names(repair))
    assert bool(breaking.resumed) == needs_people
    assert both(sandbox, made(repair)) == before
    for name in names(repair):
        step = carrying.RepairStep(name, "", "", {})
        assert carrying.last_attempt(repair, step).state in HAPPENED
    states = [each.state for each in Entry.objects.filter(status__part_of=repair.submission_key)]
    assert sum(state in HAPPENED for state in states) == len(names(repair))
    assert all(state in HAPPENED | NOT_HAPPENED for state in states)
    assert list(verify()) == []


def test_what_is_unknown_is_seen(sandbox, wrong_merge, monkeypatch):
    repair = begin(wrong_merge)
    sandbox.faults({"kind": "drop_before", "method": "POST", "path": "^contacts$"})
    progress = looked(repair)
    assert not progress.finished
    assert "not known yet" in progress.words
    parts = REPAIR_MERGE.part_states(entries.reread(repair))
    assert (parts[0].is_done, parts[1].is_done) == (None, False)
    assert "/ledger/" in parts[0].page
    assert not parts[1].page


def test_a_refusal_waits_for_a_person(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    sandbox.faults({"kind": "code", "code": 1003, "method": "POST", "path": "^contacts$"})
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "was not done" in progress.words
    assert looked(repair).words == progress.words
    assert REPAIR_MERGE.part_states(entries.reread(repair))[0].words == "not done"
    sandbox.faults()
    assert looked(repair).words == progress.words  # nobody has let it go on
    assert not made(repair)
    words = REPAIR_MERGE.remaining(entries.reread(repair))
    following.resume(entries.reread(repair), person=somebody("joost"), comment=words)
    assert looked(repair).as_expected
    assert Entry.objects.filter(action="create-contact").latest("pk").person.username == "joost"


def test_whoever_may_not_do_a_step(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    User.objects.get(username="sanne").groups.clear()
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "may not do this" in progress.words


@pytest.mark.parametrize("refusal", ["refused", "denied", "duplicate"])
def test_a_step_that_cannot_be_asked_for(sandbox, wrong_merge, monkeypatch, refusal):
    repair = begin(wrong_merge)
    refusals = {
        "refused": Refused({"amount": "Too little."}),
        "denied": PermissionDenied("No."),
        "duplicate": conflicts.DuplicateRequest(repair),
    }

    def refuse(*_args, **_more):
        raise refusals[refusal]

    monkeypatch.setattr(carrying, "carry_step", refuse)
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, False)


def test_somebody_spends_meanwhile(sandbox, wrong_merge, monkeypatch):
    repair = begin(wrong_merge)
    spent = {"contact_uuid": MIRA, "shop_uuid": SHOP, "credits": -5}
    sandbox.api("POST", "credit-receptions", json=spent)
    sandbox.api(
        "POST",
        "prepaid-transactions",
        json={"contact_uuid": MIRA, "shop_uuid": SHOP, "amount_in_cents": -100},
    )
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "not as expected" in progress.words
    assert REPAIR_MERGE.remaining(entries.reread(repair)) == ""


def test_a_card_that_is_elsewhere_in_the_end(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    plan = plan_in(repair)
    looked(repair)
    snapshot = partial(carrying._snapshot, piggy_client())
    one, other = snapshot(made(repair)), snapshot(MIRA)
    assert not list(carrying._differences(plan, one, other))
    lost = one.model_copy(update={"identifiers": []})
    assert list(carrying._differences(plan, lost, other)) == ["CARD-0002"]


def test_the_one_that_stayed_goes_meanwhile(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    sandbox.faults(delete_seconds=0)
    sandbox.api("POST", f"contacts/{MIRA}/delete", json={"type": "DEFAULT"})
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "no such customer" in progress.words


def test_what_is_no_longer_kept(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    Snapshot.objects.all().delete()
    progress = looked(repair)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "no longer kept" in progress.words


def test_whom_nobody_can_name(sandbox, wrong_merge, monkeypatch):
    """A person has settled that the contact was made, but not which one it is."""
    repair = begin(wrong_merge)
    looked(repair)
    monkeypatch.setattr(outcomes, "recall", lambda *_: outcomes.Outcome(repair, result=None))
    assert made(repair) == ""
    assert seed.MIRA_UUID == MIRA
