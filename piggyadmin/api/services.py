"""Tokens of programs: made, found by their secret, withdrawn; all of it stands in the chain.

A secret of 256 random bits is found by its hash: it is too random to be guessed, and no time that
looking it up takes tells anything of others.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import USE_API, insist_on_permission
from piggyadmin.api.models import AccessToken
from piggyadmin.ledger import people_events
from piggyadmin.ledger.operations import Refused
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.piggy.actor import current_actor

# By which programs that look for secrets in code know one.
PREFIX = "piggyadmin_"
SECRET_BYTES = 32
MOST_TOKENS = 20
# So often, in seconds, is it kept that a token was used.
KEEP_EVERY = timedelta(seconds=60)


def hash_of(secret: str) -> str:
    """Hash a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def usable_tokens(person: User) -> QuerySet[AccessToken]:
    """List what of a person's tokens has not ended."""
    today = timezone.localdate()
    return AccessToken.objects.filter(person=person, withdrawn_at=None, ends_on__gte=today)


def make_token(person: User, *, name: str, scope: str, ends_on: date) -> tuple[AccessToken, str]:
    """Make a token; its secret is given this once and kept nowhere.

    Raises:
        PermissionDenied: the person may not let programs work in their name.
        Refused: they have as many as anybody may have.
    """
    insist_on_permission(person, USE_API)
    if usable_tokens(person).count() >= MOST_TOKENS:
        words = gettext(
            "These are %(most)s tokens already. Withdraw one that is not used any more."
        )
        raise Refused({"name": words % {"most": MOST_TOKENS}})
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        token = AccessToken.objects.create(
            person=person, name=name, scope=scope, ends_on=ends_on, secret_hash=hash_of(secret)
        )
        told = {"token": name, "scope": scope, "ends_on": ends_on}
        people_events.record(PersonEventKind.TOKEN_MADE, person, by=person.pk, **told)
    return token, secret


def find_token(secret: str) -> AccessToken | None:
    """Find a token, be it over or not, with the person whose it is."""
    return AccessToken.objects.select_related("person").filter(secret_hash=hash_of(secret)).first()


def note_use(token: AccessToken) -> None:
    """Keep that a token was used, to the minute."""
    now = timezone.now()
    if token.used_at is None or now - token.used_at >= KEEP_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(used_at=now)


def withdraw(token: AccessToken) -> bool:
    """End a token at once; False where somebody was faster."""
    with transaction.atomic():
        active = AccessToken.objects.filter(pk=token.pk, withdrawn_at=None)
        if not active.update(withdrawn_at=timezone.now()):
            return False
        people_events.record(PersonEventKind.TOKEN_WITHDRAWN, token.person, token=token.name)
    return True


def withdraw_all(person: User) -> None:
    """End all tokens of a person at once."""
    for token in usable_tokens(person).select_related("person"):
        withdraw(token)


def end_with_person(
    instance: User, update_fields: Iterable[str] | None = None, **_more: Any
) -> None:
    """End the tokens of somebody who is disabled, or whose password another person has set.

    Enabled again, or with a password of their own, they make others.
    """
    is_saved = update_fields is None or "password" in update_fields
    if not instance.is_active or (is_saved and _was_given_password(instance)):
        withdraw_all(instance)


def _was_given_password(person: User) -> bool:
    """Tell whether another password was saved just now, by anybody but the person."""
    is_same = person.was is None or person.was["password"] == person.password
    is_chosen = current_actor().person_id == person.pk
    return not (is_same or is_chosen or person.is_hashing_anew) and person.has_usable_password()
