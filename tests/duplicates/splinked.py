"""The same search by a well-kept library: splink 5 on DuckDB, on the same normalised fields."""

import logging
import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from piggyadmin.duplicates.matching.clusters import Links
from piggyadmin.duplicates.matching.evaluation import Labelled
from piggyadmin.duplicates.matching.normalisation import Normalised
from piggyadmin.duplicates.matching.search import LISTED, proposing

_SMALL = 200_000
_NAMES: tuple[tuple[str, ...], ...] = (("first", "last"),)
_NAMES_AND_MORE = (
    ("first", "last", "substr(born, 1, 4)"),
    ("first", "last", "post"),
    ("first", "last", "substr(local, 1, 3)"),
)


def search(contacts: Iterable[Labelled]) -> tuple[Links, float]:
    """Give the links that splink finds, trained without labels, and from where to propose them."""
    links = link([contact.normalised for contact in contacts])
    return links, proposing(links)


def link(rows: list[Normalised]) -> Links:
    """Train and predict as splink's own tutorial does."""
    logging.disable(logging.WARNING)  # it tells a lot on its way
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _link(rows)
    finally:
        logging.disable(logging.NOTSET)


def _link(rows: list[Normalised]) -> Links:
    frame = pd.DataFrame(rows, columns=Normalised._fields).replace("", None)
    # It compares texts: of a number without a country those of the others would differ.
    frame["phone"] = frame["phone"].str.partition(" ")[2].replace({np.nan: None})
    frame["unique_id"] = range(len(frame))
    # As its guide to blocking advises: several strict rules, and none that makes more pairs than
    # can be scored. Both names alone are strict enough in a small programme only.
    rules: tuple[tuple[str, ...], ...] = (
        ("mail",),
        ("phone",),
        ("last", "born"),
        ("first", "born"),
    )
    rules += _NAMES if len(frame) <= _SMALL else _NAMES_AND_MORE
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on(*rule) for rule in (*rules, ("street", "post"), ("local",))
        ],
        comparisons=[
            *(
                compare.JaroWinklerAtThresholds(field, [0.92, 0.8]).configure(
                    term_frequency_adjustments=True
                )
                for field in ("first", "last")
            ),
            compare.LevenshteinAtThresholds("mail", [1, 2]),
            compare.LevenshteinAtThresholds("phone", [1]),
            compare.LevenshteinAtThresholds("born", [1, 2]),
            compare.ExactMatch("street"),
            compare.ExactMatch("post"),
        ],
    )
    linker = Linker(DuckDBAPI().register(frame), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("mail"), block_on("first", "last", "born")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (("mail",), ("first", "last"), ("born", "last")):
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_probability=LISTED).as_pandas_dataframe()
    one, other = found["unique_id_l"].to_numpy(), found["unique_id_r"].to_numpy()
    probability = found["match_probability"].to_numpy(dtype=float)
    return Links(np.minimum(one, other), np.maximum(one, other), probability)
