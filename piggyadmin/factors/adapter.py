"""How allauth's second factors behave here: their secrets are sealed, people have their names."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from piggyadmin.accounts.models import User
from piggyadmin.sealing import seal, unseal

_PURPOSE = "second-factors"


class Unreadable(Exception):  # noqa: N818
    """A secret was sealed with a key that nobody has any more."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's own, with secrets that say nothing to whoever reads the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it.

        Raises:
            Unreadable: no key fits. An empty secret would be one that everybody knows.
        """
        text = unseal(encrypted_text, purpose=_PURPOSE)
        if text is None:
            raise Unreadable
        return text

    def _get_user_identifier(self, user: User) -> str:
        """Give what an app or a passkey calls the account: the name one signs in with."""
        return user.get_username()

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Send none: the ledger tells of it."""
