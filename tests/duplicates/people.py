"""Few contacts in a table, for tests of the search's parts."""

import numpy as np

from piggyadmin.duplicates.matching.comparison_levels import Comparison
from piggyadmin.duplicates.matching.normalisation import keys, normalise
from piggyadmin.duplicates.matching.table import Table

MIRA = {
    "email": "mira.jansen@example.test",
    "firstname": "Mira",
    "lastname": "Jansen",
    "phonenumber": "0612345678",
    "birthdate": "1984-03-25",
    "address": "Kerkstraat 12, 1234 AB Amsterdam",
}


def table(*contacts):
    """Make a table of contacts, each given by its fields."""
    rows = [normalise(**contact) for contact in contacts]
    return Table((row, keys(row)) for row in rows)


def compared(one, other):
    """Compare two customers; gives the levels by field."""
    comparison = Comparison(table(one, other))
    levels = comparison.levels(np.array([0]), np.array([1]))
    return {field: int(level[0]) for field, level in levels.items()}
