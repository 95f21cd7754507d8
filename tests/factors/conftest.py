"""Somebody with a password, whose app shows codes."""

import hashlib
import html
import json
import os
import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from piggyadmin.accounts.models import User
from piggyadmin.factors import authenticators

PASSWORD = "a lamp of seven colours"


class App:
    """An app of a phone, whose clock can be set."""

    def __init__(self, secret: str) -> None:
        self.secret, self.steps = secret, 0

    def code(self) -> str:
        """Show another code than before."""
        step = int(time.time()) // 30 - 1 + self.steps
        self.steps += 1
        return str(totp.format_hotp_value(totp.hotp_value(self.secret, step)))


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def noor(db) -> User:
    """Somebody without a second factor."""
    return User.objects.create_user("noor", password=PASSWORD, first_name="Noor")


@pytest.fixture
def app(noor) -> App:
    """Her app, which can show three codes."""
    secret = authenticators.new_secret()
    authenticators.add_app(noor, secret, 0)
    return App(secret)


@pytest.fixture
def browser() -> Client:
    """A browser in which nobody has signed in."""
    return Client()


def sign_in(browser: Client, *, name: str = "noor", password: str = PASSWORD, to: str = ""):
    """Take the first step."""
    typed = {"login": name, "password": password} | ({"next": to} if to else {})
    return browser.post("/accounts/login/", typed)


def second_step(browser: Client, code: str):
    """Take the second."""
    return browser.post("/accounts/second-step/", {"code": code})


def is_in(browser: Client) -> bool:
    """Tell whether somebody has signed in."""
    return "_auth_user_id" in browser.session


def recovery_codes(page: str) -> list[str]:
    """Read the codes that a page shows."""
    return re.findall(r"<code>(\d{8})</code>", page)


class SecurityKey:
    """A key that answers a browser as a real one does, at `https://testserver`."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(16)

    def client_data(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, "https://testserver")

    def _data(self, credential: AttestedCredentialData | None = None) -> Any:
        flags = AuthenticatorData.FLAG.UP | (AuthenticatorData.FLAG.AT if credential else 0)
        return AuthenticatorData.create(
            hashlib.sha256(b"testserver").digest(), flags, 0, *([credential] if credential else [])
        )

    def make(self, options: dict[str, Any]) -> str:
        """Make a passkey."""
        public = ES256.from_cryptography_key(self.private.public_key())
        credential = AttestedCredentialData.create(Aaguid(bytes(16)), self.credential_id, public)
        made = AttestationObject.create("none", self._data(credential), {})
        data = self.client_data("webauthn.create", options["publicKey"]["challenge"])
        return self._answer(clientDataJSON=data, attestationObject=made)

    def show(self, options: dict[str, Any]) -> str:
        """Show it."""
        shown = self._data()
        data = self.client_data("webauthn.get", options["publicKey"]["challenge"])
        signature = self.private.sign(shown + data.hash, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=data, authenticatorData=shown, signature=signature)

    def _answer(self, **response: bytes) -> str:
        name = websafe_encode(self.credential_id)
        parts = {part: websafe_encode(value) for part, value in response.items()}
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": parts,
                "clientExtensionResults": {},
            }
        )


def options_of(page: str) -> dict[str, Any]:
    """Read what a page tells the browser of passkeys."""
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def make_passkey(person: User, name: str = "Phone") -> Authenticator:
    """Give somebody a passkey that nobody can show."""
    request = SimpleNamespace(get_host=lambda: "testserver", session={})
    with context.request_context(request):
        credential = SecurityKey().make(authenticators.passkey_to_make(person))
    return authenticators.add_passkey(person, name, json.loads(credential))
