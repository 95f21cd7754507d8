"""Contacts as they are typed."""

import pytest

from piggyadmin.contacts.forms import ContactsField

UUID = "c0ffee00-0000-4000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (
            f"mira@example.test {UUID}\tnoor@example.test",
            ["mira@example.test", UUID, "noor@example.test"],
        ),
        ("Mira Jansen", ["Mira Jansen"]),
        (f"CARD 1 {UUID}", [f"CARD 1 {UUID}"]),
        (f'["{UUID}", "CARD-1"]', [UUID, "CARD-1"]),
        ("@ a@b", ["@ a@b"]),
        ("aa" + "@aa" * 1300, ["aa" + "@aa" * 1300]),
    ],
)
def test_contacts_are_taken_apart_in_one_go(typed, meant):
    assert ContactsField().clean(typed) == meant
