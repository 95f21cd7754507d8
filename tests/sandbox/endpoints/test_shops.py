import pytest

from piggyadmin.sandbox.models import LoyaltyProgram, Tier, Unit

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_shops(api, account):
    (shop,) = api("GET", "shops")
    assert set(shop) == {"uuid", "name", "type", "reference"}
    assert api("GET", f"shops/{shop['uuid']}") == shop
    assert api.code("GET", "shops/no") == 1008


def test_units(api, account):
    assert api("GET", "units")[0]["is_default"] is True
    made = api("POST", "units", name="coffees", label="Coffees", is_default="yes")
    assert made["prefix"] == "c"
    assert made["created_at"].endswith("Z")
    assert [row["is_default"] for row in api("GET", "units")] == [False, True]
    assert api.code("POST", "units", name="coffees", label="x") == 55045
    assert api.wrong("POST", "units", is_default="so") == {"name", "label", "is_default"}


def test_tiers(api, account):
    gold = Tier.objects.create(name="Gold", position=2)
    Tier.objects.create(name="Silver", position=1)
    assert [row["name"] for row in api("GET", "tiers")] == ["Silver", "Gold"]
    path = f"contacts/{account.mira.uuid}/tier"
    assert api("GET", path) is None
    account.mira.tier = gold
    account.mira.save()
    assert api("GET", path)["name"] == "Gold"
    assert api.code("GET", "contacts/no/tier") == 55031


def test_loyalty_program(api, account):
    program = api("GET", "loyalty-program")
    assert program["max_amount"] == 1000
    assert program["unit"]["name"] == "purchase_amount"
    Unit.objects.update(is_default=False)
    assert api("GET", "loyalty-program")["unit"] is None
    LoyaltyProgram.objects.all().delete()
    assert api("GET", "loyalty-program") is None
    made = api("POST", "units", name="teas", label="Teas")
    assert made["loyalty_program_id"] is None
