"""Contacts are found by any part of what they are called, in any order, with one slip forgiven."""

from typing import Any

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.mirror import store, text_search
from piggyadmin.duplicates.models import MirroredContact
from tests.duplicates.mirror.test_store import NOW
from tests.duplicates.moving import contact, uuid_of

pytestmark = pytest.mark.django_db
PEOPLE = (
    {"firstname": "Mira", "lastname": "Jansen", "email": "mira.jansen@example.test"},
    {"firstname": "Zoë", "lastname": "van der Berg", "phonenumber": "+31 6 12345678"},
    {"firstname": "Łukasz", "lastname": "Mulder", "email": "lm@example.test"},
    {"firstname": "Mira", "lastname": "Bakker", "default_contact_identifier": "CARD-4471"},
    {"firstname": "100%", "lastname": 'O"Neil_x', "email": "o@example.test"},
)


@pytest.fixture(autouse=True)
def people():
    """Mirror some people."""
    mirror(*(made(at, **each) for at, each in enumerate(PEOPLE)))


def made(number: int, **values: Any) -> dict[str, Any]:
    email = values.pop("email", f"c{number}@example.test")
    return contact(number, **values) | {"email": email}


def mirror(*contacts: dict[str, Any]) -> None:
    store.store([Contact.model_validate(each) for each in contacts], read_at=NOW)


def found(query: str) -> list[str]:
    return [row.lastname for row in text_search.find(query).contacts]


@pytest.mark.parametrize(
    ("query", "lastnames"),
    [
        ("jansen", ["Jansen"]),
        ("JANSEN mira", ["Jansen"]),
        ("ans", ["Jansen"]),
        ("zoe", ["van der Berg"]),
        ("Zoé berg", ["van der Berg"]),
        ("lukasz", ["Mulder"]),
        ("06 1234 5678", ["van der Berg"]),
        ("0031612345678", ["van der Berg"]),
        ("berg 345678", ["van der Berg"]),
        ("card-44", ["Bakker"]),
        ("4471", ["Bakker"]),
        ("mira b", ["Bakker"]),
        ("mi", ["Bakker", "Jansen"]),
        ("mira.jan", ["Jansen"]),
        ('o"neil', ['O"Neil_x']),
        ("100%", ['O"Neil_x']),
    ],
)
def test_any_part_of_what_a_contact_is_called(query, lastnames):
    assert sorted(found(query)) == sorted(lastnames)


@pytest.mark.parametrize(
    ("query", "lastnames"),
    [
        ("lm@example.test", ["Mulder"]),
        ("LM@Example.test", ["Mulder"]),
        ("mulder lm@example.test", ["Mulder"]),
        ("m@example.test", ["Mulder"]),
        ("jansen lm@example.test", []),
        ("lm@example.test mira.jansen@example.test", []),
    ],
)
def test_a_whole_address_is_its_owners(query, lastnames):
    assert found(query) == lastnames


def test_nobody_is_found_by_an_address_that_was_invented_for_them():
    mirror(made(7, email="r4nd0m@piggy.test", lastname="Nobody", is_anonymous=True))
    assert found("r4nd0m@piggy.test") == []


@pytest.mark.parametrize(
    "query", ["", " ", "m", "%", '"', "_", "%%%", '"" OR mira', "mira NOT x", "0000", "z" * 10_000]
)
def test_nobody_is_found_by_what_says_nothing_and_nothing_is_a_pattern(query):
    assert found(query) == []


@pytest.mark.parametrize(
    ("query", "lastname"),
    [
        ("jansem", "Jansen"),
        ("janzen", "Jansen"),
        ("jasnen", "Jansen"),
        ("jansenn", "Jansen"),
        ("jansn", "Jansen"),
        ("ajnsen", "Jansen"),
        ("mira janzen", "Jansen"),
        ("mudler lukasz", "Mulder"),
        ("bakkr", "Bakker"),
    ],
)
def test_one_slip_is_forgiven(query, lastname):
    result = text_search.find(query)
    assert [row.lastname for row in result.contacts] == [lastname]
    assert not result.is_exact


@pytest.mark.parametrize("query", ["jamzen", "mire", "jnasne"])
def test_two_slips_or_one_in_a_short_word_are_not(query):
    assert found(query) == []


def test_whoever_is_called_just_so_comes_first():
    mirror(*(made(10 + at, firstname="Mirabelle", lastname="Xu") for at in range(3)))
    assert set(found("mira")[:2]) == {"Jansen", "Bakker"}


def test_a_change_is_found_and_what_was_is_not():
    mirror(made(0, firstname="Mira", lastname="Visser"))
    assert (found("visser"), found("jansen")) == (["Visser"], [])


def test_whoever_has_left_is_not_found():
    store.forget([uuid_of(0)])
    assert found("jansen") == []
    store.empty()
    assert not MirroredContact.objects.exists()
    assert found("mulder") == []


def test_the_address_of_an_anonymous_contact_is_not_what_it_is_called():
    mirror(made(20, firstname="", email="8f1e@anonymous.example", is_anonymous=True))
    assert MirroredContact.objects.get(uuid=uuid_of(20)).search_text == ""


def test_who_is_called_so_is_told_without_forgiving_a_slip():
    assert text_search.called("mira jansen") == [uuid_of(0)]
    assert text_search.called("jan mir") == [uuid_of(0)]
    assert text_search.called("mira jamsen") == []


def test_nobody_is_called_as_something_else_of_theirs_reads():
    row = MirroredContact.objects.get(uuid=uuid_of(0))
    for text in ("ansen", row.email, row.email.partition("@")[0], row.phonenumber[-4:], ""):
        assert uuid_of(0) not in text_search.called(text), text


def test_a_slip_is_forgiven_where_names_are_looked_for():
    assert found("mira jamsen") == ["Jansen"]
