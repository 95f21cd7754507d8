"""Who is compared with whom."""

import numpy as np

from piggyadmin.duplicates.matching.blocking import LARGEST, candidates
from piggyadmin.duplicates.matching.clusters import unpack
from piggyadmin.duplicates.matching.normalisation import Keys
from tests.duplicates.people import MIRA, table


def pairs(found, **options):
    one, other = unpack(candidates(found, **options))
    return set(zip(one.tolist(), other.tolist(), strict=True))


def test_those_who_share_a_key_each_pair_once():
    found = table(MIRA, MIRA, {"firstname": "Bo", "lastname": "Smit"}, {})
    assert pairs(found) == {(0, 1)}


def test_one_shared_key_is_enough():
    phone = {"phonenumber": MIRA["phonenumber"], "firstname": "Bo"}
    swapped = {"firstname": "Jansen", "lastname": "Mira"}
    assert pairs(table(MIRA, phone, swapped)) == {(0, 1), (0, 2)}


def test_a_key_that_too_many_share_is_none():
    crowd = [{"email": f"info@shop{number}.test"} for number in range(LARGEST["local"] + 1)]
    assert pairs(table(*crowd)) == set()
    assert len(pairs(table(*crowd[1:]))) == LARGEST["local"] * (LARGEST["local"] - 1) / 2


def test_five_thousand_with_one_placeholder_are_not_compared_with_each_other():
    crowd = [
        {"email": "info@shop.test", "phonenumber": "0600000000", "firstname": f"Name{number}"}
        for number in range(5_000)
    ]
    assert pairs(table(*crowd)) == set()


def test_only_pairs_with_somebody_who_changed():
    found = table(MIRA, MIRA, MIRA)
    assert pairs(found, changed=np.array([False, False, True])) == {(0, 2), (1, 2)}
    assert pairs(found, changed=np.array([False, False, False])) == set()


def test_every_key_has_its_limit():
    assert set(LARGEST) == set(Keys._fields)


def test_nobody_at_all():
    assert pairs(table()) == set()
