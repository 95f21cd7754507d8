"""First and last names in each other's field: who has them the right way round."""

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.duplicates.plan import make_plan
from piggyadmin.duplicates.sides import Side
from piggyadmin.duplicates.survivor import propose
from piggyadmin.duplicates.swapped import right_way_round, swapped

pytestmark = pytest.mark.django_db


def side(uuid, first, last, email="x@example.test"):
    values = {"firstname": first, "lastname": last}
    contact = Contact(uuid=uuid, email=email)
    return Side(contact=contact, identifiers=[], vouchers=0, values=values, shown=values)


def mirror(*names):
    MirroredContact.objects.bulk_create(
        MirroredContact(uuid=f"{at}", fingerprint="", firstname=first, lastname=last)
        for at, (first, last) in enumerate(names)
    )


def right(*sides):
    found = right_way_round(sides)
    return found and [each.uuid for each in found]


def test_where_none_are_swapped_all_are_right():
    assert right(side("a", "Noa", "Bakker"), side("b", "N.", "Bakker")) == ["a", "b"]
    assert right(side("a", "Noa", "Bakker"), side("b", "Karel", "Vis")) == ["a", "b"]


@pytest.mark.parametrize("is_first", [True, False])
def test_how_often_a_name_is_a_first_name_tells(is_first):
    mirror(("Noa", "Visser"), ("Noa", "Smit"), ("Karel", "Bakker"), ("Noam", "Bakkering"))
    sides = [side("right", "Noa", "Bakker"), side("wrong", "BAKKER", "NOA")]
    assert right(*(sides if is_first else reversed(sides))) == ["right"]


def test_address_tells():
    mail = "noa.bakker12@example.test"
    assert right(side("a", "Bakker", "Noa", mail), side("b", "Noa", "Bakker", mail)) == ["b"]
    mail = "nbakker@example.test"
    assert right(side("a", "Bakker", "Noa", mail), side("b", "Noa", "Bakker")) == ["b"]


def test_list_of_first_names_tells():
    assert right(side("a", "Bakker", "Willem"), side("b", "Willem", "Bakker")) == ["b"]


def test_most_of_several_tell():
    sides = [side("a", "Bakker", "Noa"), side("b", "Noa", "Bakker"), side("c", "Noa", "Bakker")]
    mirror(*((each.values["firstname"], each.values["lastname"]) for each in sides))
    assert swapped(sides) == [False, True, True]
    assert right(*sides) == ["b", "c"]


def test_nothing_tells():
    assert right(side("a", "Xyzzy", "Foobar"), side("b", "Foobar", "Xyzzy")) is None


def planned(*sides):
    survivor, *sources = sides
    return make_plan(propose(sides), survivor=survivor, sources=sources, chosen={}, labels={})


def test_right_way_round_is_proposed_whoever_survives():
    names = side("a", "Bakker", "Willem"), side("b", "Willem", "Bakker")
    for sides in (names, names[::-1]):
        made = planned(*sides)
        assert (made.keep["firstname"], made.keep["lastname"]) == ("b", "b")
        assert made.kept_values == {"firstname": "Willem", "lastname": "Bakker"}
        assert all("swapped" in row.words for row in made.rows)


def test_nothing_is_proposed_where_nothing_tells():
    made = planned(side("a", "Xyzzy", "Foobar"), side("b", "Foobar", "Xyzzy"))
    assert [row.name for row in made.undecided] == ["firstname", "lastname"]
