"""Which pairs are chosen, and why others are left in the queue."""

from uuid import uuid4

import pytest

from piggyadmin.duplicates.certain import checking, running
from piggyadmin.duplicates.certain.rules import RULES
from piggyadmin.duplicates.merging.candidates import read_candidates
from piggyadmin.duplicates.merging.plan import make_plan
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.duplicates.models import CertainPair, CertainRun, Cluster, PairStatus
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.piggy.client import piggy_client
from piggyadmin.sandbox import seed
from piggyadmin.tasks.models import Run
from tests.duplicates.certain.making import checked, fresh, speak, states, twins, work
from tests.duplicates.merges import make_pair
from tests.ledger.making import make_entry, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("certain")]
RULE = RULES[0]


def put(sandbox, uuid, **attributes):
    sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": attributes})


def test_the_surest_first_and_each_contact_once(sandbox):
    later, first = twins(sandbox, 1, 0.996), twins(sandbox, 2, 0.9999)
    make_pair(first.first, later.first, 0.9951)
    twins(sandbox, 3, 0.98)
    assert list(checking.choose(RULE)) == [first, later]


def test_who_hangs_together_with_several_is_left_out(sandbox):
    cluster = Cluster.objects.create(size=3, weakest=0.99)
    twins(sandbox, 1, cluster=cluster)
    assert not list(checking.choose(RULE))


@pytest.mark.parametrize("status", [PairStatus.LATER, PairStatus.DISMISSED, PairStatus.MERGED])
def test_what_was_decided_is_left_out(sandbox, status):
    twins(sandbox, 1, status=status)
    assert not list(checking.choose(RULE))


def test_what_speaks_against_is_left_out(sandbox, monkeypatch):
    twins(sandbox, 1)
    speak(monkeypatch, [])
    assert not list(checking.choose(RULE))


def test_with_whom_something_is_under_way_is_left_out(sandbox):
    pair = twins(sandbox, 1)
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=pair.first)
    assert not list(checking.choose(RULE))


def test_both_are_read_and_a_sample_is_drawn(sandbox):
    twins(sandbox, 1)
    twins(sandbox, 2)
    run = checked()
    assert run.status == "checked"
    assert states(run) == ["ready", "ready"]
    assert run.pairs.filter(is_sample=True).count() == 2
    row = run.pairs.first()
    assert row.survivor in {row.first, row.second}
    assert row.source in {row.first, row.second} - {row.survivor}
    assert row.agreement
    assert not Entry.objects.exists()


def test_goes_on_where_it_was_left(sandbox):
    twins(sandbox, 1)
    twins(sandbox, 2)
    run = running.start_check(RULE, by=somebody())
    checking._choose_for(run)
    run.pairs.filter(position=1).update(state="left-out", words="So it was.")
    work(running.CHECKER)
    assert states(fresh(run)) == ["left-out", "ready"]


def test_a_cancelled_one_is_not_gone_on_with(sandbox):
    twins(sandbox, 1)
    run = running.start_check(RULE, by=somebody())
    work_of = Run.objects.get(name=running.CHECKER)
    checking._choose_for(run)
    CertainRun.objects.update(status="cancelled")
    checking.check(type("Beating", (), {"heartbeat": lambda *_, **__: None})(), run)
    work(running.CHECKER)
    assert fresh(run).status == "cancelled"
    assert states(run) == ["unchecked"]
    work_of.refresh_from_db()
    assert work_of.state == "done"


def words_of(sandbox, pair, **changed):
    if changed:
        put(sandbox, pair.first, **changed)
    row = checked().pairs.get()
    assert row.state == "left-out"
    return row.words


def test_values_to_choose_from(sandbox):
    words = words_of(sandbox, twins(sandbox, 1), firstname="Berta", phonenumber="0687654321")
    assert "somebody has to choose" in words
    assert "First name" in words


def test_more_that_speaks_against(sandbox):
    changed = {"firstname": "Kees", "lastname": "Smit", "birthdate": "1950-01-01"}
    words = words_of(sandbox, twins(sandbox, 1), **changed, phonenumber="+31687654321")
    assert "More speaks against" in words


def test_messages_that_one_of_them_does_not_get(sandbox):
    pair = twins(sandbox, 1)
    kind = sandbox.api("GET", "subscription-types")[0]["uuid"]
    for uuid, verb in ((pair.first, "subscribe"), (pair.second, "unsubscribe")):
        path = f"contact-subscriptions/{uuid}/{verb}"
        sandbox.api("PUT", path, json={"subscription_type_uuid": kind})
    assert "gets messages that the other one does not" in words_of(sandbox, pair)


def test_a_gift_card_that_was_mailed(sandbox):
    pair = twins(sandbox, 1)
    data = {"giftcard_uuid": str(uuid4())}
    make_entry(EntryState.DONE, slug="send-giftcard", data=data, contact=pair.second)
    assert "gift card" in words_of(sandbox, pair)


def test_somebody_who_is_gone(sandbox):
    pair = twins(sandbox, 1)
    pair.first = str(uuid4())
    pair.save()
    row = checked().pairs.get()
    assert (row.state, row.agreement) == ("left-out", "")
    assert "There is no customer" in row.words


def plan_of(*uuids):
    candidates = read_candidates(piggy_client(), uuids)
    survivor, source = (each for each in candidates.found if each)
    return make_plan(
        propose([survivor, source]),
        survivor=survivor,
        sources=[source],
        chosen={},
        labels=candidates.labels,
    )


def test_balances_may_move_on(sandbox):
    pair = twins(sandbox, 1)
    agreed = checking.agreement_on(plan_of(pair.first, pair.second))
    credits_given = {"contact_uuid": pair.first, "shop_uuid": seed.AMSTERDAM_UUID, "credits": 5}
    sandbox.api("POST", "credit-receptions", json=credits_given)
    assert checking.agreement_on(plan_of(pair.first, pair.second)) == agreed
    assert checking.agreement_on(plan_of(pair.second, pair.first)) != agreed
    put(sandbox, pair.first, company="Beans")
    assert checking.agreement_on(plan_of(pair.first, pair.second)) != agreed


def test_no_more_than_can_be_looked_through(sandbox, monkeypatch):
    monkeypatch.setattr(checking, "MOST_PAIRS", 1)
    twins(sandbox, 1)
    twins(sandbox, 2)
    checked()
    assert CertainPair.objects.count() == 1
