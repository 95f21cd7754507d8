"""Signatures of what Piggy sends: HMAC-SHA256 of the very bytes, in small hexadecimal letters.

It stands in the header `Signature`. The key is the subscription's own secret or else the account's
(docs of 2026).
"""

import hmac
import re
import secrets
from hashlib import sha256

from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.sealing import seal, unseal
from piggyadmin.webhooks.models import SigningSecret

HEADER = "Signature"
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_PURPOSE = "webhook-signing"
NEW_SECRET_BYTES = 32


def is_signed(body: bytes, signature: str) -> bool:
    """Tell whether whoever sent these bytes knows one of the secrets; it takes as long for each."""
    if not _SIGNATURE.fullmatch(signature):
        return False
    # All are compared, so that nobody learns from the time which one it was.
    fits = [hmac.compare_digest(sign(body, each), signature) for each in _secrets()]
    return any(fits)


def sign(body: bytes, secret: str) -> str:
    """Sign bytes as Piggy does."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def _secrets() -> list[str]:
    opened = (unseal(each.sealed, purpose=_PURPOSE) for each in SigningSecret.objects.all())
    return [each for each in opened if each]


def secret_of(owner: SigningSecret.Owner) -> str:
    """Give a secret; empty where there is none, or nobody can open it any more."""
    kept = SigningSecret.objects.filter(owner=owner).first()
    return (kept and unseal(kept.sealed, purpose=_PURPOSE)) or ""


def keep_secret(owner: SigningSecret.Owner, secret: str, person: User) -> None:
    """Keep a secret in place of the one that was."""
    values = {
        "sealed": seal(secret, purpose=_PURPOSE),
        "set_at": timezone.now(),
        "set_by": person.name,
    }
    SigningSecret.objects.update_or_create(owner=owner, defaults=values)


def forget_secret(owner: SigningSecret.Owner) -> None:
    """Keep a secret no more: what is signed with it is refused from now on."""
    SigningSecret.objects.filter(owner=owner).delete()


def console_secret(person: User) -> str:
    """Give the secret of the webhooks that are made here; the first time it is made."""
    owner = SigningSecret.Owner.CONSOLE
    if not secret_of(owner):
        keep_secret(owner, secrets.token_urlsafe(NEW_SECRET_BYTES), person)
    return secret_of(owner)
