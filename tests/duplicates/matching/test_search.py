"""The search as a whole, on contacts of which it is known who they are."""

import numpy as np
import pytest

from piggyadmin.duplicates.matching import evaluation
from piggyadmin.duplicates.matching.clusters import Links
from piggyadmin.duplicates.matching.evaluation import PRECISE, Truth
from piggyadmin.duplicates.matching.normalisation import keys, normalise
from piggyadmin.duplicates.matching.search import Search, proposing
from piggyadmin.duplicates.matching.table import Table
from tests.duplicates import labelled
from tests.duplicates.people import MIRA, table

# Sets and seeds that nothing was tuned on. What is asked of each is what its figures were, less a
# little: see docs/duplicates.md.
JUDGED = {"judging": 0.93, "crowded": 0.93, "sparse": 0.86}
FAMILIES = ("couple", "sibling", "twin", "child", "father_and_son")


@pytest.fixture(scope="module", params=JUDGED)
def judged(request):
    contacts = labelled.contacts(10_000, request.param, 2027)
    return request.param, Truth(contacts), *evaluation.search(contacts)


def test_good_enough(judged):
    habits, truth, links, threshold = judged
    figures = truth.figures(links, threshold)
    assert figures.best_f1 >= JUDGED[habits]


def test_what_is_proposed_is_right(judged):
    habits, truth, links, threshold = judged
    figures = truth.figures(links, threshold)
    assert figures.precision >= PRECISE
    assert figures.recall >= (0.85 if habits != "sparse" else 0.75)


def test_look_alikes_are_not_proposed(judged):
    _habits, truth, links, threshold = judged
    kinds = truth.by_kind(links, threshold)
    counted = [kinds[f"like:{kind}"] for kind in FAMILIES]
    assert sum(wrong for wrong, _all in counted) <= 0.03 * sum(all_ for _wrong, all_ in counted)


def test_searching_only_what_changed_finds_the_same():
    contacts = labelled.contacts(3_000, "judging", 6)
    rows = Table((each.normalised, keys(each.normalised)) for each in contacts)
    whole = Search(rows)
    links = whole.find()
    changed = np.zeros(len(rows), np.bool_)
    changed[::7] = True
    touched = changed[links.one] | changed[links.other]
    again = Search(rows, model=whole.learned, changed=changed, known=links.at(~touched)).find()
    expected = set(zip(*(c.tolist() for c in links.at(touched)[:2]), strict=True))
    assert set(zip(*(c.tolist() for c in again[:2]), strict=True)) == expected


def test_progress_is_told(monkeypatch):
    monkeypatch.setattr("piggyadmin.duplicates.matching.search._CHUNK", 1)
    told = []
    Search(table(MIRA, MIRA, MIRA), heartbeat=lambda *progress: told.append(progress)).find()
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_is_proposed_depends_on_how_sure_the_search_is():
    def of(*probabilities):
        numbers = np.arange(len(probabilities))
        return proposing(Links(numbers, numbers, np.array(probabilities)))

    assert of() == 0.96
    assert of(*[0.999] * 10, 0.9) == 0.96  # of so few one may be wrong by chance
    assert of(*[0.999] * 99, 0.92) == 0.92
    assert of(*[0.999] * 99, 0.5) == 0.84
    # Else too many would be left out.
    assert of(*[0.999] * 990, *[0.83] * 148, *[0.5] * 200) == 0.83
    assert of(*[0.999] * 2000, *[0.79] * 20, *[0.3] * 1500) == 0.8
    assert of(*[0.93] * 99) == 0.96


def test_what_links_two_to_a_third_is_counted_once():
    """All three are Mira Jansen, and nothing else speaks for the first and the last."""
    by_mail = {"firstname": "Mira", "lastname": "Jansen", "email": "mira.jansen@example.test"}
    by_phone = {"firstname": "Mira", "lastname": "Jansen", "phonenumber": "06 87654321"}
    rows = [each.normalised for each in labelled.contacts(4_000, "judging", 8)]
    at = len(rows)
    rows += [normalise(**each) for each in (by_mail, by_mail | by_phone, by_phone)]
    links = Search(Table((row, keys(row)) for row in rows)).find()
    columns = (column.tolist() for column in links)
    sure = {(one, other): probability for one, other, probability in zip(*columns, strict=True)}
    both = sure[at, at + 1] * sure[at + 1, at + 2]
    assert both <= sure[at, at + 2] <= max(sure[at, at + 1], sure[at + 1, at + 2])


# Two contacts each, and whether the search may propose them.
HOME = {"address": "1e Helmersstraat 20, 1054 AB Amsterdam", "phonenumber": "+31 6 87654321"}
RAM = {"firstname": "राम", "lastname": "शर्मा"} | HOME
JAN = {"firstname": "Jan", "lastname": "Bakker"}
BORN = {"birthdate": "1980-03-05"}
PAIRS = {
    "country": ({**JAN, "phonenumber": "+31687654321"}, {"phonenumber": "+33687654321"}, False),
    "spreadsheet": (
        {**JAN, "phonenumber": "+31 6 55443322"} | BORN,
        {"phonenumber": "31655443322.0"},
        True,
    ),
    "figures": (
        {**JAN, "phonenumber": "+31 6 55443322"} | BORN,
        {"phonenumber": "٠٦٥٥٤٤٣٣٢٢"},
        True,
    ),
    "couple": (RAM, {"firstname": "रीना"}, False),
    "neighbours": (
        {**JAN, "address": "1e Helmersstraat 20"},
        {"address": "1e Helmersstraat 24"},
        False,
    ),
    "upstairs": ({**JAN, "address": "Kerkstraat 12-1"}, {"address": "Kerkstraat 12-3"}, False),
    "flats": (
        {**JAN, "address": "Flat 3, 12 High Street"},
        {"address": "Flat 3, 88 High Street"},
        False,
    ),
    "senior": ({**JAN, **HOME, "lastname": "Bakker sr."}, {"lastname": "Bakker jr."}, False),
    "domain": (
        {**JAN, **BORN, "email": "zq17@müller-bau.example"},
        {"email": "zq17@xn--mller-bau-q9a.example"},
        True,
    ),
    "composed": (
        {**HOME, **BORN, "firstname": "Zoé", "lastname": "de Vries"},
        {"firstname": "Zoe\u0301", "lastname": "de\u00a0Vries"},
        True,
    ),
    "no date": ({**JAN, "birthdate": "1900-01-01"}, {}, False),
}


@pytest.fixture(scope="module")
def proposed():
    """Search a programme in which these pairs are; names those that are proposed."""
    rows = [each.normalised for each in labelled.contacts(4_000, "judging", 8)]
    at = len(rows)
    for one, changes, _expected in PAIRS.values():
        rows += [normalise(**one), normalise(**{**one, **changes})]
    links = Search(Table((row, keys(row)) for row in rows)).find()
    sure = links.at(links.probability >= proposing(links))
    found = set(zip(sure.one.tolist(), sure.other.tolist(), strict=True))
    return {name for n, name in enumerate(PAIRS) if (at + 2 * n, at + 2 * n + 1) in found}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_that_are_one_person_and_such_that_are_two(proposed, name):
    assert (name in proposed) is PAIRS[name][2]
