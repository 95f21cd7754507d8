"""From the mirror to stored pairs: all, what changed, and one contact."""

from itertools import pairwise

import pytest
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.matching.search import Search
from piggyadmin.duplicates.mirror import store as mirror
from piggyadmin.duplicates.models import (
    Cluster,
    DecisionKind,
    FinderModel,
    MirroredContact,
    Pair,
    PairStatus,
)
from piggyadmin.duplicates.review import decisions, finder, learned_model
from tests.duplicates import labelled
from tests.duplicates.people import MIRA

pytestmark = pytest.mark.django_db

CROWD = list(labelled.generate(300, seed=3, habits=labelled.JUDGING))


def store(*contacts):
    mirror.store([Contact(**contact) for contact in contacts], read_at=timezone.now())


def crowd():
    return [{name: getattr(row, name) for name in ("uuid", *MIRA)} for row in CROWD]


@pytest.fixture
def filled():
    store(*crowd(), {"uuid": "m-1", "credits": 120, **MIRA}, {"uuid": "m-2", "credits": 30, **MIRA})
    finder.search()


@pytest.fixture
def anna():
    return User.objects.create(username="anna", first_name="Anna")


def mira(**filters):
    return Pair.objects.get(first="m-1", second="m-2", **filters)


def test_finds_who_is_one_person(filled):
    person = {row.uuid: row.person for row in CROWD} | {"m-1": "mira", "m-2": "mira"}
    proposed = Pair.objects.filter(is_proposed=True)
    right = [person[pair.first] == person[pair.second] for pair in proposed]
    assert len(right) > 10
    assert sum(right) / len(right) > 0.9
    assert all(pair.first < pair.second for pair in proposed)


def test_keeps_what_is_at_stake(filled):
    pair = mira()
    assert (pair.credits, pair.status, pair.is_proposed) == (150, PairStatus.OPEN, True)
    assert pair.first_fingerprint == pair.second_fingerprint != ""
    assert pair.rank > pair.probability
    assert not pair.has_anonymous


def test_everything_is_compared_then(filled):
    assert not MirroredContact.objects.filter(is_compared=False).exists()
    assert learned_model.latest().contacts == len(CROWD) + 2


