import pytest

from piggyadmin.sandbox.models import Promotion

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_list_heeds_page_and_limit_without_meta(api, account):
    Promotion.objects.create(name="Tea")
    answer = api.envelope("GET", "promotions", limit=1, page=2)
    assert [row["name"] for row in answer["data"]] == ["Tea"]
    assert answer["meta"] == []
    assert answer["data"][0]["attributes"] == []


def test_get(api, account):
    assert api("GET", f"promotions/{account.promotion.uuid}")["voucher_limit"] == 10
    assert api.code("GET", "promotions/no") == 80002


def test_create(api, account):
    api("POST", "promotion-attributes", name="season", label="Season", type="text")
    values = {"name": "Cake", "description": "A piece", "expiration_duration": 60}
    made = api("POST", "promotions", **values, season="spring", limit_per_contact="2")
    assert made["attributes"] == {"season": "spring"}
    assert (made["limit_per_contact"], made["type"]) == (2, "SINGLE_USE")
    assert api.wrong("POST", "promotions", voucher_limit=-1) == {
        *("name", "description", "voucher_limit"),
    }
