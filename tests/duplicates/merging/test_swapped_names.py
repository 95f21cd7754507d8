"""First and last names in each other's field: who has them the right way round."""

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.plan import make_plan
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.duplicates.merging.swapped_names import _weight, right_way_round, swapped
from piggyadmin.duplicates.models import MirroredContact

pytestmark = pytest.mark.django_db


def candidate(uuid, first, last, email="x@example.test"):
    values = {"firstname": first, "lastname": last}
    contact = Contact(uuid=uuid, email=email)
    return Candidate(contact=contact, identifiers=[], vouchers=0, values=values, shown=values)


def mirror(*names):
    MirroredContact.objects.bulk_create(
        MirroredContact(uuid=f"{at}", fingerprint="", firstname=first, lastname=last)
        for at, (first, last) in enumerate(names)
    )


def right(*candidates):
    found = right_way_round(candidates)
    return found and [each.uuid for each in found]


def test_where_none_are_swapped_all_are_right():
    assert right(candidate("a", "Noa", "Bakker"), candidate("b", "N.", "Bakker")) == ["a", "b"]
    assert right(candidate("a", "Noa", "Bakker"), candidate("b", "Karel", "Vis")) == ["a", "b"]


@pytest.mark.parametrize("is_first", [True, False])
def test_how_often_a_name_is_a_first_name_tells(is_first):
    mirror(("Noa", "Visser"), ("Noa", "Smit"), ("Karel", "Bakker"), ("Noam", "Bakkering"))
    candidates = [candidate("right", "Noa", "Bakker"), candidate("wrong", "BAKKER", "NOA")]
    assert right(*(candidates if is_first else reversed(candidates))) == ["right"]


def test_address_tells():
    mail = "noa.bakker12@example.test"
    assert right(candidate("a", "Bakker", "Noa", mail), candidate("b", "Noa", "Bakker", mail)) == [
        "b"
    ]
    mail = "nbakker@example.test"
    assert right(candidate("a", "Bakker", "Noa", mail), candidate("b", "Noa", "Bakker")) == ["b"]


def test_list_of_first_names_tells():
    assert right(candidate("a", "Bakker", "Willem"), candidate("b", "Willem", "Bakker")) == ["b"]


def test_most_of_several_tell():
    candidates = [
        candidate("a", "Bakker", "Noa"),
        candidate("b", "Noa", "Bakker"),
        candidate("c", "Noa", "Bakker"),
    ]
    mirror(*((each.values["firstname"], each.values["lastname"]) for each in candidates))
    assert swapped(candidates) == [False, True, True]
    assert right(*candidates) == ["b", "c"]


def test_nothing_tells():
    assert right(candidate("a", "Xyzzy", "Foobar"), candidate("b", "Foobar", "Xyzzy")) is None


def planned(*candidates):
    survivor, *sources = candidates
    return make_plan(propose(candidates), survivor=survivor, sources=sources, chosen={}, labels={})


def test_right_way_round_is_proposed_whoever_survives():
    names = candidate("a", "Bakker", "Willem"), candidate("b", "Willem", "Bakker")
    for candidates in (names, names[::-1]):
        made = planned(*candidates)
        assert (made.keep["firstname"], made.keep["lastname"]) == ("b", "b")
        assert made.kept_values == {"firstname": "Willem", "lastname": "Bakker"}
        assert all("swapped" in row.words for row in made.rows)


def test_nothing_is_proposed_where_nothing_tells():
    made = planned(candidate("a", "Xyzzy", "Foobar"), candidate("b", "Foobar", "Xyzzy"))
    assert [row.name for row in made.undecided] == ["firstname", "lastname"]


def test_half_a_name_tells_nothing():
    for first, last in (("Noa", ""), ("", "Bakker")):
        assert _weight(candidate("a", first, last)) == 0
    assert _weight(candidate("a", "Willem", "Bakker")) > 0
    assert _weight(candidate("a", "Bakker", "Willem")) < 0
