import re
from collections import Counter
from datetime import date, timedelta
from itertools import islice
from random import Random

import pytest

from piggyadmin.sandbox import duplicate_factory
from piggyadmin.sandbox.contact_factory import (
    COUNTRIES,
    Mailboxes,
    bare_phone,
    new_person,
    phone_styles,
    same_mailbox,
    without_marks,
)
from piggyadmin.sandbox.contact_stream import people
from piggyadmin.sandbox.duplicate_factory import DUPLICATES, LOOK_ALIKES, typo

TODAY = date(2026, 3, 4)


@pytest.fixture(scope="module")
def crowd():
    return list(people(20_000, seed=7, today=TODAY))


def relatives(crowd, kind):
    """Give the pairs that a kind has made: the earlier contact and the later one."""
    return [(crowd[each.relative], each) for each in crowd if each.kind == kind and each.relative]


# --- The stream ------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_people(crowd):
    assert list(people(300, seed=7, today=TODAY)) == crowd[:300]
    assert list(people(300, seed=8, today=TODAY)) != crowd[:300]


def test_people_are_made_one_by_one():
    endless = people(10**9, seed=1, today=TODAY)
    assert [each.number for each in islice(endless, 3)] == [0, 1, 2]


def test_shares(crowd):
    kinds = Counter("duplicate" if each.is_duplicate else each.kind for each in crowd)
    assert 0.07 < kinds["duplicate"] / len(crowd) < 0.09
    assert 0.05 < sum(kinds[kind] for kind in LOOK_ALIKES) / len(crowd) < 0.07
    assert {each.kind for each in crowd} == {"", "anonymous", *DUPLICATES, *LOOK_ALIKES}
    countries = Counter(each.country for each in crowd)
    assert countries["NL"] > countries["DE"] > countries["GB"] > len(crowd) / 20


def test_common_names_are_common(crowd):
    names = Counter(each.lastname for each in crowd if each.country == "NL" and each.lastname)
    assert names["de Jong"] > 20 * names["Szymborska"]
    assert sum(1 for count in names.values() if count == 1) > 200


def test_clusters_are_small(crowd):
    sizes = Counter(Counter(each.identity for each in crowd).values())
    assert set(sizes) <= {1, 2, 3, 4, 5}
    assert sizes[3] > 0


def test_identities_point_at_the_first_contact_of_a_person(crowd):
    for each in crowd:
        assert crowd[each.identity].identity == each.identity
        assert each.is_duplicate == (each.kind in DUPLICATES and each.relative is not None)


def test_addresses_are_unique_valid_and_reserved(crowd):
    emails = [each.email for each in crowd]
    assert len(set(emails)) == len(emails)
    for email in emails:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+\.(example|test)", email), email
        assert ".." not in email


def test_nobody_gets_a_taken_address(crowd):
    taken = {each.email for each in crowd[:500] if not each.is_anonymous}
    assert not taken & {each.email for each in people(500, seed=7, today=TODAY, taken=taken)}


def test_only_one_person_per_mailbox(crowd):
    owners: dict[str, int] = {}
    for each in crowd:
        local, domain = each.email.split("@")
        if domain == "gmail.example":
            mailbox = local.split("+")[0].replace(".", "")
            assert owners.setdefault(mailbox, each.identity) == each.identity


def test_dates_are_possible(crowd):
    for each in crowd:
        assert each.created_at.date() < TODAY
        if each.birthdate:
            assert timedelta(days=10 * 365) < TODAY - each.birthdate < timedelta(days=135 * 365)


# --- Duplicates ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DUPLICATES)
def test_a_duplicate_is_the_same_person_under_another_address(crowd, kind):
    pairs = relatives(crowd, kind)
    assert pairs
    for first, second in pairs:
        assert first.identity == second.identity
        assert first.number < second.number
        assert first.email != second.email


def test_gmail_habits_lead_to_the_same_mailbox(crowd):
    pairs = relatives(crowd, "gmail_dots") + relatives(crowd, "gmail_plus")
    same = sum(same_mailbox(first.email, second.email) for first, second in pairs)
    assert same > 0.95 * len(pairs)
    assert not same_mailbox("j.jansen@home.example", "jjansen@home.example")


