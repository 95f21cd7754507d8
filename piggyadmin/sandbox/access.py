"""Bearer tokens: who may call, and how tokens are given out for client credentials."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from piggyadmin.sandbox.messages import ApiRequest
from piggyadmin.sandbox.models import AccessToken

LIFETIME = timedelta(hours=1)
PREFIX = "bearer "

# Not the API's envelope: these answers come from the OAuth layer in front of it.
INVALID_TOKEN = {
    "error": "invalid_token",
    "error_description": "The access token is invalid or has expired.",
}
INVALID_CLIENT = {"error": "invalid_client", "error_description": "Client authentication failed."}
WRONG_GRANT = {
    "error": "unsupported_grant_type",
    "error_description": "Only client_credentials is supported.",
}


def may_call(request: ApiRequest) -> bool:
    """Tell whether a request bears the sandbox's token, or one that was given out."""
    header = request.header("Authorization")
    if header[: len(PREFIX)].lower() != PREFIX:
        return False
    token = header[len(PREFIX) :].strip()
    if _same(token, settings.PIGGY_SANDBOX_TOKEN):
        return True
    if not token.isascii() or not token.isprintable():
        return False
    return AccessToken.objects.filter(token=token, expires_at__gt=timezone.now()).exists()


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(errors="replace"), other.encode())


def give_token(values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer `POST /oauth/token`: status and body. The client's secret is the sandbox's token."""
    if values.get("grant_type") != "client_credentials":
        return 400, WRONG_GRANT
    secret = str(values.get("client_secret") or "")
    if not values.get("client_id") or not _same(secret, settings.PIGGY_SANDBOX_TOKEN):
        return 401, INVALID_CLIENT
    expires_at = timezone.now() + LIFETIME
    token = AccessToken.objects.create(token=secrets.token_urlsafe(32), expires_at=expires_at)
    seconds = int(LIFETIME.total_seconds())
    return 200, {"token_type": "Bearer", "expires_in": seconds, "access_token": token.token}
