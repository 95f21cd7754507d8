"""How good a search is, on contacts of which it is known who they are."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from piggyadmin.duplicates.matching.clusters import Links
from piggyadmin.duplicates.matching.normalisation import Normalised, keys, normalise
from piggyadmin.duplicates.matching.search import Search, proposing
from piggyadmin.duplicates.matching.table import Flags, Floats, Ints, Table

# What the columns of a labelled file may be called.
_COLUMNS = {
    "email": ("email", "e-mail", "mail", "email_address"),
    "firstname": ("firstname", "first_name", "given_name", "first"),
    "lastname": ("lastname", "last_name", "surname", "family_name", "last"),
    "phonenumber": ("phonenumber", "phone_number", "phone", "mobile"),
    "birthdate": ("birthdate", "birth_date", "date_of_birth", "dob", "birthday"),
    "address": ("address",),
    "is_anonymous": ("is_anonymous", "anonymous"),
    "person": ("person", "person_id", "entity", "entity_id", "true_id", "cluster", "label"),
    "kind": ("kind", "corruption", "category", "type"),
}
# An address may also come in parts; they are put together in this order.
_STREET = ("street", "address_1", "street_name")
_NUMBER = ("housenumber", "house_number", "street_number", "number")
_PLACE = ("address_2", "postcode", "postal_code", "zip", "zipcode", "suburb", "city", "town")
# Precision at which the console may propose a merge.
PRECISE = 0.97
LOOK_ALIKE = "like:"


class Labelled(NamedTuple):
    """A contact, and whose it is; `kind` says what was done to it, or whom it looks like."""

    normalised: Normalised
    person: str
    kind: str


@dataclass(frozen=True)
class EvaluationResult:
    """What came out; `threshold` is what the search proposes from, the shares are of pairs."""

    contacts: int
    duplicates: int  # pairs that are one person
    best_f1: float
    best_at: float
    recall_when_precise: float
    threshold: float
    precision: float
    recall: float
    f1: float


# --- Reading ---------------------------------------------------------------------------------


def read(path: Path) -> Iterator[Labelled]:
    """Read labelled contacts from a file of CSV, or of one JSON object a line."""
    with path.open(encoding="utf-8", newline="") as file:
        is_json = path.suffix in {".json", ".jsonl", ".ndjson"}
        rows = map(json.loads, file) if is_json else csv.DictReader(file)
        for row in rows:
            yield labelled(row)


def labelled(row: Mapping[str, object]) -> Labelled:
    """Read one contact, whatever its columns are called.

    Raises:
        KeyError: nothing says whose it is.
    """
    given = {name.strip().casefold(): str(value or "") for name, value in row.items()}
    values = {field: _first(given, names) for field, names in _COLUMNS.items()}
    person, kind = values.pop("person"), values.pop("kind")
    if not person:
        raise KeyError("person")
    is_anonymous = values.pop("is_anonymous").casefold() in {"true", "1", "yes"}
    values["address"] = values["address"] or _address(given)
    return Labelled(normalise(**values, is_anonymous=is_anonymous), person, kind)


def _first(given: dict[str, str], names: Iterable[str]) -> str:
    return next((given[name] for name in names if given.get(name)), "")


def _address(given: dict[str, str]) -> str:
    street = f"{_first(given, _STREET)} {_first(given, _NUMBER)}"
    return f"{street}, {' '.join(given[name] for name in _PLACE if given.get(name))}"


def search(contacts: Iterable[Labelled]) -> tuple[Links, float]:
    """Search among labelled contacts; gives the links, and from where on they are proposed."""
    engine = Search(Table((each.normalised, keys(each.normalised)) for each in contacts))
    links = engine.find()
    return links, proposing(links)


# --- Measuring -------------------------------------------------------------------------------


class Truth:
    """Who is who."""

    def __init__(self, contacts: Iterable[Labelled]) -> None:
        number: dict[str, int] = {}
        self.kinds: list[str] = []
        persons = []
        for contact in contacts:
            persons.append(number.setdefault(contact.person, len(number)))
            self.kinds.append(contact.kind)
        self.persons: Ints = np.array(persons, np.int64)
        sizes = np.bincount(self.persons)
        self.duplicates = int((sizes * (sizes - 1) // 2).sum())

    def __len__(self) -> int:
        return len(self.persons)

    def is_right(self, links: Links) -> Flags:
        """Tell which links are of one person."""
        right: Flags = self.persons[links.one] == self.persons[links.other]
        return right

    def figures(self, links: Links, threshold: float) -> EvaluationResult:
        """Measure links, and what of them is proposed from `threshold` on."""
        order = np.argsort(-links.probability, kind="stable")
        probability, right = links.probability[order], self.is_right(links)[order]
        precision, recall, f1 = self._curve(right)
        # Links that are equally sure are taken together or not at all.
        is_end = np.append(probability[1:] != probability[:-1], True)[: len(probability)]
        best = int(np.where(is_end, f1, 0).argmax()) if len(f1) else 0
        proposed = int((probability >= threshold).sum()) - 1
        return EvaluationResult(
            contacts=len(self),
            duplicates=self.duplicates,
            best_f1=_at(f1, best),
            best_at=_at(probability, best),
            recall_when_precise=float(recall[is_end & (precision >= PRECISE)].max(initial=0)),
            threshold=threshold,
            precision=_at(precision, proposed),
            recall=_at(recall, proposed),
            f1=_at(f1, proposed),
        )

    def _curve(self, right: Flags) -> tuple[Floats, Floats, Floats]:
        hits = np.cumsum(right)
        precision = hits / np.arange(1, len(right) + 1)
        recall = hits / max(self.duplicates, 1)
        return precision, recall, 2 * hits / (np.arange(1, len(right) + 1) + self.duplicates)

    def by_kind(self, links: Links, threshold: float) -> dict[str, tuple[int, int]]:
        """Count per kind what was proposed: of duplicates the pairs, of look-alikes the contacts.

        Gives (proposed, all): for what was done to a duplicate the more the better, for look-alikes
        (`like:…`) the fewer.
        """
        sure = links.at(links.probability >= threshold)
        found, wrong = Counter[str](), set[int]()
        for one, other, is_right in zip(*sure[:2], self.is_right(sure), strict=True):
            if is_right:
                found.update(self._slips(one, other))
            else:
                wrong |= {at for at in (one, other) if self.kinds[at].startswith(LOOK_ALIKE)}
        counts = {kind: (found[kind], all_) for kind, all_ in self._all_slips().items()}
        proposed = Counter(self.kinds[at] for at in wrong)
        alike = Counter(kind for kind in self.kinds if kind.startswith(LOOK_ALIKE))
        return counts | {kind: (proposed[kind], all_) for kind, all_ in alike.items()}

    def _slips(self, one: int, other: int) -> set[str]:
        """Name what was done to either of two contacts."""
        kinds = (self.kinds[one], self.kinds[other])
        return {slip for kind in kinds if ":" not in kind for slip in kind.split("+") if slip}

    def _all_slips(self) -> Counter[str]:
        members: dict[int, list[int]] = defaultdict(list)
        for at, person in enumerate(self.persons.tolist()):
            members[person].append(at)
        slips = Counter[str]()
        for group in members.values():
            for place, one in enumerate(group):
                for other in group[:place]:
                    slips.update(self._slips(one, other))
        return slips


def _at(values: Floats, place: int) -> float:
    return float(values[place]) if 0 <= place < len(values) else 0.0
