"""What is measured, and how files of labelled contacts are read."""

import json

import numpy as np
import pytest

from piggyadmin.duplicates.matching import evaluation
from piggyadmin.duplicates.matching.clusters import Links
from piggyadmin.duplicates.matching.evaluation import Labelled, Truth
from piggyadmin.duplicates.matching.normalisation import Normalised


def truth(*persons, kinds=None):
    kinds = kinds or [""] * len(persons)
    return Truth(Labelled(Normalised(), *each) for each in zip(persons, kinds, strict=True))


def links(*triples):
    one, other, probability = zip(*triples, strict=True) if triples else ((), (), ())
    return Links(np.array(one, np.int64), np.array(other, np.int64), np.array(probability, float))


def test_figures():
    found = truth("a", "a", "b", "b", "c").figures(
        links((0, 1, 0.9), (2, 3, 0.5), (0, 4, 0.7)), threshold=0.6
    )
    assert (found.contacts, found.duplicates) == (5, 2)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert (found.best_f1, found.best_at) == (pytest.approx(0.8), 0.5)
    assert found.recall_when_precise == 0.5


def test_pairs_that_are_equally_sure_are_taken_together():
    found = truth("a", "a", "b").figures(links((0, 1, 0.9), (0, 2, 0.9)), threshold=0.9)
    assert found.best_f1 == pytest.approx(2 / 3)
    assert found.recall_when_precise == 0


def test_nothing_found():
    found = truth("a", "a").figures(links(), threshold=0.9)
    assert (found.best_f1, found.precision, found.recall) == (0, 0, 0)


def test_figures_per_kind():
    of = truth("a", "a", "b", "b", "c", kinds=["", "typo+moved", "", "typo", "like:couple"])
    found = of.by_kind(links((0, 1, 0.9), (2, 4, 0.95), (2, 3, 0.2)), 0.5)
    assert found == {"typo": (1, 2), "moved": (1, 1), "like:couple": (1, 1)}


CONTACT = {"person": "p1", "email": "m@example.test", "firstname": "Mira", "phone": "0612345678"}


def test_reads_csv_and_json(tmp_path):
    (tmp_path / "some.csv").write_text("person,email,first_name\np1,m@example.test,Mira\n")
    (tmp_path / "some.jsonl").write_text(
        json.dumps({"entity_id": "p1", "e-mail": "m@example.test", "Given_Name": "Mira"}) + "\n"
    )
    read = [list(evaluation.read(tmp_path / name)) for name in ("some.csv", "some.jsonl")]
    assert read[0] == read[1]
    assert (read[0][0].person, read[0][0].normalised.first) == ("p1", "mira")


def test_addresses_in_parts():
    parts = {"street": "Kerkstraat", "house_number": 12, "postcode": "1234 AB", "city": "Ede"}
    whole = {"address": "Kerkstraat 12, 1234 AB Ede"}
    assert evaluation.labelled({**CONTACT, **parts}) == evaluation.labelled({**CONTACT, **whole})


def test_anonymous():
    assert evaluation.labelled({**CONTACT, "is_anonymous": True}).normalised.mail == ""


def test_nobody_knows_whose_it_is():
    with pytest.raises(KeyError):
        evaluation.labelled({"email": "m@example.test"})