def test_nothing_to_do(filled, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert finder.search() == 0


def test_an_empty_mirror():
    assert finder.search() == 0
    assert not Pair.objects.exists()


def test_only_what_changed_is_compared_again(filled):
    before = dict(Pair.objects.values_list("pk", "search"))
    store({"uuid": "m-3", **MIRA, "email": "mira.j@example.test"})
    finder.search()
    touching = Pair.objects.filter(second="m-3")
    assert {pair.first for pair in touching} == {"m-1", "m-2"}
    others = Pair.objects.exclude(second="m-3")
    assert dict(others.values_list("pk", "search")) == before
    assert FinderModel.objects.count() == 1


def test_a_few_are_compared_without_reading_the_mirror(filled, monkeypatch):
    store({"uuid": "m-3", **MIRA, "email": ""}, {"uuid": "m-4", **MIRA, "phonenumber": ""})
    finder.search()
    columns = ("first", "second", "cluster__size")
    with_all = sorted(Pair.objects.values_list(*columns))
    sure = {(pair.first, pair.second): pair.probability for pair in Pair.objects.all()}
    Pair.objects.touching(["m-3", "m-4"]).delete()
    MirroredContact.objects.filter(uuid__in=["m-3", "m-4"]).update(is_compared=False)
    monkeypatch.setattr(finder, "_FEW", 0.01)
    monkeypatch.delattr(finder, "_search_mirror")
    assert finder.search() == 5
    assert sorted(Pair.objects.values_list(*columns)) == with_all
    for pair in Pair.objects.all():
        assert pair.probability == pytest.approx(sure[pair.first, pair.second], abs=0.02)
    assert not MirroredContact.objects.filter(is_compared=False).exists()


def test_a_pair_that_is_none_any_more_goes(filled):
    store({"uuid": "m-2", "email": "bo@smit.test", "firstname": "Bo", "lastname": "Smit"})
    finder.search()
    assert not Pair.objects.filter(first="m-1", second="m-2").exists()


def test_a_dismissed_pair_stays_dismissed_until_its_data_change(filled, anna):
    decisions.dismiss(mira(), anna, comment="Mother and daughter.")
    store({"uuid": "m-1", "credits": 121, **MIRA})
    MirroredContact.objects.filter(uuid="m-1").update(is_compared=False)
    finder.search()
    assert mira().status == PairStatus.DISMISSED
    assert mira().credits == 151
    store({"uuid": "m-1", **MIRA, "phonenumber": "0687654321"})
    finder.search()
    assert mira().status == PairStatus.OPEN


def test_what_is_at_stake_follows_without_comparing_again(filled):
    before, search = mira().rank, mira().search
    now = timezone.now()
    store({"uuid": "m-1", "credits": 900, "last_transaction_at": now, **MIRA})
    assert (mira().credits, mira().search) == (930, search)
    assert mira().last_transaction_at
    assert mira().rank > before
    assert MirroredContact.objects.get(uuid="m-1").is_compared


def test_what_is_at_stake_of_a_decided_pair_stays_as_it_was_decided(filled, anna):
    decisions.dismiss(mira(), anna)
    store({"uuid": "m-1", "credits": 900, **MIRA})
    assert mira().credits == 150


def test_a_dismissal_outlives_the_mirror(filled, anna):
    decisions.dismiss(mira(), anna)
    mirror.empty()
    Pair.objects.all().delete()
    store(*crowd(), {"uuid": "m-1", **MIRA}, {"uuid": "m-2", **MIRA})
    finder.search()
    assert mira().status == PairStatus.DISMISSED


def test_what_is_being_merged_is_left_alone(filled):
    Pair.objects.filter(first="m-1").update(status=PairStatus.MERGING)
    MirroredContact.objects.update(is_compared=False)
    finder.search()
    assert mira().status == PairStatus.MERGING


def test_a_pair_of_somebody_who_is_back_is_open_again(filled):
    Pair.objects.filter(first="m-1").update(status=PairStatus.GONE)
    MirroredContact.objects.filter(uuid="m-1").update(is_compared=False)
    finder.search()
    assert mira().status == PairStatus.OPEN


def test_three_who_are_one_are_a_cluster(filled):
    store({"uuid": "m-3", "credits": 7, **MIRA})
    finder.search()
    cluster = mira().cluster
    assert (cluster.size, cluster.credits) == (3, 157)
    assert cluster.pairs.count() == 3
    assert cluster.weakest == min(cluster.pairs.values_list("probability", flat=True))


def test_a_cluster_that_stays_keeps_its_number(filled):
    store({"uuid": "m-3", **MIRA})
    finder.search()
    number = mira().cluster_id
    store({"uuid": "m-4", "email": "bo@smit.test", "firstname": "Bo", "lastname": "Smit"})
    finder.search()
    assert mira().cluster_id == number
    mirror.forget(["m-3"])
    MirroredContact.objects.filter(uuid="m-1").update(is_compared=False)
    finder.search()
    assert mira().cluster_id is None
    assert not Cluster.objects.filter(pk=number).exists()


def test_a_contact_that_changes_meanwhile_is_compared_another_time(filled, monkeypatch):
    store({"uuid": "m-1", **MIRA, "phonenumber": "0687654321"})
    find = Search.find

    def find_while_it_changes(self):
        store({"uuid": "m-1", **MIRA, "phonenumber": "0611111119"})
        return find(self)

    monkeypatch.setattr(Search, "find", find_while_it_changes)
    finder.search()
    assert [row.uuid for row in MirroredContact.objects.filter(is_compared=False)] == ["m-1"]


def test_a_contact_that_leaves_meanwhile_has_no_pairs(filled, monkeypatch):
    store({"uuid": "m-3", **MIRA})
    find = Search.find

    def find_while_it_leaves(self):
        links = find(self)
        mirror.forget(["m-3"])
        return links

    monkeypatch.setattr(Search, "find", find_while_it_leaves)
    finder.search()
    assert not Pair.objects.filter(second="m-3").exists()


def test_progress_is_told(filled, run, monkeypatch):
    beats = []
    monkeypatch.setattr(type(run), "heartbeat", lambda self, **progress: beats.append(progress))
    MirroredContact.objects.update(is_compared=False)
    finder.search(run)
    assert beats[-1]["progress"] == beats[-1]["of"] > 0


# --- Learning anew ---------------------------------------------------------------------------


def test_learns_anew_when_many_have_come(filled):
    rows = labelled.generate(400, seed=4, habits=labelled.JUDGING)
    store(*({name: getattr(row, name) for name in ("uuid", *MIRA)} for row in rows))
    finder.search()
    assert FinderModel.objects.count() == 2
    assert learned_model.latest().contacts > 600


def test_learns_from_decisions(filled, anna):
    pair = mira()
    for _first, _second in pairwise(range(learned_model._DECISIONS + 1)):
        decisions.keep(pair, DecisionKind.DISMISS, anna)
    assert finder.search() > 0
    assert FinderModel.objects.count() == 2


def test_what_was_learned_long_ago_is_dropped(filled):
    for _ in range(7):
        old = FinderModel.objects.first()
        FinderModel.objects.filter(pk=old.pk).update(contacts=1)
        learned_model._recall.cache_clear()
        finder.search()
    assert FinderModel.objects.count() == learned_model._KEPT


# --- One contact -----------------------------------------------------------------------------


def test_checks_one_contact(filled):
    store({"uuid": "m-3", **MIRA, "email": ""})
    pairs = finder.check("m-3")
    assert [(pair.first, pair.second) for pair in pairs] == [("m-1", "m-3"), ("m-2", "m-3")]
    assert mira().cluster_id == pairs[0].cluster_id is not None
    assert MirroredContact.objects.get(uuid="m-3").is_compared


def test_a_check_finds_what_a_search_finds(filled):
    store({"uuid": "m-3", **MIRA, "email": ""})
    checked = {(pair.first, pair.second): pair.probability for pair in finder.check("m-3")}
    MirroredContact.objects.filter(uuid="m-3").update(is_compared=False)
    finder.search()
    searched = Pair.objects.filter(second="m-3").values_list("first", "second", "probability")
    found = {(first, second): probability for first, second, probability in searched}
    assert checked.keys() == found.keys()
    for pair, probability in checked.items():
        assert probability == pytest.approx(found[pair], abs=0.02)


def test_a_check_drops_what_is_no_pair_any_more(filled):
    store({"uuid": "m-2", "email": "bo@smit.test", "firstname": "Bo", "lastname": "Smit"})
    assert finder.check("m-2") == []
    assert not Pair.objects.filter(first="m-1", second="m-2").exists()


def test_a_check_of_nobody(filled):
    assert finder.check("no-such-contact") == []


def test_a_check_before_the_first_search():
    store({"uuid": "m-1", **MIRA}, {"uuid": "m-2", **MIRA})
    assert finder.check("m-1") == []
    assert MirroredContact.objects.filter(is_compared=False).count() == 2


def test_a_check_passes_over_what_too_many_share(filled):
    store(*({"uuid": f"i-{n}", "email": f"info@shop{n}.test"} for n in range(60)))
    assert finder.check("i-1") == []
