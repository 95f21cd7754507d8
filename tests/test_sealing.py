"""Secrets that are kept cannot be read without the key, and are noticed when changed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import partial

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from piggyadmin import sealing

PURPOSE = "a-purpose"
seal, unseal = (partial(each, purpose=PURPOSE) for each in (sealing.seal, sealing.unseal))
TEXTS = ["", "k", "release-welcome-locked", "ü😀" * 60, "x" * 255]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_sealed_is_opened_again(text):
    sealed = seal(text)
    assert unseal(sealed) == text
    assert seal(text) != sealed


def test_what_is_sealed_cannot_be_read():
    sealed = seal("release-welcome-locked")
    assert "release" not in sealed
    assert b"release" not in urlsafe_b64decode(sealed[sealing.PREFIX_LENGTH :])


@pytest.mark.parametrize("at", [0, 5, 20, 60, -3])
def test_what_was_changed_is_not_opened(at):
    sealed = seal("release-welcome-locked")
    other = "A" if sealed[at] != "A" else "B"
    changed = sealed[:at] + other + sealed[at + 1 :] if at >= 0 else sealed[:at] + other
    assert unseal(changed) is None


@pytest.mark.parametrize("nonsense", ["", "x", "release-welcome-locked", "😀", "=" * 80])
def test_nonsense_is_not_opened(nonsense):
    assert unseal(nonsense) is None


def test_what_was_sealed_for_something_else_is_not_opened():
    sealed = seal("secret")
    assert sealing.unseal(sealed, purpose="another-purpose") is None
    assert unseal(sealed) == "secret"


def test_an_older_key_opens_what_it_has_sealed(settings):
    sealed, old = seal("secret"), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert unseal(sealed) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == "secret"


def test_what_is_sealed_now_needs_no_older_key(settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    sealed = seal("secret")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) == "secret"
    settings.SECRET_KEY = old
    assert unseal(sealed) is None


def test_what_was_sealed_before_keys_had_names_is_opened(settings):
    info = f"piggyadmin.sealing.{PURPOSE}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    old = Fernet(urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
    assert unseal(old.encrypt(b"secret").decode()) == "secret"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert unseal(old.encrypt(b"secret").decode()) == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(old.encrypt(b"secret").decode()) is None


def test_a_key_of_its_own_seals_and_the_one_before_still_opens(settings):
    before = seal("secret")
    settings.DATA_KEY = "a key for data"
    after = seal("secret")
    assert unseal(before) == unseal(after) == "secret"
    assert sealing.key_names()[0] == sealing.current_key()
    assert after.startswith(sealing.current_prefix())
    assert not before.startswith(sealing.current_prefix())
    settings.DATA_KEY, settings.DATA_KEY_FALLBACKS = "the next one", ["a key for data"]
    assert unseal(after) == "secret"
    settings.DATA_KEY_FALLBACKS = []
    assert unseal(after) is None


def test_a_text_that_is_written_otherwise_is_not_what_was_sealed():
    sealed = seal("x")
    assert sealed.endswith("=")
    body = sealed.rstrip("=")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    beside = letters[letters.index(body[-1]) + 1]  # differs in bits that nobody reads
    assert unseal(body[:-1] + beside + sealed[len(body) :]) is None


@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 4])
def test_bytes_are_opened_again(content):
    sealed = sealing.seal_bytes(content, purpose=PURPOSE)
    assert sealing.is_sealed(sealed)
    assert not sealing.is_sealed(content)
    assert sealing.unseal_bytes(sealed, purpose=PURPOSE) == content
    assert sealing.unseal_bytes(sealed, purpose="another-purpose") is None
    assert sealing.unseal_bytes(sealed[:-1], purpose=PURPOSE) is None
    assert sealing.unseal_bytes(b"\xff" + sealed, purpose=PURPOSE) is None
    assert sealing.unseal_bytes(sealed[: sealing.PREFIX_LENGTH], purpose=PURPOSE) is None


def test_an_index_is_alike_for_what_is_alike_and_says_nothing_without_the_key(settings):
    index = sealing.index_of("mira@example.test", purpose=PURPOSE)
    assert index == sealing.index_of("mira@example.test", purpose=PURPOSE)
    assert index != sealing.index_of("mira@example.test", purpose="another-purpose")
    assert index != sealing.index_of("joris@example.test", purpose=PURPOSE)
    settings.DATA_KEY = "a key for data"
    found = sealing.indexes_of("mira@example.test", purpose=PURPOSE)
    assert found == [sealing.index_of("mira@example.test", purpose=PURPOSE), index]
