"""How far fields agree."""

import numpy as np
import pytest

from piggyadmin.duplicates.matching.comparison_levels import (
    FIELDS,
    PATTERNS,
    Born,
    Comparison,
    House,
    Mail,
    Name,
    NameOrder,
    Phone,
    Suffix,
)
from piggyadmin.duplicates.matching.normalisation import keys, normalise
from piggyadmin.duplicates.matching.table import Table
from tests.duplicates.people import MIRA, compared


def level(field, one, other):
    return FIELDS[field](compared({**MIRA, **one}, {**MIRA, **other})[field])


def test_the_same_is_the_same_and_nothing_is_missing():
    levels = compared(MIRA, MIRA)
    assert levels.pop("suffix") == 0
    assert set(levels.values()) == {1}
    assert set(compared(MIRA, {}).values()) == {0}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Mira", "Mira", Name.SAME),
        ("Henk", "Hendrik", Name.NICKNAME),
        ("Liz", "Beth", Name.NICKNAME),
        ("M.", "Mira", Name.INITIAL),
        ("Mira", "Mirra", Name.SLIP),
        ("Mira", "Mria", Name.SLIP),
        ("Jan", "Jan Willem", Name.PART),
        ("Sebastiaan", "Sebastien", Name.SLIP),
        ("Jessica", "Jessie", Name.SIMILAR),
        ("Mira", "Bo", Name.OTHER),
        ("A", "Mira", Name.OTHER),
        ("", "Mira", Name.MISSING),
    ],
)
def test_first_names(one, other, expected):
    assert level("first", {"firstname": one}, {"firstname": other}) == expected
    assert level("first", {"firstname": other}, {"firstname": one}) == expected


def test_married_names():
    other = {"lastname": "Jansen-Smit"}
    assert level("last", {}, other) == Name.PART


def test_swapped_names_are_read_the_right_way_round():
    levels = compared(MIRA, {"firstname": "Jansen", "lastname": "Mira"})
    assert levels["order"] == NameOrder.SWAPPED
    assert (levels["first"], levels["last"]) == (Name.SAME, Name.SAME)


def test_swapped_names_with_a_short_form():
    one = {"firstname": "Henk", "lastname": "Bosma"}
    for other in ({"firstname": "Bosma", "lastname": "Hendrik"},):
        levels, back = compared(one, other), compared(other, one)
        assert levels["order"] == back["order"] == NameOrder.SWAPPED
        assert (levels["first"], levels["last"]) == (Name.NICKNAME, Name.SAME)
        assert (back["first"], back["last"]) == (Name.NICKNAME, Name.SAME)


def test_names_that_differ_are_not_swapped():
    levels = compared(MIRA, {"firstname": "Bo", "lastname": "Smit"})
    assert levels["order"] == NameOrder.STRAIGHT
    assert (levels["first"], levels["last"]) == (Name.OTHER, Name.OTHER)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("mira.jansen@example.test", Mail.SAME),
        ("mira-jansen@example.test", Mail.PUNCTUATION),
        ("mira.jansen@exmple.test", Mail.DOMAIN_SLIP),
        ("mira.jansn@example.test", Mail.SLIP),
        ("mira.jansen@kpn.test", Mail.OTHER_DOMAIN),
        ("mira.jnsn@example.test", Mail.CLOSE),
        ("mira.jansen84@example.test", Mail.CLOSE),
        ("bo@smit.test", Mail.OTHER),
        ("", Mail.MISSING),
    ],
)
def test_addresses(other, expected):
    assert level("mail", {}, {"email": other}) == expected


