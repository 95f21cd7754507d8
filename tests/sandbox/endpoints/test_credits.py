import pytest

from piggyadmin.sandbox.models import (
    Contact,
    ContactIdentifier,
    LoyaltyTransaction,
    PosTransaction,
    Shop,
    Unit,
)

pytestmark = pytest.mark.django_db(databases=["sandbox"])

PATH = "credit-receptions"
POS = "c0ffee00-0000-4000-8000-0000000000b2"


@pytest.fixture
def given(account):
    return {"shop_uuid": account.shop.uuid, "contact_uuid": account.mira.uuid}


def test_credits_by_amount(api, account, given):
    made = api("POST", PATH, **given, unit_value=10.99)
    assert made["type"] == "credit_reception"
    assert made["credits"] == 10
    assert made["unit_value"] == 10.99
    assert made["unit"]["name"] == "purchase_amount"
    assert made["contact"]["credit_balance"]["balance"] == 130
    assert made["shop"]["address"]["city"] == "Amsterdam"
    assert made["contact_identifier"] is None
    assert made["created_at"].endswith("+00:00")


def test_credits_by_hand(api, account, given):
    assert api("POST", PATH, **given, credits=5)["unit_value"] is None
    both = api("POST", PATH, **given, credits=7, unit_value="2.50")
    assert (both["credits"], both["unit_value"]) == (7, 2.5)
    assert Contact.objects.get(pk=account.mira.pk).credits == 132


def test_units_differ(api, account, given):
    Unit.objects.create(name="coffees", label="Coffees", credits_per_unit="2.5")
    assert api("POST", PATH, **given, unit_value=3, unit_name="coffees")["credits"] == 7
    assert api.code("POST", PATH, **given, unit_value=3, unit_name="teas") == 60007
    Unit.objects.update(is_default=False)
    assert api.code("POST", PATH, **given, unit_value=3) == 55046
    assert api("POST", PATH, **given, credits=3)["unit"] is None


def test_partial_refunds_never_go_below_zero(api, account, given):
    assert api("POST", PATH, **given, credits=-20)["contact"]["credit_balance"]["balance"] == 100
    assert api.code("POST", PATH, **given, credits=-101) == 1017
    assert api("GET", f"contacts/{account.mira.uuid}/credit-balance") == {"balance": 100}
    assert api("POST", PATH, **given, unit_value=-10.9)["credits"] == -10


def test_limits(api, account, given):
    assert api.code("POST", PATH, **given, credits=1001) == 1015
    assert api("POST", PATH, **given, credits=1000)
    account.program.max_amount = None
    account.program.save()
    assert api("POST", PATH, **given, credits=1001)
    assert api.code("POST", PATH, **given, credits=2_147_483_647) == 1015


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {"credits", "unit_value"}),
        ({"credits": 1.5}, {"credits"}),
        ({"credits": "ten"}, {"credits"}),
        ({"credits": True}, {"credits"}),
        ({"credits": 10**20}, {"credits"}),
        ({"unit_value": "10,40"}, {"unit_value"}),
        ({"unit_value": "NaN"}, {"unit_value"}),
        ({"unit_value": [1]}, {"unit_value"}),
        ({"credits": 1, "shop_uuid": ""}, {"shop_uuid"}),
        ({"credits": 1, "contact_uuid": "a\x00b"}, {"input"}),
        ({"credits": 1, "contact_uuid": "a" * 10_000}, {"contact_uuid"}),
    ],
)
def test_refused_input(api, account, given, values, fields):
    assert api.wrong("POST", PATH, **{**given, **values}) == fields


def test_what_cannot_be_found(api, account, given):
    assert api.code("POST", PATH, **{**given, "shop_uuid": "no"}, credits=1) == 1008
    assert api.code("POST", PATH, **{**given, "contact_uuid": "no"}, credits=1) == 55031
    identifier = {"contact_identifier_value": "no"}
    assert api.code("POST", PATH, **given, **identifier, credits=1) == 60003
    Shop.objects.update(has_loyalty_program=False)
    assert api.code("POST", PATH, **given, credits=1) == 1102
    Shop.objects.update(has_loyalty_program=True)
    account.program.delete()
    assert api.code("POST", PATH, **given, credits=1) == 55018


def test_identifier_must_be_the_contacts_own_and_active(api, account, given):
    made = api("POST", PATH, **given, credits=1, contact_identifier_value="CARD-1")
    assert made["contact_identifier"]["value"] == "CARD-1"
    other = {"contact_identifier_value": "CARD-2"}
    assert api.wrong("POST", PATH, **given, **other, credits=1) == {"contact_identifier_value"}
    ContactIdentifier.objects.update(active=False)
    mine = {"contact_identifier_value": "CARD-1"}
    assert api.code("POST", PATH, **given, **mine, credits=1) == 60004


def test_a_pos_transaction_counts_once(api, account, given):
    assert api.code("POST", PATH, **given, credits=1, pos_transaction_uuid=POS) == 1027
    PosTransaction.objects.create(uuid=POS, shop=account.shop)
    assert api("POST", PATH, **given, credits=1, pos_transaction_uuid=POS)
    assert api.code("POST", PATH, **given, credits=1, pos_transaction_id=POS) == 6001
    assert api.code("POST", PATH, **given, credits=1, pos_transaction_uuid="no") == 1027


