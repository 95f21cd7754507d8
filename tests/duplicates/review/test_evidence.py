"""Why two contacts may be one person, in words."""

import pytest
from django.utils import timezone, translation

from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.matching.comparison_levels import FIELDS
from piggyadmin.duplicates.mirror import store as mirror
from piggyadmin.duplicates.models import MirroredContact, Pair
from piggyadmin.duplicates.review import finder, learned_model
from piggyadmin.duplicates.review.evidence import evidence_of
from tests.duplicates import labelled
from tests.duplicates.people import MIRA

pytestmark = pytest.mark.django_db


@pytest.fixture
def learned():
    learn(400)


def learn(size):
    """Search contacts of made-up people."""
    rows = labelled.generate(size, seed=3, habits=labelled.JUDGING)
    store(*({name: getattr(row, name) for name in ("uuid", *MIRA)} for row in rows))
    finder.search()


def store(*contacts):
    mirror.store([Contact(**contact) for contact in contacts], read_at=timezone.now())


def said(other, one=MIRA):
    store({"uuid": "m-1", **one}, {"uuid": "m-2", **other})
    points = evidence_of([Pair(first="m-1", second="m-2")])[0]
    return {point.code: point for point in points}


def words(other, one=MIRA):
    return {str(point.words) for point in said(other, one).values()}


def test_all_the_same(learned):
    points = said(MIRA)
    assert set(points) == {f"{field}-same" for field in FIELDS if field not in {"order", "suffix"}}
    assert all(point.bits > 0 for point in points.values())


def test_loudest_first(learned):
    store({"uuid": "m-1", **MIRA}, {"uuid": "m-2", **MIRA, "phonenumber": "0687654321"})
    points = evidence_of([Pair(first="m-1", second="m-2")])[0]
    assert [abs(point.bits) for point in points] == sorted(
        (abs(point.bits) for point in points), reverse=True
    )


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("phonenumber", "+31 6 1234 5678", "same phone, written differently"),
        ("phonenumber", "0612345679", "phone differs by one figure"),
        ("email", "mira.jansen+card@example.test", "same e-mail with a plus tag"),
        ("email", "mira.jansn@example.test", "e-mail differs by one letter"),
        ("birthdate", "25-03-1984", "same birth date, written differently"),
        ("lastname", "Jánsen", "same last name, written differently"),
        ("address", "Kerkstr. 12 1234AB Amsterdam", "same address, written differently"),
    ],
)
def test_words_of_a_field(learned, field, value, expected):
    assert expected in words({**MIRA, field: value})


def test_gmail_address_with_dots(learned):
    plain, dotted = ({**MIRA, "email": f"{local}@gmail.com"} for local in ("mirajan", "mira.jan"))
    assert "gmail address with dots" in words(plain, dotted)


def test_an_address_that_is_written_in_capitals_is_the_same(learned):
    assert "same e-mail" in words({**MIRA, "email": "MIRA.JANSEN@example.test"})


def test_swapped_day_and_month(learned):
    one, other = {**MIRA, "birthdate": "1984-03-05"}, {**MIRA, "birthdate": "1984-05-03"}
    assert "birth dates differ by swapped day and month" in words(other, one)


def test_swapped_names(learned):
    points = said({**MIRA, "firstname": "Jansen", "lastname": "Mira"})
    assert str(points["order-swapped"].words) == "first and last name swapped"


def test_a_rare_name_is_told():
    learn(3000)  # among fewer none is rare
    store({"uuid": "m-3", **MIRA, "lastname": "Szymborska"})
    finder.search()
    rare = {**MIRA, "lastname": "Szymborska"}
    assert "same last name, a rare one" in words({**rare, "email": ""}, {**rare, "phonenumber": ""})


def test_likely_family(learned):
    he = {**MIRA, "firstname": "Bo", "birthdate": "1982-11-02", "email": "bo.j@example.test"}
    points = said(he)
    assert points["likely-family"].bits < 0
    assert points["first-other"].bits < 0
    assert points["house-same"].bits > 0
    assert sum(point.bits for point in points.values()) < 0


def test_likely_parent_and_child(learned):
    points = said({**MIRA, "birthdate": "2010-06-07", "email": "mj2010@example.test"})
    assert points["likely-namesake"].bits < 0


def test_likely_colleagues(learned):
    other = {"firstname": "Bo", "lastname": "Smit", "phonenumber": MIRA["phonenumber"]}
    assert "likely-shared" in said({**other, "birthdate": "1990-01-02", "email": "bo@smit.test"})


def test_what_is_not_known_says_nothing(learned):
    assert set(said({"firstname": "Mira"})) == {"first-same"}


def test_nothing_is_said_before_the_first_search():
    store({"uuid": "m-1", **MIRA}, {"uuid": "m-2", **MIRA})
    assert evidence_of([Pair(first="m-1", second="m-2")]) == [[]]


def test_several_pairs_at_once_and_one_that_is_gone(learned):
    store({"uuid": "m-1", **MIRA}, {"uuid": "m-2", **MIRA})
    gone = Pair(first="m-1", second="no-such-contact")
    nothing, something = evidence_of([gone, Pair(first="m-1", second="m-2")])
    assert nothing == []
    assert something


def test_the_words_fit_the_stored_probability(learned):
    for pair in Pair.objects.filter(cluster=None)[:20]:
        bits = sum(point.bits for point in evidence_of([pair])[0] if "likely" not in point.code)
        assert (bits > 0) or pair.probability < 0.9


def test_in_dutch(learned):
    with translation.override("nl"):
        assert "hetzelfde telefoonnummer" in words(MIRA)


def test_levels_are_read_back_from_codes():
    for field, levels in FIELDS.items():
        for level in levels:
            if level:
                assert learned_model._level(field, {learned_model.code(field, level)}) == level
    assert learned_model._level("order", set()) == 1
    assert learned_model._level("phone", set()) == 0


def test_anonymous_contacts_are_compared_too(learned):
    store({"uuid": "m-3", "is_anonymous": True, "email": "x@anonymous.test", "firstname": "Mira"})
    row = MirroredContact.objects.get(uuid="m-3")
    assert row.key_local is None
    assert finder.check("m-3") == []
