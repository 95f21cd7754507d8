"""Calls as Piggy makes them, for tests."""

import json
from typing import Any

from django.test import Client

from piggyadmin.sandbox.webhook_sender import ACCOUNT_SECRET
from piggyadmin.webhooks.models import SigningSecret
from piggyadmin.webhooks.signing import keep_secret, sign
from tests.ledger.making import somebody

SECRET = ACCOUNT_SECRET
URL = "/webhooks/piggy/"


def know_secret(secret: str = SECRET) -> None:
    """Have the console know the account's secret."""
    keep_secret(SigningSecret.Owner.ACCOUNT, secret, somebody())


def body_of(kind: str, data: Any, **more: Any) -> bytes:
    """Write what Piggy tells."""
    return json.dumps({"type": kind, "data": data, **more}).encode()


def post(body: bytes, signature: str | None = None, **headers: str) -> Any:
    """Call the console, with the right signature unless another is given."""
    signed = sign(body, SECRET) if signature is None else signature
    return Client(enforce_csrf_checks=True).post(
        URL, body, content_type="application/json", headers={"Signature": signed, **headers}
    )