def test_what_each_kind_changes(crowd):
    for first, second in relatives(crowd, "swapped_names"):
        assert (first.firstname, first.lastname or second.firstname) == (
            second.lastname or first.firstname,
            second.firstname,
        )
    for first, second in relatives(crowd, "birthdate_swapped"):
        assert first.birthdate != second.birthdate
    for first, second in relatives(crowd, "moved"):
        assert first.address != second.address
    for _, second in relatives(crowd, "anonymous"):
        assert second.is_anonymous
        assert not second.firstname + second.lastname
    for first, second in relatives(crowd, "initial_only"):
        assert second.firstname == f"{first.firstname[0]}."
    for first, second in relatives(crowd, "no_diacritics"):
        assert first.firstname + first.lastname != second.firstname + second.lastname


def test_phones_are_written_differently(crowd):
    pairs = [
        (COUNTRIES[first.country], first.phonenumber, second.phonenumber)
        for first, second in relatives(crowd, "phone_format")
    ]
    assert pairs
    for country, first, second in pairs:
        assert first != second
        assert bare_phone(country, first) == bare_phone(country, second)


def test_a_typo_is_one_slip():
    rng = Random(1)
    for _ in range(200):
        assert typo(rng, "Jansen") != "Jansen"
        assert abs(len(typo(rng, "Jansen")) - 6) <= 1
    assert typo(rng, "aa") != "aa"


# --- Look-alikes -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LOOK_ALIKES)
def test_a_look_alike_is_somebody_else(crowd, kind):
    pairs = relatives(crowd, kind)
    assert pairs
    for first, second in pairs:
        assert first.identity != second.identity
        assert second.identity == second.number


def test_what_look_alikes_share(crowd):
    for first, second in relatives(crowd, "father_and_son"):
        assert (first.firstname, first.lastname) == (second.firstname, second.lastname)
        assert abs(first.birthdate.year - second.birthdate.year) > 20
    for first, second in relatives(crowd, "twin"):
        assert (first.birthdate, first.lastname) == (second.birthdate, second.lastname)
    for first, second in relatives(crowd, "partner"):
        assert first.address == second.address
    for first, second in relatives(crowd, "recycled_number"):
        assert first.phonenumber == second.phonenumber


def test_twins_often_begin_with_the_same_letter(crowd):
    pairs = relatives(crowd, "twin")
    assert sum(first.firstname[0] == second.firstname[0] for first, second in pairs) > 5


# --- The parts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "number", "written"),
    [
        ("NL", "612345678", {"0612345678", "06-12345678", "+31612345678", "0031612345678"}),
        ("NL", "201234567", {"020-1234567", "+31 20 1234567"}),
        ("DE", "15112345678", {"0151 12345678", "+49 (0)151 12345678", "004915112345678"}),
        ("GB", "7400123456", {"07400 123456", "+447400123456"}),
    ],
)
def test_phone_styles(code, number, written):
    styles = phone_styles(COUNTRIES[code], number)
    assert written <= set(styles)
    assert {bare_phone(COUNTRIES[code], style) for style in styles} == {number}


def test_mailboxes_add_figures_to_what_is_taken():
    mailboxes, rng = Mailboxes(), Random(1)
    assert mailboxes.take("jan.jansen@gmail.example")
    assert not mailboxes.take("jan.jansen@gmail.example")
    assert mailboxes.take("janjansen@gmail.example")  # the same person, without the dot
    other = mailboxes.take_new(rng, "jan.jansen+x@gmail.example")
    assert re.fullmatch(r"janjansen\d+@gmail\.example", other)
    assert mailboxes.take_new(rng, "jan@home.example") == "jan@home.example"
    assert re.fullmatch(r"jan\d+@home\.example", mailboxes.take_new(rng, "jan@home.example"))


def test_letters_without_marks():
    assert without_marks("Zoë Yıldız Weiß Pawłowska") == "Zoe Yildiz Weiss Pawlowska"  # noqa: RUF001


def test_a_taken_spelling_of_a_mailbox_gives_another_address():
    rng, mailboxes = Random(3), Mailboxes()
    person = next(
        each
        for each in (new_person(rng, number, mailboxes, TODAY) for number in range(1000))
        if each.email.endswith("@gmail.example")
    )
    maker = duplicate_factory.Doubles(rng, mailboxes, TODAY)
    country = COUNTRIES[person.country]
    tagged = person.email.replace("@", "+card@")
    assert maker._take(person, country, tagged) == tagged
    assert not same_mailbox(maker._take(person, country, tagged), person.email)
