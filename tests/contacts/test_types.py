"""Contacts as Piggy answers them."""

import pytest

from piggyadmin.contacts.types import LONGEST_NAME, Contact, ContactIdentifier

SECRETS = {
    "custom_app_login_url": "https://example.test/login?secret",
    "custom_app_login_code": "secret",
    "subscription_preferences_url": "https://example.test/secret",
    "double_opt_in_confirmation_url_3": "https://example.test/secret",
}
FULL = {
    "id": 7,
    "uuid": "u-1",
    "email": "mira@example.test",
    "attributes": [],
    "tier": {"uuid": "t", "name": "Gold", "position": 2, "media": {"type": "image"}},
    "subscriptions": [
        {"is_subscribed": True, "status": 0, "subscription_type": {"id": 3, "uuid": None}}
    ],
    "credit_balance": {"id": 91, "balance": "120"},
    "prepaid_balance": {"balance_in_cents": 1250, "balance": "€ 12,50"},
    "current_values": {
        "firstname": "Mira",
        "lastname": "Jansen",
        "is_anonymous": False,
        "address": "Kerkstraat 1",
        "default_contact_identifier": "CARD-1",
        **SECRETS,
    },
    "current_display_values": SECRETS,
}


def test_a_full_contact():
    contact = Contact.model_validate(FULL)
    assert (contact.name, contact.credits, contact.prepaid_cents) == ("Mira Jansen", 120, 1250)
    assert (contact.address, contact.identifier) == ("Kerkstraat 1", "CARD-1")
    assert contact.is_anonymous is False
    assert contact.tier.name == "Gold"
    assert contact.subscriptions[0].status == "0"


def test_secrets_are_never_kept():
    contact = Contact.model_validate(FULL)
    assert "secret" not in repr(contact) + contact.model_dump_json()


def test_a_contact_can_be_stored_and_read_again():
    contact = Contact.model_validate(FULL)
    assert Contact.model_validate_json(contact.model_dump_json()) == contact


@pytest.mark.parametrize("empty", [None, [], {}, "x"])
@pytest.mark.parametrize(
    "key",
    ["tier", "subscriptions", "credit_balance", "prepaid_balance", "current_values", "attributes"],
)
def test_parts_that_are_empty_or_odd(key, empty):
    assert Contact.model_validate({**FULL, key: empty}).uuid == "u-1"


def test_a_short_contact():
    contact = ContactIdentifier.model_validate(
        {"value": "C", "contact": {"uuid": "u-1", "email": ""}}
    ).contact
    assert (contact.uuid, contact.email, contact.name, contact.credits) == ("u-1", "", "", None)


def test_a_name_is_as_long_as_anybody_reads():
    name = Contact(uuid="u-1", firstname="x" * 10_000, lastname="y").name
    assert name == "x" * LONGEST_NAME + "…"
