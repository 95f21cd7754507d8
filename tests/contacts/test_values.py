"""Values of attributes: which can be written, how they are typed and compared."""

from datetime import date

import pytest

from piggyadmin.contacts import services, values
from piggyadmin.contacts.services import get_full_contact
from piggyadmin.contacts.types import ContactAttribute, FullContact
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox import seed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mira ", "Mira"),
        (None, ""),
        (True, "true"),
        (["nuts", "soy"], ["soy", "nuts"]),
        (3.0, 3),
        (date(1991, 5, 14), "1991-05-14"),
        ("1991-05-14", "1991-05-14T00:00:00+00:00"),
        ("Zoé", "Zoe\u0301"),
        ("Jan Willem", "Jan\u00a0Willem"),
    ],
)
def test_means_the_same(one, other):
    assert values.is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mira", "mira"),
        ("", "0"),
        ("1991-05-14", "1991-05-14T10:00:00+00:00"),
        ("1991-05-14", "1991-05-15"),
    ],
)
def test_means_something_else(one, other):
    assert not values.is_same(one, other)


def test_own_attributes_of_the_account_come_after_piggys(piggy):
    names = [each.name for each in values.writable_attributes(piggy)]
    assert names[:5] == ["firstname", "lastname", "birthdate", "phonenumber", "address"]
    assert "favourite_drink" in names
    assert {"email", "tier", "loyalty_balance"}.isdisjoint(names)


def test_without_a_list_the_usual_ones_are_known(piggy, monkeypatch):
    def retired(_piggy):
        raise NotFound(status=404)

    monkeypatch.setattr(services, "cached_contact_attributes", retired)
    assert [each.name for each in values.writable_attributes(piggy)] == [
        "firstname",
        "lastname",
        "birthdate",
        "phonenumber",
        "address",
    ]


def test_every_type_has_a_field_or_cannot_be_typed():
    kinds = ("text", "long_text", "date", "email", "phone", "number", "float", "boolean")
    for kind in (*kinds, "select", "multi_select", "date_time", None):
        field = values.field_for(ContactAttribute(name="x", label="X", type=kind))
        assert (field.label, field.required) == ("X", False)
    assert values.field_for(ContactAttribute(name="x", type="file_upload")) is None
    assert values.field_for(ContactAttribute(name="avatar", type="text")) is None


def test_field_of_an_own_attribute_takes_nobody_elses_place():
    assert values.field_name("reason") == "attribute_reason"
    assert values.field_name("firstname") == "firstname"


def test_choices_are_shown_by_their_labels():
    options = [{"label": "Nuts", "value": "nuts"}, {"label": "Soy", "value": "soy"}]
    several = ContactAttribute(name="allergies", type="multi_select", options=options)
    assert values.displayed(several, "nuts;soy") == "Nuts, Soy"
    assert values.displayed(several, ["soy"]) == "Soy"
    assert values.as_typed(several, "nuts;soy") == ["nuts", "soy"]
    assert values.as_typed(several, ["nuts"]) == ["nuts"]
    one = ContactAttribute(name="drink", type="select", options=options)
    assert values.displayed(one, "soy") == "Soy"


def test_dates_are_typed_as_days():
    born = ContactAttribute(name="birthdate", type="birth_date")
    assert values.as_typed(born, "1991-05-14T00:00:00+00:00") == "1991-05-14"
    assert values.as_typed(born, "May 1991") == "May 1991"
    assert values.as_sent(date(1991, 5, 14)) == "1991-05-14"


def test_numbers_are_typed_so_that_they_are_read_as_themselves():
    height = ContactAttribute(name="height", type="float")
    field = values.field_for(height)
    for number in (1.5, 1.234, -12.345, 1e-7, 5, "1.234"):
        typed = field.clean(values.as_typed(height, number))
        assert values.as_sent(typed) == float(number)
    assert field.clean("1,5") == 1.5
    assert values.as_typed(height, "tall") == "tall"
    assert values.as_typed(height, None) == ""


def test_secrets_are_no_values(piggy, sandbox):
    contact = get_full_contact(piggy, contact_uuid=seed.MIRA_UUID)
    known = contact.values_of(values.writable_attributes(piggy))
    assert known["address"] == "Prinsengracht 12, 1015 DV Amsterdam"
    assert "custom_app_login_code" in contact.current_values
    assert "custom_app" not in str(known) + repr(contact) + contact.model_dump_json()


def test_values_that_are_no_mapping_count_as_none():
    assert FullContact.read({"uuid": "1", "current_values": []}).current_values == {}
