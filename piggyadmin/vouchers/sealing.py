"""Short secrets that have to be used again, so that whoever reads the database learns nothing.

A stream of HMAC-SHA256 over a nonce of its own hides the text, and a second key proves that it was
not changed (encrypt, then MAC). Both keys come from SECRET_KEY; what an older one has sealed can be
opened as long as that is among SECRET_KEY_FALLBACKS.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings

NONCE_BYTES = 16
BLOCK_BYTES = 32  # of SHA-256


def seal(text: str) -> str:
    """Give a text as it can be kept; the same one is never sealed alike twice."""
    nonce, key = secrets.token_bytes(NONCE_BYTES), settings.SECRET_KEY
    hidden = _hidden(key, nonce, text.encode())
    return urlsafe_b64encode(nonce + _proof(key, nonce + hidden) + hidden).decode()


def unseal(sealed: str) -> str | None:
    """Give the text back; None where nobody has the key any more, or it was changed."""
    try:
        whole = urlsafe_b64decode(sealed.encode())
    except ValueError:
        return None
    nonce, rest = whole[:NONCE_BYTES], whole[NONCE_BYTES:]
    proof, hidden = rest[:BLOCK_BYTES], rest[BLOCK_BYTES:]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(proof, _proof(key, nonce + hidden)):
            return _hidden(key, nonce, hidden).decode()
    return None


def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"piggyadmin.vouchers.{purpose}".encode(), "sha256")


def _proof(secret: str, data: bytes) -> bytes:
    return hmac.digest(_key(secret, "proof"), data, "sha256")


def _hidden(secret: str, nonce: bytes, data: bytes) -> bytes:
    """Mix data with the stream: once hides it, once more shows it again."""
    key = _key(secret, "stream")
    blocks = range(-(-len(data) // BLOCK_BYTES))
    stream = b"".join(hmac.digest(key, nonce + bytes([block]), "sha256") for block in blocks)
    return bytes(mine ^ other for mine, other in zip(data, stream, strict=False))
