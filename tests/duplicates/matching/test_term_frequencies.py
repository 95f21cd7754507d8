"""How common values are, and what that says."""

import json

import numpy as np
import pytest

from piggyadmin.duplicates.matching.comparison_levels import Comparison
from piggyadmin.duplicates.matching.fellegi_sunter import strangers_of
from piggyadmin.duplicates.matching.term_frequencies import Frequencies
from tests.duplicates.people import MIRA, table

CROWD = [{"firstname": "Emma", "lastname": "de Vries", "birthdate": "1990-01-01"}] * 30
OTHERS = [
    {
        "firstname": f"N{'abcdefghij'[n]}",
        "lastname": f"L{'abcdefghij'[n]}",
        "birthdate": f"19{n}0-02-03",
    }
    for n in range(1, 10)
]


def chances(contacts, one, other, recalled=None):
    found = table(*contacts)
    comparison = Comparison(found)
    rows = np.array([one]), np.array([other])
    levels = comparison.levels(*rows)
    strangers = strangers_of(comparison, np.random.default_rng(1))
    of = Frequencies(found, recalled).chances(*rows, levels, strangers)
    return {field: float(np.exp(chance[0])) for field, chance in of.items()}


def test_sharing_a_common_name_says_less():
    rare = {**MIRA, "firstname": "Szymon", "lastname": "Szymborska"}
    contacts = [*CROWD, rare, rare]
    common, seldom = chances(contacts, 0, 1), chances(contacts, 30, 31)
    for field in ("first", "last"):
        assert common[field] > 10 * seldom[field]


def test_a_number_that_many_have_is_shared_by_chance():
    family = {"phonenumber": "0611223344"}
    company = {"phonenumber": "0699887766"}
    contacts = [family, family, *[company] * 20]
    assert chances(contacts, 0, 1)["phone"] < 0.001 < chances(contacts, 2, 3)["phone"]


def test_a_date_that_everybody_has_says_little():
    contacts = [*CROWD, *OTHERS, {"birthdate": "1984-03-25"}, {"birthdate": "1984-03-25"}]
    assert chances(contacts, 0, 1)["born"] > 5 * chances(contacts, -2 + 41, 40)["born"]


def test_what_is_not_known_has_no_weight():
    assert set(chances([{}, MIRA], 0, 1).values()) == {1.0}


def test_swapped_names_are_as_common_as_they_are():
    swapped = {"firstname": "de Vries", "lastname": "Emma"}
    assert chances([*CROWD, swapped], 0, 30)["first"] == pytest.approx(
        chances([*CROWD, swapped], 0, 1)["first"], rel=0.1
    )


def test_frequencies_are_recalled_for_few_contacts():
    parameters = json.loads(json.dumps(Frequencies(table(*CROWD, MIRA, MIRA)).parameters()))
    assert parameters["first"]["common"] == {"emma": 30.0}
    few = chances([CROWD[0], CROWD[0]], 0, 1, recalled=parameters)
    many = chances([*CROWD, MIRA, MIRA], 0, 1)
    assert few["first"] == pytest.approx(many["first"])
    assert few["last"] == pytest.approx(many["last"])
    rare = chances([MIRA, MIRA], 0, 1, recalled=parameters)
    assert rare["first"] < few["first"] / 10


def test_a_date_that_improbably_many_share_says_nothing():
    dated = [{"birthdate": f"{year}-05-14"} for year in range(1940, 2000)]
    contacts = [*dated, *[{"birthdate": "1985-01-01"}] * 24]
    found = Frequencies(table(*contacts))
    assert found.placeholders == ["1985-01-01"]
    recalled = json.loads(json.dumps(found.parameters()))
    few = table({"birthdate": "1985-01-01"}, {"birthdate": "1960-05-14"})
    Frequencies(few, recalled)
    assert [few["born"].texts[code] for code in few["born"].codes] == ["", "1960-05-14"]


def test_names_of_one_country_go_together():
    one, other = (
        {"firstname": "Jan", "lastname": "Jansen"},
        {"firstname": "Uwe", "lastname": "Otto"},
    )
    contacts = [
        {**name, "birthdate": f"{1940 + n}-05-14"} for name in (one, other) for n in range(60)
    ]
    assert 1.5 < Frequencies(table(*contacts)).together < 2.1


def crowd(*, namesakes):
    """Make up people with rare names, of whom so many have a namesake of their own age."""
    letters = "abcdefghijklmnopqrst"
    names = [{"firstname": f"K{a}o{b}", "lastname": f"W{b}{a}m"} for a in letters for b in letters]
    people = [{**name, "birthdate": f"19{40 + n % 50}-05-14"} for n, name in enumerate(names)]
    others = [
        {**each, "birthdate": f"19{43 + n % 50}-07-21"} for n, each in enumerate(people[:namesakes])
    ]
    return [*people, *others]


def test_strangers_who_share_a_rare_name_are_counted():
    few, many = (Frequencies(table(*crowd(namesakes=n))).namesakes for n in (0, 100))
    assert many > 5 * few


def test_a_rare_name_says_less_where_namesakes_are_many():
    contacts = crowd(namesakes=100)
    pair = chances(contacts, 0, 400)
    few = chances(contacts, 0, 400, recalled=parameters_with(contacts, namesakes=0.001))
    assert pair["first"] * pair["last"] > 5 * few["first"] * few["last"]


def parameters_with(contacts, **changed):
    return json.loads(json.dumps(Frequencies(table(*contacts)).parameters())) | changed


def test_a_name_that_many_have_says_less_than_its_parts():
    """Both names are rare by themselves, but go together as if they were one."""
    together = {"firstname": "Ram", "lastname": "Sharma"}
    apart = [{"firstname": "Ram", "lastname": f"X{n}"} for n in "abcdef"]
    contacts = [*[together] * 12, *apart, *crowd(namesakes=0)]
    pair = chances(contacts, 0, 1)
    assert pair["first"] * pair["last"] == pytest.approx(8 / 418, rel=0.01)


def test_names_are_recalled_together():
    contacts = [*[MIRA] * 9, *CROWD]
    recalled = parameters_with(contacts)
    whole, few = chances(contacts, 0, 1), chances([MIRA, MIRA], 0, 1, recalled=recalled)
    assert few["first"] * few["last"] == pytest.approx(whole["first"] * whole["last"])
