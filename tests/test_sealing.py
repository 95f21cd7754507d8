"""Secrets that are kept cannot be read without the key, and are noticed when changed."""

from base64 import urlsafe_b64decode
from functools import partial

import pytest

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
