"""The second factors of a person: what there are, adding and removing one, and trying one.

They are rows of allauth's `Authenticator`; what is asked of allauth's inside is asked here alone.
"""

import logging
import struct
import time
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from piggyadmin.accounts.models import User
from piggyadmin.factors.adapter import Unreadable

APP = Authenticator.Type.TOTP
PASSKEY = Authenticator.Type.WEBAUTHN
CODES = Authenticator.Type.RECOVERY_CODES
# What is a factor by itself; recovery codes stand in for one.
FACTORS = (APP, PASSKEY)
# What fido2 says of what no browser would send.
MALFORMED = (ValidationError, ValueError, TypeError, LookupError, AttributeError, struct.error)

logger = logging.getLogger(__name__)


def of_person(person: User) -> QuerySet[Authenticator]:
    """Select all that somebody has, the oldest first."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person).order_by("pk")
    return found


def has_factor(person: User) -> bool:
    """Tell whether somebody has a second factor."""
    return of_person(person).filter(type__in=FACTORS).exists()


# --- Apps ------------------------------------------------------------------------------------


def new_secret() -> str:
    """Make what an app and the console are going to share."""
    secret: str = totp.generate_totp_secret()
    return secret


def address_of_app(person: User, secret: str) -> str:
    """Give what an app reads from the QR code."""
    address: str = get_adapter().build_totp_url(person, secret)
    return address


def matching_step(secret: str, code: str) -> int | None:
    """Tell of which step of time a code is, the present one or one beside it; None for no code."""
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(
            actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))
        ):
            return int(step)
    return None


def add_app(person: User, secret: str, step: int) -> Authenticator:
    """Add an app; the code that showed that it works is used up by that.

    Raises:
        IntegrityError: they have one already.
    """
    data = {"secret": get_adapter().encrypt(secret), "step": step}
    with transaction.atomic():
        app = Authenticator.objects.create(user=person, type=APP, data=data)
        make_recovery_codes(person)
    return app


@transaction.atomic
def _try_app(app: Authenticator, code: str) -> bool:
    """Look whether a code is the app's, and one that was not used before.

    The secret is sealed anew, with the key of today.
    """
    app = Authenticator.objects.select_for_update().get(pk=app.pk)
    secret = get_adapter().decrypt(app.data["secret"])
    step = matching_step(secret, code)
    if step is None or step <= app.data.get("step", 0):
        return False
    app.data = {"secret": get_adapter().encrypt(secret), "step": step}
    app.save(update_fields=["data"])
    return True


def find_by_code(person: User, code: str) -> Authenticator | None:
    """Find whose code it is, the app's or one of the recovery codes; it is used up by that."""
    for each in of_person(person).exclude(type=PASSKEY):
        try:
            is_right = _try_app(each, code) if each.type == APP else each.wrap().validate_code(code)
        except Unreadable:
            logger.error("A second factor of person %s can be read with no key", person.pk)  # noqa: TRY400
            continue
        if is_right:
            return Authenticator.objects.get(pk=each.pk)
    return None


# --- Passkeys --------------------------------------------------------------------------------


def passkey_to_make(person: User) -> dict[str, Any]:
    """Give what a browser has to know to make a passkey."""
    options: dict[str, Any] = webauthn.begin_registration(person, passwordless=False)
    return options


def check_made(credential: Any) -> None:
    """Look whether a browser has made a passkey for what it was asked.

    Raises:
        ValidationError: it has not.
    """
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except MALFORMED as error:
        raise ValidationError(type(error).__name__) from error


def add_passkey(person: User, name: str, credential: dict[str, Any]) -> Authenticator:
    """Add one that was made."""
    with transaction.atomic():
        passkey: Authenticator = webauthn.WebAuthn.add(person, name, credential).instance
        make_recovery_codes(person)
    return passkey


def rename(passkey: Authenticator, name: str) -> None:
    """Call a passkey otherwise."""
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])


def passkey_to_show(person: User) -> dict[str, Any]:
    """Give what a browser has to know to use one of somebody's passkeys."""
    options: dict[str, Any] = webauthn.begin_authentication(person)
    return options


def find_by_passkey(person: User, credential: Any) -> Authenticator | None:
    """Find the passkey with which a browser has answered what it was asked."""
    try:
        webauthn.parse_authentication_response(credential)
        found: Authenticator = webauthn.complete_authentication(person, credential)
    except MALFORMED:
        return None
    return found


# --- Recovery codes --------------------------------------------------------------------------


def make_recovery_codes(person: User, *, anew: bool = False) -> None:
    """Make recovery codes; those there are stay, or are worth nothing any more."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if anew:
            of_person(person).filter(type=CODES).delete()
        RecoveryCodes.activate(person)


def unused_codes(codes: Authenticator) -> list[str]:
    """Give those that can still be used; none where no key opens them."""
    try:
        unused: list[str] = codes.wrap().get_unused_codes()
    except Unreadable:
        return []
    return unused


def take_codes_to_show(codes: Authenticator) -> list[str]:
    """Give, once, the codes that nobody has seen yet."""
    with transaction.atomic():
        codes = Authenticator.objects.select_for_update().get(pk=codes.pk)
        if codes.data.get("viewed_at"):
            return []
        codes.data["viewed_at"] = time.time()
        codes.save(update_fields=["data"])
    return unused_codes(codes)


# --- Removing --------------------------------------------------------------------------------


def remove(factor: Authenticator) -> None:
    """Remove a factor, and with the last one the recovery codes."""
    person = factor.user
    with transaction.atomic():
        factor.delete()
        if not has_factor(person):
            of_person(person).delete()


def remove_all(person: User) -> int:
    """Remove all that somebody has; tells how many factors that were."""
    with transaction.atomic():
        number = of_person(person).filter(type__in=FACTORS).count()
        of_person(person).delete()
    return number
