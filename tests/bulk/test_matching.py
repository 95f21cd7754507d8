"""Which column is which field."""

from piggyadmin.bulk.matching import FieldToMatch, match_columns, simple

CONTACT = FieldToMatch("contact_uuid", ("Contact", "Klant"), takes_addresses=True)
CREDITS = FieldToMatch("credits", ("Credits",))


def match(columns, samples=(), remembered=None):
    return match_columns(columns, samples, [CONTACT, CREDITS], remembered or {})


def test_by_name_in_any_language():
    assert match(["KLANT", "credits"]) == {"contact_uuid": 0, "credits": 1}
    assert match(["Punten", "E-Mailadres"]) == {"contact_uuid": 1, "credits": 0}


def test_by_what_is_in_it():
    samples = [["5", "a@b.test"], ["", "c@d.test"], ["7", ""]]
    assert match(["x", "y"], samples) == {"contact_uuid": 1}


def test_by_habit():
    assert match(["mail", "who"], remembered={"contact_uuid": "Who"}) == {"contact_uuid": 1}


def test_each_column_once():
    assert match(["credits", "credits (2)"]) == {"credits": 0}


def test_simple():
    assert simple(" É-mail_Adres ") == "emailadres"
