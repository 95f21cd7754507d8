from urllib.parse import parse_qsl, urlsplit

import pytest

from piggyadmin.sandbox.endpoints.tokens import sign
from piggyadmin.sandbox.models import Contact

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def fields_of(url):
    return dict(parse_qsl(urlsplit(url).query))


def test_the_signature_is_the_documented_one():
    fields = {
        "version": "v3",
        "shop_uuid": "s",
        "unique_id": "u",
        "timestamp": "1",
        "unit_name": "purchase_amount",
        "unit_value": "10.40",
    }
    # Of version=v3&shop_uuid=s&…&unit_value=10.40&secret=x, by another program.
    assert sign(fields, "x") == "ef6130155ba7d661164533b12c4ceae9e89ced59"


@pytest.mark.parametrize(
    ("version", "shop", "earned", "worth"),
    [
        ("v1", "shop_id", {"credits": 5}, 5),
        ("v2", "shop_id", {"unit_name": "purchase_amount", "unit_value": 10.4}, 10),
        ("v3", "shop_uuid", {"unit_name": "purchase_amount", "unit_value": "7"}, 7),
        ("v3", "shop_uuid", {"credits": 3}, 3),
    ],
)
def test_a_token_is_claimed_once(api, account, version, shop, earned, worth):
    receipt = {"version": version, shop: account.shop.uuid, "unique_id": "R-1", **earned}
    fields = fields_of(api("POST", "loyalty-tokens", **receipt))
    claim = {**fields, "contact_uuid": account.mira.uuid}
    assert api("POST", "loyalty-tokens/claim", **claim)["credits"] == worth
    assert api.wrong("POST", "loyalty-tokens/claim", **claim) == {"unique_id"}
    assert Contact.objects.get(pk=account.mira.pk).credits == 120 + worth


@pytest.mark.parametrize("changed", ["credits", "timestamp", "unique_id", "hash"])
def test_a_token_that_was_tampered_with_is_refused(api, account, changed):
    receipt = {"version": "v1", "shop_id": account.shop.uuid, "unique_id": "R-1", "credits": 5}
    fields = fields_of(api("POST", "loyalty-tokens", **receipt))
    claim = {
        **fields,
        changed: "9" if changed == "credits" else "é",
        "contact_uuid": account.mira.uuid,
    }
    assert api.wrong("POST", "loyalty-tokens/claim", **claim) == {"hash"}


def test_a_refused_claim_can_be_made_again(api, account):
    receipt = {"version": "v1", "shop_id": account.shop.uuid, "unique_id": "R-1", "credits": 5}
    fields = fields_of(api("POST", "loyalty-tokens", **receipt))
    assert api.code("POST", "loyalty-tokens/claim", **fields, contact_uuid="no") == 55031
    assert api("POST", "loyalty-tokens/claim", **fields, contact_uuid=account.mira.uuid)


def test_what_a_token_needs(api, account):
    receipt = {"shop_id": account.shop.uuid, "unique_id": "R-1"}
    assert api.code("POST", "loyalty-tokens", **receipt, version="v1") == 60018
    units = {"unit_name": "purchase_amount"}
    assert api.code("POST", "loyalty-tokens", **receipt, version="v2", **units) == 60019
    assert api.code("POST", "loyalty-tokens", version="v1", shop_id="no", unique_id="1") == 1008
    assert api.wrong("POST", "loyalty-tokens") == {"version", "shop_id", "unique_id"}