def test_transaction_attributes_ride_on_the_top_level(api, account, given):
    api("POST", "loyalty-transaction-attributes", name="table", data_type="text")
    assert api("POST", PATH, **given, credits=1, table="7", other="x")["table"] == "7"
    assert api("GET", "loyalty-transactions")[0]["table"] == "7"


def test_reverse_once(api, account, given):
    made = api("POST", PATH, **given, unit_value=10)
    path = f"{PATH}/{made['uuid']}/reverse"
    back = api("POST", path)
    assert (back["credits"], back["unit_value"]) == (-10, -10.0)
    assert back["contact"]["credit_balance"]["balance"] == 120
    assert api.wrong("POST", path) == {"credit_reception_uuid"}
    assert api.wrong("POST", f"{PATH}/{back['uuid']}/reverse") == {"credit_reception_uuid"}
    assert api.code("POST", f"{PATH}/no/reverse") == 1028
    large = api("POST", PATH, **given, credits=500)
    api("POST", PATH, **given, credits=-600)
    assert api.code("POST", f"{PATH}/{large['uuid']}/reverse") == 1017


def test_calculate_books_nothing(api, account, given):
    path = f"{PATH}/calculate"
    shop = {"shop_uuid": account.shop.uuid}
    assert api("GET", path, **given, unit_value="25.90") == {"credits": 25}
    assert api("GET", path, **shop, unit_value="3", unit_name="purchase_amount")
    assert LoyaltyTransaction.objects.count() == 2
    assert api.wrong("GET", path) == {"shop_uuid", "unit_value"}
    assert api.code("GET", path, shop_uuid="no", unit_value=1) == 1008
    assert api.code("GET", path, **shop, unit_value=1, contact_uuid="no") == 55031
    assert api.code("GET", path, **shop, unit_value=1, unit_name="no") == 60007
    Unit.objects.update(credits_per_unit=9999)
    assert api.wrong("GET", path, **shop, unit_value="9999999999") == {"unit_value"}


def test_list_newest_first_in_shape_a(api, account, given):
    for amount in (1, 2, 3):
        api("POST", PATH, **given, credits=amount)
    answer = api.envelope("GET", "loyalty-transactions", limit=2, contact_uuid=account.mira.uuid)
    assert [row["credits"] for row in answer["data"]] == [3, 2]
    assert answer["meta"]["total"] == 4
    assert answer["data"][0]["contact"] == {
        "uuid": account.mira.uuid,
        "email": "mira@example.test",
    }
    oldest = api("GET", "loyalty-transactions", sort="created_at")
    assert oldest[0]["credits"] == 120
    assert api("GET", "loyalty-transactions", shop_uuid=account.shop.uuid, limit=100)
    assert api("GET", "loyalty-transactions", type="reward_receptions") == []
    assert api("GET", "loyalty-transactions", limit=0) == []
    assert api.wrong("GET", "loyalty-transactions", limit=101, type="x") == {"limit", "type"}
    assert api.code("GET", "loyalty-transactions", contact_uuid="no") == 55031
    assert api.code("GET", "loyalty-transactions", shop_uuid="no") == 1008


def test_balances_add_up(api, account, given):
    for amount in (5, -3, 40, -120):
        api("POST", PATH, **given, credits=amount)
    rows = LoyaltyTransaction.objects.filter(contact=account.mira)
    total = sum(rows.values_list("credits", flat=True))
    assert Contact.objects.get(pk=account.mira.pk).credits == total


def test_a_reference_of_ones_own_is_kept_once_its_attribute_is_made(api, account):
    attribute = {"name": "console_reference", "label": "Reference", "data_type": "text"}
    given = {"shop_uuid": account.shop.uuid, "contact_uuid": account.mira.uuid, "credits": 5}
    before = api("POST", "credit-receptions", **given, console_reference="R-1")
    assert "console_reference" not in before
    api("POST", "loyalty-transaction-attributes", **attribute)
    assert api.code("POST", "loyalty-transaction-attributes", **attribute) == 60009
    listed = api("GET", "loyalty-transaction-attributes")
    assert "console_reference" in {each["name"] for each in listed}
    made = api("POST", "credit-receptions", **given, console_reference="R-1")
    assert made["console_reference"] == "R-1"
    rows = api("GET", "loyalty-transactions", contact_uuid=account.mira.uuid)
    found = [row["uuid"] for row in rows if row.get("console_reference") == "R-1"]
    assert found == [made["uuid"]]


def test_transactions_are_narrowed_to_a_time(api, account):
    late = {"created_at[gt]": "2999-01-01T00:00:00Z"}
    assert api("GET", "loyalty-transactions", **late) == []
    assert api("GET", "loyalty-transactions", **{"created_at[gte]": "2020-01-01T00:00:00Z"})
    assert api.wrong("GET", "loyalty-transactions", **{"created_at[like]": "x"}) == {
        "created_at.like"
    }
