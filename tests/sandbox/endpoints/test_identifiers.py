import pytest

from piggyadmin.sandbox.models import ContactIdentifier

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_list(api, account):
    assert api("GET", f"contacts/{account.mira.uuid}/contact-identifiers") == [
        {
            "name": "Card",
            "value": "CARD-1",
            "active": True,
            "default": True,
            "contact": {"uuid": account.mira.uuid},
        }
    ]
    assert api.code("GET", "contacts/unknown/contact-identifiers") == 55031


def test_find(api, account):
    found = api("GET", "contact-identifiers/find", contact_identifier_value="CARD-1")
    assert found["contact"] == {"uuid": account.mira.uuid, "email": "mira@example.test"}
    ContactIdentifier.objects.update(active=False)
    path = "contact-identifiers/find"
    assert api.code("GET", path, contact_identifier_value="CARD-1") == 60004
    assert api.code("GET", path, contact_identifier_value="card-1") == 60003
    assert api.wrong("GET", path) == {"contact_identifier_value"}


def test_create(api, account):
    made = api("POST", "contact-identifiers", contact_identifier_value="NFC")
    assert made == {"name": "NFC", "value": "NFC", "active": True, "contact": None}
    values = {"contact_identifier_value": "NFC-2", "contact_identifier_name": "Ring"}
    given = api("POST", "contact-identifiers", **values, contact_uuid=account.mira.uuid)
    assert (given["name"], given["contact"]["uuid"]) == ("Ring", account.mira.uuid)
    assert api.code("POST", "contact-identifiers", **values) == 60006
    values["contact_identifier_value"] = "NFC-3"
    assert api.code("POST", "contact-identifiers", **values, contact_uuid="unknown") == 55031


def test_update_changes_name_and_state(api, account):
    values = {"contact_identifier_value": "CARD-1", "contact_identifier_active": False}
    changed = api("PUT", "contact-identifiers", **values)
    assert (changed["name"], changed["active"]) == ("Card", False)
    body = "contact_identifier_value=CARD-1&contact_identifier_active=1&contact_identifier_name=X"
    changed = api.form("PUT", "contact-identifiers", body)
    assert (changed["name"], changed["active"]) == ("X", True)
    values["contact_identifier_active"] = "perhaps"
    assert api.wrong("PUT", "contact-identifiers", **values) == {"contact_identifier_active"}
    assert api.code("PUT", "contact-identifiers", contact_identifier_value="NO") == 60003


def test_link_and_unlink(api, account):
    both = {"contact_identifier_value": "CARD-2", "contact_uuid": account.mira.uuid}
    assert api.code("PUT", "contact-identifiers/link", **both) == 60014
    freed = api("PUT", "contact-identifiers/unlink", contact_identifier_value="CARD-2")
    assert freed["contact"] is None
    linked = api("PUT", "contact-identifiers/link", **both)
    assert linked["contact"]["uuid"] == account.mira.uuid
    assert not ContactIdentifier.objects.get(value="CARD-2").is_default
    assert api.code("PUT", "contact-identifiers/link", **{**both, "contact_uuid": "no"}) == 55031
    ContactIdentifier.objects.update(active=False)
    assert api.code("PUT", "contact-identifiers/link", **both) == 60004


def test_delete_takes_the_value_from_query_or_body(api, account):
    assert api("DELETE", "contact-identifiers", contact_identifier_value="CARD-1") is None
    assert api.form("DELETE", "contact-identifiers", "contact_identifier_value=CARD-2") is None
    assert api.code("DELETE", "contact-identifiers", contact_identifier_value="CARD-1") == 60003
