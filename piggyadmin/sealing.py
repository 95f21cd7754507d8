"""Keeps what is secret or personal so that whoever reads the database learns nothing of it.

AES-256-GCM, with a key for each purpose that is derived from DATA_KEY; where that is not set, from
SECRET_KEY. What is sealed names its key, so that it is opened at one try, and found when the key is
replaced (`status/resealing.py`). What an older key has sealed can be opened as long as that is in
DATA_KEY_FALLBACKS, is SECRET_KEY, or is in SECRET_KEY_FALLBACKS.

`sealed_fields.py` has fields of models that do this by themselves.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12  # random ones: good for 2**32 values of each purpose and key (NIST SP 800-38D)
NAME_LENGTH = 8  # characters of the name of a key
# What is sealed begins with this, the name of its key and a colon; no JSON begins like that.
MARK = "s1:"
PREFIX_LENGTH = len(MARK) + NAME_LENGTH + 1
# How what was sealed before there were names of keys begins.
_FERNET = "gAAAA"


class KeyMissing(Exception):  # noqa: N818  (named as a person would)
    """Something was sealed with a key that is not set any more, or was changed since."""


class SealingKey(NamedTuple):
    """A key for one purpose, and the name of the secret that it is derived from."""

    name: str
    key: bytes
    cipher: AESGCM

    @property
    def prefix(self) -> str:
        """How everything begins that it has sealed."""
        return f"{MARK}{self.name}:"


def seal(text: str, *, purpose: str) -> str:
    """Give a text as it can be kept; the same one is never sealed alike twice."""
    key = _current(purpose)
    return key.prefix + urlsafe_b64encode(_encrypt(key, text.encode())).decode()


def seal_bytes(content: bytes, *, purpose: str) -> bytes:
    """Do the same with bytes."""
    key = _current(purpose)
    return key.prefix.encode() + _encrypt(key, content)


def unseal(sealed: str, *, purpose: str) -> str | None:
    """Give the text back; None where nobody has the key any more, or it was changed.

    It was sealed for this same purpose: what was sealed for another one is not opened.
    """
    if sealed.startswith(_FERNET):
        return _unseal_fernet(sealed, purpose)
    key = _named(sealed[:PREFIX_LENGTH], purpose)
    encoded = sealed[PREFIX_LENGTH:]
    try:
        content = urlsafe_b64decode(encoded)
    except (NotBase64, ValueError):
        return None
    # Several texts are read as the same bytes; one of them is what was written.
    is_as_written = urlsafe_b64encode(content).decode() == encoded
    opened = _decrypt(key, content) if key and is_as_written else None
    return None if opened is None else opened.decode()


def unseal_bytes(sealed: bytes, *, purpose: str) -> bytes | None:
    """Do the same with bytes."""
    key = _named(sealed[:PREFIX_LENGTH].decode("latin-1"), purpose)
    return _decrypt(key, sealed[PREFIX_LENGTH:]) if key else None


def is_sealed(kept: str | bytes) -> bool:
    """Tell whether something was sealed, by whatever key."""
    if isinstance(kept, bytes):
        return kept.startswith(MARK.encode())
    return kept.startswith(MARK)


def index_of(text: str, *, purpose: str) -> str:
    """Give what a text is looked for by where it is kept sealed; without the key it says nothing.

    The same text has the same one, so it is for what is looked for as a whole alone.
    """
    return _indexed(_current(f"{purpose}.index"), text)


def indexes_of(text: str, *, purpose: str) -> list[str]:
    """Give all by which a text can be found: one for each key that is set."""
    return [_indexed(each, text) for each in _keys(f"{purpose}.index")]


# --- Keys ------------------------------------------------------------------------------------


def current_key() -> str:
    """Name the key that seals."""
    return _name(_secrets()[0])


def key_names() -> list[str]:
    """Name the keys that open, the one that seals first."""
    return [_name(secret) for secret in _secrets()]


def current_prefix() -> str:
    """Give how everything begins that was sealed with the key of today."""
    return f"{MARK}{current_key()}:"


def _secrets() -> tuple[str, ...]:
    data = (settings.DATA_KEY, *settings.DATA_KEY_FALLBACKS) if settings.DATA_KEY else ()
    return (*data, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _current(purpose: str) -> SealingKey:
    return _derived(_secrets()[0], purpose)


def _keys(purpose: str) -> list[SealingKey]:
    return [_derived(secret, purpose) for secret in _secrets()]


def _named(prefix: str, purpose: str) -> SealingKey | None:
    return next((each for each in _keys(purpose) if each.prefix == prefix), None)


@cache
def _derived(secret: str, purpose: str) -> SealingKey:
    key = _key(secret, f"aes.{purpose}")
    return SealingKey(_name(secret), key, AESGCM(key))


@cache
def _name(secret: str) -> str:
    """Name a secret, by what says nothing of it."""
    return _key(secret, "name").hex()[:NAME_LENGTH]


def _key(secret: str, purpose: str) -> bytes:
    """Derive a key; the secret is random, so no salt."""
    info = f"piggyadmin.sealing.{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret.encode())


# --- Ciphers ---------------------------------------------------------------------------------


def _encrypt(key: SealingKey, content: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.cipher.encrypt(nonce, content, None)


def _decrypt(key: SealingKey, sealed: bytes) -> bytes | None:
    try:
        return key.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        return None


def _indexed(key: SealingKey, text: str) -> str:
    return hmac.new(key.key, text.encode(), sha256).hexdigest()


def _unseal_fernet(sealed: str, purpose: str) -> str | None:
    for secret in _secrets():
        try:
            key = urlsafe_b64encode(_key(secret, purpose))
            return Fernet(key).decrypt(sealed.encode()).decode()
        except InvalidToken:
            continue
    return None
