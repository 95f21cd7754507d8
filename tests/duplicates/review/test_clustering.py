"""Clusters in the database: no one outlives what it was made of."""

from itertools import combinations

import pytest
from django.db import IntegrityError, OperationalError

from piggyadmin.duplicates.mirror import store as mirror
from piggyadmin.duplicates.models import Cluster, MirroredContact, Pair, PairStatus
from piggyadmin.duplicates.review import clustering, decisions
from tests.duplicates.pairs import fresh, make_contact, make_pair

pytestmark = pytest.mark.django_db


def make_group(number: int, **fields) -> list[MirroredContact]:
    """Store contacts of which every two are a pair, grouped as a search would group them."""
    contacts = [make_contact(f"Mira{n} Jansen", credits=10) for n in range(number)]
    for at, (one, other) in enumerate(combinations(contacts, 2)):
        make_pair(one, other, probability=0.99 - at / 100, **fields)
    clustering.group_all()
    return contacts


def between(one: MirroredContact, other: MirroredContact) -> Pair:
    """Give the pair of two contacts."""
    first, second = sorted((one.uuid, other.uuid))
    return Pair.objects.get(first=first, second=second)


def members(cluster: Cluster) -> set[str]:
    """Name everybody in a cluster."""
    return {uuid for pair in cluster.pairs.all() for uuid in (pair.first, pair.second)}


def test_every_two_of_a_cluster_are_linked_and_the_weakest_link_is_told():
    contacts = make_group(3)
    cluster = Cluster.objects.get()
    assert (cluster.size, cluster.weakest, cluster.credits) == (3, 0.97, 30)
    assert members(cluster) == {contact.uuid for contact in contacts}


def test_a_chain_of_links_is_no_cluster():
    one, middle, other = (make_contact() for _ in range(3))
    make_pair(one, middle, probability=0.99)
    make_pair(middle, other, probability=0.99)
    clustering.group_all()
    assert not Cluster.objects.exists()
    make_pair(one, other, probability=0.3)
    clustering.group_all()
    assert not Cluster.objects.exists()


def test_a_dismissal_takes_a_cluster_of_three_apart(noor):
    one, other, _third = make_group(3)
    decisions.dismiss(between(one, other), noor)
    assert not Cluster.objects.exists()
    assert not Pair.objects.exclude(cluster=None).exists()
    assert Pair.objects.filter(status=PairStatus.OPEN).count() == 2


def test_a_dismissal_leaves_a_smaller_cluster(noor):
    first, second, third, fourth = make_group(4)
    number = Cluster.objects.get().pk
    decisions.dismiss(between(third, fourth), noor)
    cluster = Cluster.objects.get()
    assert (cluster.pk, cluster.size, cluster.credits) == (number, 3, 30)
    assert members(cluster) == {first.uuid, second.uuid, third.uuid}
    assert cluster.weakest == min(pair.probability for pair in cluster.pairs.all())


def test_taking_a_dismissal_back_puts_a_cluster_together_again(noor):
    one, other, _third = make_group(3)
    decisions.dismiss(between(one, other), noor)
    decisions.undo(noor)
    assert Cluster.objects.get().size == 3


def test_what_is_put_off_still_holds_together(noor):
    one, other, _third = make_group(3)
    decisions.put_off(between(one, other), noor, until=decisions.tomorrow())
    assert Cluster.objects.get().size == 3


def test_who_leaves_the_mirror_leaves_the_cluster():
    contacts = make_group(4)
    mirror.forget([contacts[0].uuid])
    cluster = Cluster.objects.get()
    assert (cluster.size, cluster.credits) == (3, 30)
    assert contacts[0].uuid not in members(cluster)
    mirror.forget([contacts[1].uuid])
    assert not Cluster.objects.exists()


def test_who_was_in_the_way_of_another_cluster_frees_it():
    first, second, third = make_group(3)
    fourth = make_contact("Mira Janssen")
    for other in (second, third):
        make_pair(fourth, other, probability=0.9)
    clustering.group_all()
    assert members(Cluster.objects.get()) == {first.uuid, second.uuid, third.uuid}
    mirror.forget([first.uuid])
    assert members(Cluster.objects.get()) == {second.uuid, third.uuid, fourth.uuid}


def test_with_too_many_around_only_what_there_is_falls_apart(noor, monkeypatch):
    contacts = make_group(4)
    make_pair(contacts[0], make_contact("Somebody Else"), probability=0.9)
    monkeypatch.setattr(clustering, "_MOST", 4)
    decisions.dismiss(between(*contacts[2:]), noor)
    assert members(Cluster.objects.get()) == {contact.uuid for contact in contacts[:3]}


def test_nobody_is_grouped_where_nobody_is_named(django_assert_num_queries):
    with django_assert_num_queries(0):
        clustering.regroup([])


def test_what_is_decided_while_everybody_is_grouped_counts(noor, monkeypatch):
    one, other, _third = make_group(3)
    inside_links = clustering._inside_links

    def while_somebody_decides(links):
        inside = inside_links(links)
        Pair.objects.filter(pk=between(one, other).pk).update(status=PairStatus.DISMISSED)
        monkeypatch.setattr(clustering, "_inside_links", inside_links)
        return inside

    monkeypatch.setattr(clustering, "_inside_links", while_somebody_decides)
    clustering.group_all()
    assert fresh(between(one, other)).cluster is None
    assert not Cluster.objects.exists()


@pytest.mark.parametrize("error", [IntegrityError, OperationalError])
def test_whoever_gets_in_anothers_way_looks_again(monkeypatch, error):
    contacts = [make_contact() for _ in range(3)]
    for one, other in combinations(contacts, 2):
        make_pair(one, other, probability=0.99)
    store, refusals = clustering._store_clusters, iter([error, error])

    def refused_at_first(inside):
        if refusal := next(refusals, None):
            raise refusal
        store(inside)

    monkeypatch.setattr(clustering, "_store_clusters", refused_at_first)
    clustering.regroup([contacts[0].uuid])
    assert Cluster.objects.get().size == 3


def test_whoever_is_refused_again_and_again_says_so(monkeypatch):
    def refuse(_inside):
        raise IntegrityError

    one, _other, _third = make_group(3)
    monkeypatch.setattr(clustering, "_store_clusters", refuse)
    with pytest.raises(IntegrityError):
        clustering.regroup([one.uuid])


def test_two_alone_are_no_cluster_and_nothing_is_written(django_assert_num_queries):
    one, other = make_contact(), make_contact()
    make_pair(one, other, probability=0.99)
    with django_assert_num_queries(3):
        clustering.regroup([one.uuid])
    assert not Cluster.objects.exists()
