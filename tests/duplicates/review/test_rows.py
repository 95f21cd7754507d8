"""Pairs and clusters as people read them."""

import pytest
from django.test.utils import CaptureQueriesContext

from piggyadmin.duplicates.models import Cluster, Pair, PairStatus
from piggyadmin.duplicates.review.rows import (
    LOUDEST,
    WIDEST,
    cluster_rows,
    others_of_contact,
    pairs_of_contact,
    rows_of,
)
from tests.duplicates.pairs import make_cluster, make_contact, make_pair

pytestmark = pytest.mark.django_db


def test_a_row_knows_both(evidence):
    mira, other = make_contact("Mira Jansen"), make_contact("M. Jansen")
    (row,) = rows_of([make_pair(mira, other)])
    assert (row.first, row.second) == (mira, other)
    assert list(row.loudest) == evidence[:LOUDEST]


def looks_into_the_mirror(queries: CaptureQueriesContext) -> int:
    return sum("duplicates_mirroredcontact" in query["sql"] for query in queries)


def test_rows_look_into_the_mirror_once(django_assert_num_queries):
    pairs = [make_pair() for _ in range(5)]
    # The other one asks which model is the newest.
    with django_assert_num_queries(2) as queries:
        assert len(rows_of(pairs)) == 5
    assert looks_into_the_mirror(queries) == 1
    assert rows_of([]) == []


def test_a_cluster_looks_into_the_mirror_once(django_assert_num_queries):
    cluster = make_cluster(4)
    with django_assert_num_queries(3) as queries:
        assert len(cluster_rows(cluster).rows) == 3
    assert looks_into_the_mirror(queries) == 1


def test_pairs_of_a_contact_the_surest_first():
    mira = make_contact()
    low, high = (make_pair(mira, probability=p) for p in (0.6, 0.9))
    make_pair(mira, status=PairStatus.GONE)
    make_pair(mira, status=PairStatus.MERGED)
    make_pair()
    assert pairs_of_contact(mira.uuid) == [high, low]


def test_the_other_ones_of_a_contact_as_far_as_they_are_known():
    mira, other = make_contact("Mira Jansen"), make_contact("M. Jansen")
    pair = make_pair(mira, other)
    assert others_of_contact(mira.uuid) == [(pair, other.uuid, other)]
    mira.delete()
    assert others_of_contact(other.uuid) == [(pair, mira.uuid, None)]
    assert others_of_contact("nobody") == []


def linked(*links: tuple[int, int, float]) -> Cluster:
    """Make a cluster with links between numbered contacts."""
    numbers = sorted({number for link in links for number in link[:2]})
    contacts = {number: make_contact(f"Mira{number} Jansen") for number in numbers}
    cluster = Cluster.objects.create(size=len(numbers), weakest=0)
    for one, other, probability in links:
        make_pair(contacts[one], contacts[other], probability=probability, cluster=cluster)
    return cluster


def test_the_weakest_link_is_one_that_is_needed():
    # 1-3 is the least sure, but 1 and 3 hang together over 2 as well.
    shown = cluster_rows(linked((1, 2, 0.99), (2, 3, 0.95), (1, 3, 0.7), (3, 4, 0.97)))
    assert shown.weakest.probability == 0.95
    assert [row.pair.probability for row in shown.rows] == [0.99, 0.97, 0.95, 0.7]


def test_every_contact_is_told_how_surely_it_is_each_other_one():
    shown = cluster_rows(linked((1, 2, 0.99), (2, 3, 0.95)))
    square = [[link and link.probability for link in member.links] for member in shown.members]
    assert square == [[None, 0.99, None], [0.99, None, 0.95], [None, 0.95, None]]
    assert [member.contact.firstname for member in shown.members] == ["Mira1", "Mira2", "Mira3"]


def test_a_large_cluster_is_no_square():
    assert cluster_rows(make_cluster(WIDEST)).is_square
    assert not cluster_rows(make_cluster(WIDEST + 1)).is_square


def test_what_is_over_is_left_out():
    cluster = make_cluster(3)
    first, _second = cluster.pairs.order_by("id")
    Pair.objects.filter(pk=first.pk).update(status=PairStatus.MERGED)
    assert len(cluster_rows(cluster).members) == 2
    Pair.objects.update(status=PairStatus.GONE)
    shown = cluster_rows(cluster)
    assert (shown.members, shown.rows, shown.weakest) == ([], [], None)