def test_figures_in_an_address_are_chosen_and_no_slip():
    one, other = {"email": "mira12@example.test"}, {"email": "mira13@example.test"}
    assert level("mail", one, other) == Mail.CLOSE


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("+31612345678", Phone.SAME),
        ("0612345679", Phone.SLIP),
        ("0612354678", Phone.SLIP),
        ("0687654321", Phone.OTHER),
    ],
)
def test_phones(other, expected):
    assert level("phone", {}, {"phonenumber": other}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1984-03-25", "25-03-1984", Born.SAME),
        ("1984-03-05", "1984-05-03", Born.SWAPPED),
        ("1984-03-25", "1984-03-26", Born.SLIP),
        ("1984-03-25", "1985-03-25", Born.SLIP),
        ("1984-03-25", "1948-03-25", Born.SLIP),
        ("1984-03-25", "1987-09-14", Born.OTHER),
        ("1984-03-25", "2012-09-14", Born.GENERATION),
    ],
)
def test_dates_of_birth(one, other, expected):
    assert level("born", {"birthdate": one}, {"birthdate": other}) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("Kerkstr. 12 1234AB", House.SAME),
        ("Kerkstraat 12", House.STREET),
        ("Kerskstraat 12, 1234 AB Amsterdam", House.SLIP),
        ("Kerkstraat 99, 1234 AB Amsterdam", House.POSTCODE),
        ("Kerkstraat 12, 9999 ZZ Ede", House.ELSEWHERE),
        ("Spui 3, 2511 BL Den Haag", House.OTHER),
        ("", House.MISSING),
    ],
)
def test_homes(other, expected):
    assert level("house", {}, {"address": other}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("+31 6 87 65 43 21", "+33 6 87 65 43 21", Phone.OTHER),
        ("0687654321", "+33 6 87654321", Phone.OTHER),
        ("0687654321", "+31 6 87 65 43 21", Phone.SAME),
        # Whose it is cannot be known: there is no such number at home.
        ("0151 12345678", "+49 151 12345678", Phone.SAME),
        ("0151 12345678", "+49 161 12345678", Phone.SLIP),
        ("020-1234567", "030-1234567", Phone.SLIP),
        ("+31 6 87 65 43 21", "+33 6 87 65 43 22", Phone.OTHER),
    ],
)
def test_country_and_area_belong_to_a_number(one, other, expected):
    assert level("phone", {"phonenumber": one}, {"phonenumber": other}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1e Helmersstraat 20, 1054 AB Amsterdam", "1e Helmersstraat 24, 1054 AB", House.POSTCODE),
        ("1e Helmersstraat 20", "1e Helmersstraat 24", House.OTHER),
        ("1e Helmersstraat 20, 1054 AB", "1e Helmerstraat 20, 1054 AB", House.SLIP),
        ("Kerkstraat 12-1", "Kerkstraat 12-3", House.OTHER),
        ("Kerkstraat 12-1", "Kerkstraat 12", House.SLIP),
        ("Flat 3, 12 High Street", "Flat 3, 88 High Street", House.OTHER),
        ("Flat 3, 12 High Street", "Flat 4, 12 High Street", House.OTHER),
        ("Kerkstraat 12a", "Kerkstraat 12 a", House.STREET),
        ("Kerkstraat 12", "Kerkstraat 13", House.OTHER),
    ],
)
def test_neighbours_have_no_slip_in_their_address(one, other, expected):
    assert level("house", {"address": one}, {"address": other}) == expected


def test_vowel_signs_tell_names_apart():
    assert level("first", {"firstname": "राम"}, {"firstname": "रीना"}) == Name.OTHER


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Bakker sr.", "Bakker jr.", Suffix.OTHER),
        ("Bakker senior", "Bakker Sr", Suffix.SAME),
        ("Bakker", "Bakker jr.", Suffix.MISSING),
    ],
)
def test_who_says_that_they_are_two(one, other, expected):
    assert level("suffix", {"lastname": one}, {"lastname": other}) == expected
    assert level("last", {"lastname": one}, {"lastname": other}) == Name.SAME


def test_domains_that_differ_by_an_accent_are_two():
    one, other = {"email": "a.bakker@müller-bau.example"}, {"email": "a.bakker@muller-bau.example"}
    assert level("mail", one, other) == Mail.DOMAIN_SLIP
    assert level("mail", one, {"email": "a.bakker@xn--mller-bau-q9a.example"}) == Mail.SAME


def test_a_pattern_tells_how_many_of_two_have_each_field():
    nobody = {"firstname": "Mira"}
    dated = {**nobody, "birthdate": "1984-03-25"}
    rows = [normalise(**each) for each in (nobody, dated, MIRA)]
    comparison = Comparison(Table((row, keys(row)) for row in rows))
    one, other = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])
    assert comparison.patterns(one, other).tolist() == [0, 9, 18, PATTERNS - 1]
    assert comparison.patterns(other, one).tolist() == comparison.patterns(one, other).tolist()
    assert comparison.patterns_of_two().sum() == pytest.approx(1)
    assert comparison.patterns_of_two()[0] == pytest.approx(1 / 9)
