import pytest

from piggyadmin.sandbox.models import Contact, ContactIdentifier

pytestmark = pytest.mark.django_db(databases=["sandbox"])

PATH = "prepaid-transactions"


def test_top_up_and_spend(api, account):
    shop = {"shop_uuid": account.shop.uuid}
    made = api("POST", PATH, **shop, contact_uuid=account.mira.uuid, amount_in_cents=2500)
    assert made["prepaid_balance"] == {"balance_in_cents": 2500, "balance": "€25.00"}
    assert made["shop"]["name"] == "Amsterdam"
    card = {"contact_identifier_value": "CARD-1"}
    spent = api("POST", PATH, **shop, **card, amount_in_cents=-1000)
    assert spent["prepaid_balance"]["balance_in_cents"] == 1500
    assert spent["contact_identifier"]["value"] == "CARD-1"
    assert api.wrong("POST", PATH, **shop, **card, amount_in_cents=-1501) == {"amount_in_cents"}
    assert Contact.objects.get(pk=account.mira.pk).prepaid_cents == 1500


def test_refused(api, account):
    shop = {"shop_uuid": account.shop.uuid, "amount_in_cents": 1}
    assert api.wrong("POST", PATH) == {"shop_uuid", "amount_in_cents", "contact_uuid"}
    assert api.code("POST", PATH, **shop, contact_uuid="no") == 55031
    assert api.code("POST", PATH, **shop, contact_identifier_value="no") == 60003
    ContactIdentifier.objects.create(value="FREE")
    assert api.code("POST", PATH, **shop, contact_identifier_value="FREE") == 55031
    ContactIdentifier.objects.update(active=False)
    assert api.code("POST", PATH, **shop, contact_identifier_value="FREE") == 60004
    mira = {"contact_uuid": account.mira.uuid}
    assert api.code("POST", PATH, **{**shop, **mira, "shop_uuid": "no"}) == 1008


def test_reverse_once(api, account):
    values = {"shop_uuid": account.shop.uuid, "contact_uuid": account.mira.uuid}
    made = api("POST", PATH, **values, amount_in_cents=2500)
    path = f"{PATH}/{made['uuid']}/reverse"
    assert api("POST", path)["amount_in_cents"] == -2500
    assert api.wrong("POST", path) == {"prepaid_transaction_uuid"}
    assert api.code("POST", f"{PATH}/no/reverse") == 1003


def test_list_in_shape_b(api, account):
    values = {"shop_uuid": account.shop.uuid, "contact_uuid": account.mira.uuid}
    api("POST", PATH, **values, amount_in_cents=2500)
    answer = api.envelope("GET", PATH, **values)
    assert answer["data"][0]["contact"]["uuid"] == account.mira.uuid
    assert answer["meta"]["per_page"] == 10
    assert "links" not in answer
    assert api.wrong("GET", PATH, limit=31) == {"limit"}
    assert api.code("GET", PATH, contact_uuid="no") == 55031
