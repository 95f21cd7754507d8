"""What agreement is worth, learned from the data."""

import json

import numpy as np
import pytest

from piggyadmin.duplicates.matching.blocking import candidates
from piggyadmin.duplicates.matching.clusters import pack, unpack
from piggyadmin.duplicates.matching.comparison_levels import FIELDS
from piggyadmin.duplicates.matching.fellegi_sunter import (
    Agreement,
    Decided,
    Kind,
    Model,
    probabilities,
)
from piggyadmin.duplicates.matching.normalisation import keys, normalise
from piggyadmin.duplicates.matching.search import Search
from piggyadmin.duplicates.matching.table import Table
from piggyadmin.duplicates.matching.term_frequencies import Frequencies
from tests.duplicates import labelled
from tests.duplicates.people import MIRA


@pytest.fixture(scope="module")
def contacts():
    return labelled.contacts(2_000, "judging", 5)


@pytest.fixture(scope="module")
def engine(contacts):
    search = Search(Table((each.normalised, keys(each.normalised)) for each in contacts))
    search.find()
    return search


def kinds(engine, one, other):
    """Weigh two more contacts by what was learned."""
    rows = [normalise(**one), normalise(**other)]
    table = Table((row, keys(row)) for row in rows)
    recalled = Frequencies(table, engine.frequencies.parameters())
    search = Search(table, model=engine.learned, frequencies=recalled)
    agreement = search.agreement(np.array([0]), np.array([1]))
    return probabilities(engine.learned.weigh(agreement))[:, 0]


def likeliest(engine, one, other):
    return Kind(int(kinds(engine, one, other).argmax()))


def test_learned_tables_sum_up_to_one(engine):
    for tables in engine.learned.tables.values():
        for field, table in tables.items():
            assert len(table) == len(FIELDS[field])
            assert table[1:].sum() == pytest.approx(1)
            assert table[0] == 1


def test_about_as_many_duplicates_as_there_are(engine, contacts):
    pairs = len(contacts) * (len(contacts) - 1) / 2
    persons = [each.person for each in contacts]
    true = sum(persons.count(person) - 1 for person in set(persons))
    assert 0.5 * true < engine.learned.shares[Kind.PERSON] * pairs < 2.5 * true


def test_one_person(engine):
    assert likeliest(engine, MIRA, {**MIRA, "email": "mira@elsewhere.test"}) == Kind.PERSON


def test_a_couple(engine):
    he = {**MIRA, "firstname": "Bo", "birthdate": "1982-11-02", "email": "bo.jansen@example.test"}
    assert likeliest(engine, MIRA, he) == Kind.FAMILY


def test_twins(engine):
    twin = {**MIRA, "firstname": "Noor", "email": "noor.jansen@example.test"}
    assert likeliest(engine, MIRA, twin) == Kind.FAMILY


def test_mother_and_daughter_of_one_name(engine):
    daughter = {**MIRA, "birthdate": "2010-06-07", "email": "mj2010@example.test"}
    assert likeliest(engine, MIRA, daughter) == Kind.NAMESAKE


def test_colleagues_with_one_phone(engine):
    colleague = {
        "firstname": "Bo",
        "lastname": "Smit",
        "phonenumber": MIRA["phonenumber"],
        "birthdate": "1990-01-02",
        "email": "bo@smit.test",
        "address": "Spui 3, 2511 BL Den Haag",
    }
    assert likeliest(engine, MIRA, colleague) == Kind.SHARED


def test_strangers(engine):
    other = {"firstname": "Bo", "lastname": "Smit", "birthdate": "1990-01-02", "email": "b@s.test"}
    assert likeliest(engine, MIRA, other) == Kind.STRANGERS


def test_it_is_kept_as_json(engine):
    again = Model.recall(json.loads(json.dumps(engine.learned.parameters())))
    assert again.shares == engine.learned.shares
    assert again.patterns == pytest.approx(engine.learned.patterns)
    for kind, tables in engine.learned.tables.items():
        for field, table in tables.items():
            assert again.tables[kind][field] == pytest.approx(table)


