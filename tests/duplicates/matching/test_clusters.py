"""What follows from links, and who belongs together."""

import numpy as np
import pytest

from piggyadmin.duplicates.matching.clusters import (
    Links,
    clusters,
    conclusions,
    each_once,
    joined,
    pack,
    unpack,
)


def links(*triples):
    one, other, probability = zip(*triples, strict=True) if triples else ((), (), ())
    return Links(np.array(one, np.int64), np.array(other, np.int64), np.array(probability, float))


def found(which):
    return {
        (int(one), int(other)): pytest.approx(float(probability))
        for one, other, probability in zip(*which, strict=True)
    }


def test_pairs_are_packed_whichever_way_round():
    one, other = np.array([5, 2]), np.array([3, 9])
    assert [column.tolist() for column in unpack(pack(one, other))] == [[3, 2], [5, 9]]


def test_each_pair_once_and_in_order():
    packed = np.array([5 << 32 | 6, 7, 5 << 32 | 6, 0, 7])
    assert each_once(packed).tolist() == [0, 7, 5 << 32 | 6]


def test_none_of_nothing():
    assert each_once(np.zeros(0, np.int64)).tolist() == []


def test_what_follows_from_two_links():
    assert found(conclusions(links((0, 1, 0.9), (1, 2, 0.8)))) == {(0, 2): 0.72}


def test_the_surest_way_counts():
    given = links((0, 1, 0.9), (1, 2, 0.8), (0, 3, 0.95), (2, 3, 0.95))
    assert found(conclusions(given))[0, 2] == pytest.approx(0.9025)


def test_nothing_is_surer_than_sure():
    assert found(conclusions(links((0, 1, 1.0), (1, 2, 1.0)))) == {(0, 2): 0.995}


def test_weak_links_carry_nothing():
    assert found(conclusions(links((0, 1, 0.9), (1, 2, 0.1)))) == {}


def test_nothing_follows_from_a_placeholder():
    star = [(0, other, 0.9) for other in range(1, 30)]
    assert found(conclusions(links(*star))) == {}


def test_nothing_follows_from_nothing():
    assert found(conclusions(links())) == {}
    assert found(joined(links(), links())) == {}


def test_joined_links_are_each_there_once_and_as_sure_as_anywhere():
    both = joined(links((0, 1, 0.5), (1, 2, 0.9)), links((0, 1, 0.7), (0, 2, 0.6)))
    assert found(both) == {(0, 1): 0.7, (0, 2): 0.6, (1, 2): 0.9}


def grouped(*triples, least=0.5):
    return {frozenset(group) for group in clusters(triples, least)}


def test_who_is_linked_to_all_others_belongs():
    assert grouped((1, 2, 0.9), (2, 3, 0.8), (1, 3, 0.6)) == {frozenset({1, 2, 3})}


def test_a_chain_is_not_glued_into_one():
    assert grouped((1, 2, 0.9), (2, 3, 0.8)) == {frozenset({1, 2})}
    assert grouped((1, 2, 0.9), (2, 3, 0.8), (1, 3, 0.3)) == {frozenset({1, 2})}


def test_the_surest_links_come_first():
    assert grouped((1, 2, 0.6), (2, 3, 0.9)) == {frozenset({2, 3})}


def test_two_groups_become_one_when_all_are_linked():
    every = [
        (a, b, 0.9 if (a, b) in {(1, 2), (3, 4)} else 0.6)
        for a in range(1, 5)
        for b in range(a + 1, 5)
    ]
    assert grouped(*every) == {frozenset({1, 2, 3, 4})}


def test_weak_links_group_nobody():
    assert grouped((1, 2, 0.4)) == set()
