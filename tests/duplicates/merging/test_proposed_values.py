"""Which value is proposed where some differ: what the data decides, and nothing else."""

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.proposed_values import usual_of


def usual(name, *values):
    candidates = [
        Candidate(contact=Contact(uuid=str(at)), identifiers=[], vouchers=0, values={name: value})
        for at, value in enumerate(values)
    ]
    found = usual_of(name, candidates)
    return found and found.values[name]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("firstname", ("Mira", "Mira"), "Mira"),
        ("firstname", ("mira", "Mira"), "mira"),
        ("firstname", ("M.", "Mira"), "Mira"),
        ("firstname", ("Mira", "M"), "Mira"),
        ("firstname", ("J.W.", "Jan Willem", "jan willem"), "Jan Willem"),
        ("firstname", ("Mira", "Maria"), None),
        ("firstname", ("M.", "Mira", "Maria"), None),
        ("firstname", ("Jan", "Jan Willem"), None),
        ("lastname", ("Jansen", "Janssen"), None),
        ("phonenumber", ("+31612345678", "06-12345678"), "+31612345678"),
        ("phonenumber", ("+31612345678", "0687654321"), None),
        ("birthdate", ("1984-02-01", "1984-02-01T00:00:00+00:00"), "1984-02-01"),
        ("birthdate", ("1984-02-01", "1984-02-03"), None),
        ("address", ("Kerkstraat 1", "Kerkstraat 12"), None),
        ("address", ("Kerkstraat 12-1", "Kerkstraat 121"), None),
        ("favourite_drink", ("T", "Tea"), None),
        ("favourite_drink", ("tea", "coffee"), None),
    ],
)
def test_only_what_the_data_decides_is_proposed(name, values, expected):
    assert usual(name, *values) == expected
