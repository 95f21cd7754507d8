"""Loyalty tokens: signed addresses, printed on a receipt, at which its credits are claimed once.

The signature is the documented one of version 3; of versions 1 and 2, which name the shop
`shop_id`, no source prints another. The account's secret is the sandbox's token.
"""

import secrets
from collections.abc import Mapping
from hashlib import sha1
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from piggyadmin.sandbox import errors
from piggyadmin.sandbox.endpoints.credits import create_credit_reception
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import shop_by_uuid
from piggyadmin.sandbox.models import ClaimedToken
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

VERSIONS = ("v1", "v2", "v3")
EARNED = ("credits", "unit_name", "unit_value")


def sign(fields: Mapping[str, str], secret: str) -> str:
    """Give the hash that goes with a token's fields, in the order in which they stand."""
    text = urlencode({**fields, "secret": secret})
    return sha1(text.encode()).hexdigest()  # noqa: S324  (the API's own choice)


@route("POST", "loyalty-tokens")
def create_loyalty_token(given: Given) -> Reply:
    """Make the address for a receipt."""
    fields = _fields(given, timestamp=str(int(timezone.now().timestamp())))
    signed = {**fields, "hash": sign(fields, settings.PIGGY_SANDBOX_TOKEN)}
    return Reply(f"https://example.test/l?{urlencode(signed)}")


@route("POST", "loyalty-tokens/claim")
def claim_loyalty_token(given: Given) -> Reply:
    """Give a contact the credits of a token that is genuine and was not claimed yet."""
    contact_uuid, claimed = given.text("contact_uuid"), given.text("hash")
    fields = _fields(given, timestamp=given.text("timestamp"))
    genuine = sign(fields, settings.PIGGY_SANDBOX_TOKEN)
    if not secrets.compare_digest(claimed.encode(), genuine.encode()):
        raise errors.invalid("hash", "The hash is invalid.")
    shop_uuid = fields[_shop_field(fields["version"])]
    _claim_once(shop_uuid, fields["unique_id"])
    earned = {name: value for name, value in fields.items() if name in EARNED}
    to = {"shop_uuid": shop_uuid, "contact_uuid": contact_uuid}
    return create_credit_reception(Given({**to, **earned}))


def _shop_field(version: str) -> str:
    return "shop_uuid" if version == "v3" else "shop_id"


def _fields(given: Given, timestamp: str) -> dict[str, str]:
    """Read what is signed, in its order: credits, or a unit and how much of it."""
    version = given.choice("version", VERSIONS)
    shop_field = _shop_field(version)
    shop_uuid, unique_id = given.text(shop_field), given.text("unique_id")
    earned = {name: value for name in EARNED if (value := given.optional_text(name)) is not None}
    given.check()
    shop_by_uuid(shop_uuid)
    if version == "v1" and "credits" not in earned:
        raise ApiError(errors.TOKEN_NEEDS_CREDITS)
    if version != "v1" and not ({"unit_name", "unit_value"} <= set(earned) or "credits" in earned):
        raise ApiError(errors.TOKEN_NEEDS_UNITS)
    signed = {"version": version, shop_field: shop_uuid, "unique_id": unique_id}
    return {**signed, "timestamp": timestamp, **earned}


def _claim_once(shop_uuid: str, unique_id: str) -> None:
    try:
        with transaction.atomic(using="sandbox"):
            ClaimedToken.objects.create(shop=shop_by_uuid(shop_uuid), unique_id=unique_id)
    except IntegrityError:
        raise errors.invalid("unique_id", "This token has already been claimed.") from None
