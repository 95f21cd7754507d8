"""How often the rules of certain pairs are right, on contacts of which it is known who they are."""

from collections import Counter
from collections.abc import Iterator, Sequence

from piggyadmin.duplicates.certain.rules import LEAST, RULES, Precision
from piggyadmin.duplicates.matching.clusters import Links, clusters
from piggyadmin.duplicates.matching.evaluation import Labelled
from piggyadmin.duplicates.matching.normalisation import keys
from piggyadmin.duplicates.matching.search import Search
from piggyadmin.duplicates.matching.table import Table
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.duplicates.review.clustering import LINKED
from piggyadmin.duplicates.review.evidence import Point, WeighedPairs

_PAIR = 2
# How a value was written makes a difference to the words of evidence alone.
_SOMEBODY = MirroredContact()


def measure(contacts: Sequence[Labelled]) -> dict[str, Precision]:
    """Tell of each rule how many pairs it lets through, and how many of them are right."""
    passed, right = Counter[str](), Counter[str]()
    for one, other, probability, evidence in _sure_pairs(contacts):
        for rule in RULES:
            if rule.holds(probability, evidence):
                passed[rule.slug] += 1
                right[rule.slug] += one.person == other.person
    return {rule.slug: Precision(passed[rule.slug], right[rule.slug]) for rule in RULES}


def _sure_pairs(
    contacts: Sequence[Labelled],
) -> Iterator[tuple[Labelled, Labelled, float, list[Point]]]:
    """Give the pairs that are sure enough and in no cluster, with the evidence of each."""
    engine = Search(Table((each.normalised, keys(each.normalised)) for each in contacts))
    links = engine.find()
    in_clusters = _in_clusters(links)
    sure = links.at(links.probability >= LEAST)
    weighed = WeighedPairs(engine, sure.one, sure.other)
    columns = (column.tolist() for column in sure)
    for at, (one, other, probability) in enumerate(zip(*columns, strict=True)):
        if in_clusters.isdisjoint((one, other)):
            evidence = weighed.points(at, _SOMEBODY, _SOMEBODY)
            yield contacts[one], contacts[other], probability, evidence


def _in_clusters(links: Links) -> set[int]:
    """Give the contacts that hang together with more than one other."""
    triples = zip(*(column.tolist() for column in links), strict=True)
    groups = clusters(triples, LINKED)
    return {each for group in groups if len(group) > _PAIR for each in group}