def test_fields_add_up_to_the_whole(engine):
    agreement = engine.agreement(*unpack(candidates(engine.table)[:50]))
    whole = engine.learned.weigh(agreement)
    fields = sum(rows for _name, rows in engine.learned.likelihoods(agreement))
    shares = np.array([[engine.learned.shares.get(kind, 1.0)] for kind in Kind])
    assert whole == pytest.approx(fields + np.log(shares))


def test_probabilities_sum_up_to_one():
    found = probabilities(np.array([[0.0, -1000.0], [-1.0, -1001.0]]))
    assert found.sum(axis=0) == pytest.approx([1, 1])


def test_dismissals_are_learned_from(contacts, engine):
    """Admins say that whoever shares all but the telephone is somebody else."""
    one, other = unpack(candidates(engine.table))
    levels = engine.comparison.levels(one, other)
    chosen = (levels["phone"] == 3) & (levels["mail"] == 1)
    assert chosen.sum() >= 5
    decided = Decided(dismissed=pack(one[chosen], other[chosen]))
    taught = Search(engine.table, decided=decided)
    taught.find()
    before = probabilities(engine.learned.weigh(engine.agreement(one[chosen], other[chosen])))
    after = probabilities(taught.learned.weigh(taught.agreement(one[chosen], other[chosen])))
    assert after[Kind.PERSON].mean() < before[Kind.PERSON].mean()


def test_a_dismissed_pair_that_is_not_compared_teaches_nothing(engine):
    pairs = candidates(engine.table)
    others = np.setdiff1d(np.append(pairs + 1, [0, 2**62]), pairs)
    taught = Search(engine.table, decided=Decided(dismissed=others))
    taught.find()
    assert taught.learned.parameters() == engine.learned.parameters()


def test_merges_are_learned_from(engine):
    """Admins merge whoever has another last name: here people marry a lot."""
    levels = {field: np.ones(60, np.int8) for field in FIELDS} | {"last": np.full(60, 7, np.int8)}
    taught = Search(engine.table, decided=Decided(merged=levels))
    taught.find()
    before, after = (each.learned.tables[Kind.PERSON]["last"][7] for each in (engine, taught))
    assert after > 2 * before


def test_few_contacts_are_weighed_by_what_is_usual():
    one = normalise(**MIRA)
    for rows in ([], [one], [one, one]):
        search = Search(Table((row, keys(row)) for row in rows))
        links = search.find()
        assert len(links.one) == (1 if len(rows) == 2 else 0)
        assert set(search.learned.shares) == set(Kind) - {Kind.STRANGERS}


def test_who_leaves_the_same_out_is_likelier_one_person(engine):
    """Of two contacts that agree in all they have, one may lack what the other lacks as well."""
    known = {name: MIRA[name] for name in ("firstname", "lastname", "email")}
    dated = {**known, "birthdate": MIRA["birthdate"]}
    neither, one = (kinds(engine, known, each)[Kind.PERSON] for each in (known, dated))
    assert neither > one


def test_parents_and_children_of_one_name_are_held_by_what_is_usual_while_few_are_dated():
    """Of 500 contacts hardly any such pair has both dates, so that chance would decide."""
    contacts = labelled.contacts(500, "sparse", 5)
    search = Search(Table((each.normalised, keys(each.normalised)) for each in contacts))
    search.find()
    shares = search.learned.shares
    assert 0.05 < shares[Kind.NAMESAKE] / shares[Kind.PERSON] < 0.15


def test_agreement_knows_names(engine):
    levels = {field: np.array([1, 1], np.int8) for field in FIELDS} | {
        "first": np.array([1, 7], np.int8)
    }
    agreement = Agreement(levels, {}, np.zeros(2, np.int8))
    assert agreement.names[0].tolist() == [True, False]
    assert agreement.names[1].tolist() == [False, True]
