"""What agreement is worth: a probabilistic model of pairs, trained on the data itself.

A model of Fellegi and Sunter, with more than two classes. Two contacts are one person, or
relatives, or parent and child of one name, or people who share a telephone or a mailbox, or
strangers. Each class has, for each field, a table of how often its pairs agree how far; within a
class fields are taken as independent. Telling relatives from strangers is what makes this hold:
those who share a home and a last name are no longer "nearly one person", but what they are.

Nothing is labelled. Tables start from what is known of people and their habits (`_USUAL`), and are
fitted to the data by expectation and maximisation, held by what they started from. Strangers'
tables come from pairs drawn at random, and from how common each value is. What people decide about
pairs is learned from as well: it is certain where the model only supposes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from piggyadmin.duplicates.matching.clusters import unpack
from piggyadmin.duplicates.matching.comparison_levels import (
    FIELDS,
    PATTERNS,
    Born,
    Comparison,
    Levels,
    Mail,
    Name,
    type_of_level,
)
from piggyadmin.duplicates.matching.table import Flags, Floats, Ints
from piggyadmin.duplicates.matching.term_frequencies import Frequencies


class Kind(IntEnum):
    """What two contacts are to each other."""

    PERSON = 0  # one and the same
    FAMILY = 1
    NAMESAKE = 2  # parent and child, or so, with one name
    SHARED = 3  # nothing but a telephone or a mailbox in common
    STRANGERS = 4


Tables = dict[str, Floats]

# How often pairs of a kind agree how far, in the order of each field's levels without "missing".
_USUAL: dict[Kind, dict[str, tuple[float, ...]]] = {
    Kind.PERSON: {
        "order": (0.96, 0.04),
        "first": (0.76, 0.04, 0.07, 0.06, 0.03, 0.01, 0.03),
        "last": (0.86, 0.0005, 0.005, 0.06, 0.03, 0.01, 0.035),
        "suffix": (0.9998, 0.0002),
        "mail": (0.58, 0.02, 0.05, 0.07, 0.05, 0.03, 0.20),
        "phone": (0.80, 0.07, 0.13),
        "born": (0.90, 0.025, 0.055, 0.01, 0.01),
        "house": (0.50, 0.20, 0.03, 0.02, 0.02, 0.23),
    },
    Kind.FAMILY: {
        "order": (0.97, 0.03),
        "first": (0.01, 0.005, 0.02, 0.01, 0.01, 0.03, 0.915),
        "last": (0.73, 0.0005, 0.002, 0.02, 0.04, 0.01, 0.1975),
        "suffix": (0.6, 0.4),
        "mail": (0.25, 0.005, 0.005, 0.03, 0.02, 0.02, 0.67),
        "phone": (0.40, 0.01, 0.59),
        "born": (0.06, 0.002, 0.02, 0.49, 0.428),
        "house": (0.60, 0.20, 0.03, 0.02, 0.01, 0.14),
    },
    Kind.NAMESAKE: {
        "order": (0.97, 0.03),
        "first": (0.96, 0.006, 0.01, 0.01, 0.01, 0.002, 0.002),
        "last": (0.975, 0.0005, 0.001, 0.015, 0.002, 0.002, 0.005),
        "suffix": (0.03, 0.97),
        "mail": (0.15, 0.01, 0.005, 0.02, 0.04, 0.08, 0.695),
        "phone": (0.30, 0.01, 0.69),
        "born": (0.001, 0.001, 0.008, 0.09, 0.90),
        "house": (0.62, 0.20, 0.03, 0.02, 0.01, 0.12),
    },
    # In all else they are strangers.
    Kind.SHARED: {
        "mail": (0.25, 0.001, 0.002, 0.003, 0.004, 0.01, 0.73),
        "phone": (0.90, 0.005, 0.095),
    },
}
# So seldom do strangers agree by chance that of those drawn none may: how many of them should,
# in the order of the levels; of all other levels half a pair.
_HARDLY_ANY = {
    "mail": (0.1, 0.02, 0.02, 0.1, 0.1, 0.5, 0.5),
    "phone": (0.1, 0.05, 0.5),
}
# How many pairs of a kind there are for each contact.
_PAIRS_PER_CONTACT = {
    Kind.PERSON: 0.08,
    Kind.FAMILY: 0.03,
    Kind.NAMESAKE: 0.006,
    Kind.SHARED: 0.02,
}
# Names from which the same address may be made.
_NEARLY_SAME = [Name.SAME, Name.NICKNAME, Name.INITIAL, Name.SLIP]
# How alike the addresses of strangers are who have the same names, or one of them.
_OF_NAMESAKES = (0.0005, 0.01, 0.005, 0.02, 0.05, 0.06, 0.8545)
_OF_ONE_NAME = (0.0002, 0.002, 0.001, 0.01, 0.02, 0.02, 0.9468)
# How strongly tables are held by what they started from: so many pairs for each one found.
_HELD = {Kind.PERSON: 0.1, Kind.FAMILY: 0.3, Kind.NAMESAKE: 0.3, Kind.SHARED: 0.5}
_HELD_AT_LEAST = 30.0
_HELD_MAILS = 200.0
_HELD_SHARES = 0.1
# Of how many parents and children of one name what is usual is worth: of these, few are ever known.
_HELD_NAMESAKES = 12.0
# What is not known is held to be as of two people, by so many pairs for each one found.
_HELD_PATTERNS = 0.3
# Gaps are a hint and no more: a logarithm.
_MOST_OF_PATTERNS = 1.0
_FEWEST_DATED = 0.01  # of pairs of two people
_ROUNDS = 25
# Training ends when a round changes the number of duplicates by less.
_SETTLED = 0.001
_SAMPLE_OF_PAIRS = 120_000
# Strangers are drawn so often for each contact, in all at most so often.
_STRANGERS_EACH = 50
_SAMPLE_OF_STRANGERS = 100_000
_SEED = 7
# Relatives who share a first name do so at most so often, however common it is.
_RELATIVES_NAMED_ALIKE = np.log(0.05)
_SMALLEST = 1e-7
# What one decision weighs, in pairs of which the model only supposes what they are.
_WEIGHT_OF_DECISION = 10.0


@dataclass
class Model:
    """The parameters: how many pairs are of each kind, and how each kind agrees."""

    shares: dict[Kind, float]
    tables: dict[Kind, Tables]
    strangers: Tables
    of_namesakes: Floats = field(default_factory=lambda: _whole(_OF_NAMESAKES))
    of_one_name: Floats = field(default_factory=lambda: _whole(_OF_ONE_NAME))
    # By how much (a logarithm) each pattern of what is known speaks for one person.
    patterns: Floats = field(default_factory=lambda: np.zeros(PATTERNS))

    @classmethod
    def usual(cls, contacts: int, strangers: Tables) -> "Model":
        """Give the model from which training starts."""
        contacts = max(contacts, 2)
        pairs = contacts * (contacts - 1) / 2
        shares = {kind: each * contacts / pairs for kind, each in _PAIRS_PER_CONTACT.items()}
        return cls(shares, _usual_tables(strangers), strangers)

    def parameters(self) -> dict[str, Any]:
        """Give the parameters as JSON."""
        return {
            "shares": {kind.name: share for kind, share in self.shares.items()},
            "tables": {kind.name: _listed(tables) for kind, tables in self.tables.items()},
            "strangers": _listed(self.strangers),
            "of_namesakes": self.of_namesakes.tolist(),
            "of_one_name": self.of_one_name.tolist(),
            "patterns": self.patterns.tolist(),
        }

    @classmethod
    def recall(cls, parameters: dict[str, Any]) -> "Model":
        """Read what `parameters` gave."""
        return cls(
            {Kind[name]: share for name, share in parameters["shares"].items()},
            {Kind[name]: _arrays(tables) for name, tables in parameters["tables"].items()},
            _arrays(parameters["strangers"]),
            np.array(parameters["of_namesakes"]),
            np.array(parameters["of_one_name"]),
            np.array(parameters["patterns"]),
        )

    def likelihoods(self, agreement: "Agreement") -> Iterator[tuple[str, Floats]]:
        """Give for each field the logarithms of how likely its agreement is: a row a kind."""
        for name in FIELDS:
            level, chance = agreement.levels[name], agreement.chances[name]
            rows = np.empty((len(Kind), len(level)))
            for kind in Kind:
                is_usual = kind is not Kind.STRANGERS and name in _USUAL[kind]
                # Of what is not known the tables say 1.
                rows[kind] = np.log(self.tables[kind][name])[level] if is_usual else chance
            if name == "first":
                alike = agreement.is_first_same
                rows[Kind.FAMILY, alike] = np.minimum(chance[alike], _RELATIVES_NAMED_ALIKE)
            if name == "mail":
                for made, table in zip(agreement.made_mails, self._made_mails, strict=True):
                    level_made = np.log(table)[level[made]]
                    rows[Kind.STRANGERS, made] = np.maximum(chance[made], level_made)
            yield name, rows
        rows = np.zeros((len(Kind), len(agreement.patterns)))
        # In a family one of them often gives what is known of all.
        rows[[Kind.PERSON, Kind.FAMILY]] = self.patterns[agreement.patterns]
        yield "patterns", rows

    @property
    def _made_mails(self) -> tuple[Floats, Floats]:
        return self.of_namesakes, self.of_one_name

    def weigh(self, agreement: "Agreement") -> Floats:
        """Give the logarithm of how likely each kind of pair is to be so: a row a kind."""
        logarithms = np.zeros((len(Kind), len(agreement.levels["mail"])))
        for kind, share in self.shares.items():
            logarithms[kind] = np.log(share)
        for _name, rows in self.likelihoods(agreement):
            logarithms += rows
        return logarithms


class Agreement:
    """How far pairs agree, and how easily strangers agree so far: what there is to weigh."""

    def __init__(self, levels: Levels, chances: dict[str, Floats], patterns: type_of_level) -> None:
        self.levels, self.chances, self.patterns = levels, chances, patterns
        first, last = levels["first"], levels["last"]
        self.is_first_same = first == Name.SAME
        alike = np.isin(first, _NEARLY_SAME) & np.isin(last, _NEARLY_SAME)
        # The pairs of one name, and those of one first or last name only.
        self.names = alike, ~alike & (self.is_first_same | (last == Name.SAME))
        # Addresses that are alike because they are made of the same names.
        differs = levels["mail"] > Mail.SAME
        self.made_mails = self.names[0] & differs, self.names[1] & differs


def probabilities(logarithms: Floats) -> Floats:
    """Give the probability of each kind, a row a kind, from what `weigh` gave."""
    weights: Floats = np.exp(logarithms - logarithms.max(axis=0))
    weights /= weights.sum(axis=0)
    return weights


# --- Training --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """What people decided: of pairs of rows at hand, packed, and of such that are gone since."""

    dismissed: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    # Of pairs that were merged only their levels are left.
    merged: Levels = field(default_factory=dict)


def train(
    comparison: Comparison,
    frequencies: Frequencies,
    pairs: Ints,
    decided: Decided | None = None,
) -> Model:
    """Fit a model to the candidate pairs of a table, which are packed and in order."""
    chance = np.random.default_rng(_SEED)
    contacts = len(comparison.table)
    model = Model.usual(contacts, strangers_of(comparison, chance))
    decided = decided or Decided()
    dismissed = _places(decided.dismissed, pairs)
    rows, scale = _sample(len(pairs), dismissed, chance)
    one, other = unpack(pairs[rows])
    levels = comparison.levels(one, other)
    chances = frequencies.chances(one, other, levels, model.strangers)
    agreement = Agreement(levels, chances, comparison.patterns(one, other))
    weights = np.full(len(rows), scale)
    is_dismissed = np.isin(rows, dismissed)
    weights[is_dismissed] = _WEIGHT_OF_DECISION
    dated = float((comparison.table["born"].codes > 0).mean()) if contacts else 0.0
    training = _Training(model, contacts, agreement, weights, decided.merged)
    training.both_dated = max(dated**2, _FEWEST_DATED)
    training.patterns_of_two = np.maximum(comparison.patterns_of_two(), _SMALLEST)
    for _ in range(_ROUNDS):
        before = model.shares[Kind.PERSON]
        logarithms = model.weigh(agreement)
        logarithms[Kind.PERSON, is_dismissed] = -np.inf
        training.fit(probabilities(logarithms))
        if abs(model.shares[Kind.PERSON] / before - 1) < _SETTLED:
            break
    return model


def _places(wanted: Ints, pairs: Ints) -> Ints:
    """Find the places of those pairs that are there, among pairs that are in order."""
    places = np.searchsorted(pairs, wanted)
    is_within = places < len(pairs)
    places, wanted = places[is_within], wanted[is_within]
    found: Ints = places[pairs[places] == wanted]
    return found


def _sample(pairs: int, decided: Ints, chance: np.random.Generator) -> tuple[Ints, float]:
    """Draw pairs to train on, the decided ones among them; and how many each stands for."""
    if pairs <= _SAMPLE_OF_PAIRS:
        return np.arange(pairs), 1.0
    drawn = chance.choice(pairs, _SAMPLE_OF_PAIRS, replace=False)
    return np.union1d(drawn, decided), pairs / _SAMPLE_OF_PAIRS


def strangers_of(comparison: Comparison, chance: np.random.Generator) -> Tables:
    """Learn from pairs drawn at random how far strangers agree."""
    contacts = len(comparison.table)
    number = min(_STRANGERS_EACH * contacts, _SAMPLE_OF_STRANGERS) if contacts > 1 else 0
    one = chance.integers(0, max(contacts, 1), number)
    other = (one + chance.integers(1, max(contacts, 2), number)) % max(contacts, 1)
    levels = comparison.levels(one, other)
    tables = {
        name: _whole(
            np.bincount(level, minlength=len(FIELDS[name]))[1:]
            + np.array(_HARDLY_ANY.get(name, 0.5))
        )
        for name, level in levels.items()
    }
    return tables | {"order": _whole((0.99, 0.01))}


class _Training:
    """One model in the making."""

    # Of how many pairs of two people both dates are known.
    both_dated = 1.0
    # How often what is known of two people has which pattern.
    patterns_of_two: Floats = np.ones(PATTERNS)

    def __init__(
        self,
        model: Model,
        contacts: int,
        agreement: Agreement,
        weights: Floats,
        merged: Levels,
    ) -> None:
        self.model = model
        self.usual = Model.usual(contacts, model.strangers)
        self.pairs = max(contacts * (contacts - 1) / 2, 1)
        self.agreement, self.levels = agreement, agreement.levels
        self.weights, self.merged = weights, merged
        self.knows_dates = self.levels["born"] > Born.MISSING

    def fit(self, beliefs: Floats) -> None:
        """Fit the parameters to what each pair is believed to be."""
        beliefs = beliefs * self.weights
        for kind in _USUAL:
            # Parent and child of one name are known by their dates of birth, and by nothing else.
            known = self.knows_dates if kind is Kind.NAMESAKE else 1.0
            self._fit_tables(kind, beliefs[kind] * known)
            usual = self.usual.shares[kind]
            share = beliefs[kind].sum() / self.pairs
            self.model.shares[kind] = (share + _HELD_SHARES * usual) / (1 + _HELD_SHARES)
        self._fit_namesakes(beliefs)
        self._fit_patterns(beliefs[Kind.PERSON])
        self.model.of_namesakes = self._fit_mails(beliefs, self.agreement.names[0], _OF_NAMESAKES)
        self.model.of_one_name = self._fit_mails(beliefs, self.agreement.names[1], _OF_ONE_NAME)

    def _fit_tables(self, kind: Kind, beliefs: Floats) -> None:
        held = max(_HELD[kind] * beliefs.sum(), _HELD_AT_LEAST)
        for name in _USUAL[kind]:
            counts = np.bincount(self.levels[name], beliefs, minlength=len(FIELDS[name]))[1:]
            if kind is Kind.PERSON and self.merged:
                merged = np.bincount(self.merged[name], minlength=len(FIELDS[name]))[1:]
                counts = counts + _WEIGHT_OF_DECISION * merged
            usual = self.usual.tables[kind][name][1:]
            self.model.tables[kind][name] = _whole(counts + held * usual)

    def _fit_namesakes(self, beliefs: Floats) -> None:
        """Tell how many parents and children of one name there are from those with known dates.

        Of others nothing tells them from one person, and whichever there seem more of would take
        all. That both dates are known is likelier of one person, who gave it to both or to none.
        """
        usual = self.usual.shares[Kind.NAMESAKE] / self.usual.shares[Kind.PERSON]
        dated = beliefs[Kind.NAMESAKE, self.knows_dates].sum() + _HELD_NAMESAKES
        persons = beliefs[Kind.PERSON].sum() * self.both_dated + _HELD_NAMESAKES / usual
        self.model.shares[Kind.NAMESAKE] = float(self.model.shares[Kind.PERSON] * dated / persons)

    def _fit_patterns(self, persons: Floats) -> None:
        """Learn what it says that something is not known.

        Who gives no date of birth gives none the second time; two people each do as they like.
        """
        usual = self.patterns_of_two
        counts = np.bincount(self.agreement.patterns, persons, minlength=PATTERNS)
        counts = counts + max(_HELD_PATTERNS * persons.sum(), _HELD_AT_LEAST) * usual
        patterns = np.log(counts / counts.sum()) - np.log(usual / usual.sum())
        self.model.patterns = np.clip(patterns, -_MOST_OF_PATTERNS, _MOST_OF_PATTERNS)

    def _fit_mails(self, beliefs: Floats, rows: Flags, usual: tuple[float, ...]) -> Floats:
        strangers = beliefs[Kind.STRANGERS] * rows
        counts = np.bincount(self.levels["mail"], strangers, minlength=len(Mail))[1:]
        return _whole(counts + _HELD_MAILS * np.array(usual))


def _usual_tables(strangers: Tables) -> dict[Kind, Tables]:
    return {
        kind: {name: _whole(_USUAL[kind].get(name, strangers[name][1:])) for name in FIELDS}
        for kind in _USUAL
    }


def _whole(counts: Any) -> Floats:
    """Make a table that sums up to one, with a 1 in front for "missing", which says nothing."""
    shares = np.maximum(np.asarray(counts, float), _SMALLEST)
    return np.append(1.0, shares / shares.sum())


def _listed(tables: Tables) -> dict[str, list[float]]:
    return {name: table.tolist() for name, table in tables.items()}


def _arrays(tables: dict[str, list[float]]) -> Tables:
    return {name: np.array(table) for name, table in tables.items()}
