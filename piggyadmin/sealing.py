"""Short secrets that have to be used again, so that whoever reads the database learns nothing.

They are Fernet tokens (AES-128-CBC, then HMAC-SHA256). The key of each purpose is derived from
SECRET_KEY; what an older one has sealed can be opened as long as that is in SECRET_KEY_FALLBACKS.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32  # what Fernet takes: half of it encrypts, half of it signs


def seal(text: str, *, purpose: str) -> str:
    """Give a text as it can be kept; the same one is never sealed alike twice."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str | None:
    """Give the text back; None where nobody has the key any more, or it was changed.

    It was sealed for this same purpose: what was sealed for another one is not opened.
    """
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet(purpose: str) -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    """Derive a key, in the letters in which Fernet takes it; SECRET_KEY is random, so no salt."""
    info = f"piggyadmin.sealing.{purpose}".encode()
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info)
    return urlsafe_b64encode(derived.derive(secret.encode()))
