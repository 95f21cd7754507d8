"""Loyalty tokens, against a sandbox behind a socket."""

from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha1
from urllib.parse import parse_qsl, urlsplit

import pytest

from piggyadmin.loyalty_tokens import services
from piggyadmin.piggy.errors import ErrorCode, OutcomeUnknown, Rejected
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_UUID
from tests.piggy.scripted import answers

RECEIPT = {"shop_id": AMSTERDAM_UUID, "unique_id": "R-1"}
EARNED = {"unit_name": "purchase_amount", "unit_value": Decimal("10.40")}


def fields_of(address):
    return dict(parse_qsl(urlsplit(address).query))


@pytest.mark.parametrize(
    ("version", "earned", "given"), [("v1", {"credits": 7}, 7), ("v2", EARNED, 10)]
)
def test_a_token_is_claimed_once(piggy, version, earned, given):
    address = services.create_loyalty_token(piggy, version=version, **RECEIPT, **earned)
    fields = fields_of(address)
    if "unit_value" in earned:
        earned = earned | {"unit_value": Decimal(fields["unit_value"])}
    claim = {
        **RECEIPT,
        **earned,
        "version": version,
        "timestamp": int(fields["timestamp"]),
        "hash": fields["hash"],
        "contact_uuid": MIRA_UUID,
    }
    assert services.claim_loyalty_token(piggy, **claim).credits == given
    with pytest.raises(Rejected):
        services.claim_loyalty_token(piggy, **claim)


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("v1", ErrorCode.LOYALTY_TOKEN_NEEDS_CREDITS),
        ("v2", ErrorCode.LOYALTY_TOKEN_NEEDS_UNITS),
    ],
)
def test_what_a_token_needs(piggy, version, code):
    with pytest.raises(Rejected) as caught:
        services.create_loyalty_token(piggy, version=version, **RECEIPT)
    assert caught.value.code == code


def test_an_answer_without_an_address(scripted, scripted_piggy):
    scripted.will(answers({"url": "https://example.test/"}))
    with pytest.raises(OutcomeUnknown):
        services.create_loyalty_token(scripted_piggy, version="v1", **RECEIPT, credits=1)


def test_an_address_made_without_asking_is_genuine(piggy, sandbox):
    """The sandbox signs with its token, and takes what was signed so."""
    receipt = {"shop_uuid": AMSTERDAM_UUID, "unique_id": "R 2&3"}
    address = services.offline_loyalty_address(
        "portal.example.test", sandbox.token, **receipt, at=datetime.now(UTC), **EARNED
    )
    fields = fields_of(address)
    assert address.startswith("https://portal.example.test/l?version=v3&shop_uuid=")
    assert sandbox.token not in fields.values()
    claimed = sandbox.api(
        "POST", "loyalty-tokens/claim", json={**fields, "contact_uuid": MIRA_UUID}
    )
    assert claimed["credits"] == 10


def test_what_is_signed_is_as_documented():
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    address = services.offline_loyalty_address(
        "p.test", "s", shop_uuid="shop", unique_id="1", at=at, credits=5
    )
    signed = f"version=v3&shop_uuid=shop&unique_id=1&timestamp={int(at.timestamp())}&credits=5"
    digest = sha1(f"{signed}&secret=s".encode()).hexdigest()  # noqa: S324
    assert address == f"https://p.test/l?{signed}&hash={digest}"
