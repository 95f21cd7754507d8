"""Secrets that are kept cannot be read without the key, and are noticed when changed."""

import pytest

from piggyadmin.vouchers.sealing import seal, unseal


@pytest.mark.parametrize("text", ["", "k", "release-welcome-locked", "ü😀" * 60, "x" * 255])
def test_what_is_sealed_is_opened_again(text):
    sealed = seal(text)
    assert unseal(sealed) == text
    assert not text or text not in sealed
    assert seal(text) != sealed


@pytest.mark.parametrize("at", [0, 20, 60, -3])
def test_what_was_changed_is_not_opened(at):
    sealed = seal("release-welcome-locked")
    other = "A" if sealed[at] != "A" else "B"
    changed = sealed[:at] + other + sealed[at + 1 :] if at >= 0 else sealed[:at] + other
    assert unseal(changed) is None


@pytest.mark.parametrize("nonsense", ["", "x", "release-welcome-locked", "😀", "=" * 80])
def test_nonsense_is_not_opened(nonsense):
    assert unseal(nonsense) is None


def test_an_older_key_opens_what_it_has_sealed(settings):
    sealed, old = seal("secret"), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert unseal(sealed) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == "secret"
