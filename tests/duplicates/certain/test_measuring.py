"""How often rules are right, on contacts of which it is known who they are."""

from piggyadmin.duplicates.certain.measuring import measure
from tests.duplicates.labelled import contacts


def test_certain_pairs_are_right():
    found = measure(contacts(4_000, "crowded", 8001))
    assert found["either"].pairs > 60
    assert found["either"].pairs >= found["birth-date"].pairs >= found["both"].pairs
    assert all(each.wrong <= 1 for each in found.values())
