"""Who may set the console up: whoever reads the code that it prints when it starts.

Only a console on a real account is set up, and only as long as nobody works here. People are never
deleted, so that once there was a first one this never opens again.
"""

import secrets
from base64 import b32encode
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from piggyadmin.accounts.models import User
from piggyadmin.setup.models import SetupCode

ONLY = 1
CODE_BYTES = 15  # 24 letters and digits, 120 bits
GROUP = 4
HOLDS_FOR = timedelta(days=1)
_SALT = "piggyadmin.setup.codes"


def is_open() -> bool:
    """Tell whether the console can be set up: on a real account, with nobody but demo people."""
    return settings.PIGGY_IS_REAL and not User.objects.filter(is_demo=False).exists()


def new_code() -> str:
    """Make a code; the one before does not hold any more."""
    letters = b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    values = {"digest": _digest(letters), "made_at": timezone.now()}
    SetupCode.objects.update_or_create(pk=ONLY, defaults=values)
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def valid_digest() -> str | None:
    """Give what tells the code that holds; None where there is none."""
    codes = SetupCode.objects.filter(pk=ONLY, made_at__gt=timezone.now() - HOLDS_FOR)
    return codes.values_list("digest", flat=True).first()


def is_valid(typed: str) -> bool:
    """Tell whether somebody typed the code that holds, in whatever capitals and groups."""
    digest = valid_digest()
    letters = "".join(filter(str.isalnum, typed)).upper()
    return digest is not None and constant_time_compare(digest, _digest(letters))


def _digest(letters: str) -> str:
    return salted_hmac(_SALT, letters, algorithm="sha256").hexdigest()


def first_words() -> list[str]:
    """Say at the start how somebody gets in, where nobody can yet; with a new code."""
    by_hand = "  .venv/bin/python manage.py createsuperuser"
    if not is_open():
        return ["Nobody can sign in. Make somebody, an owner of all rights, with:", by_hand]
    return [
        "Nobody can sign in yet. Open /setup/ there, and enter this code (for a day it holds):",
        f"  {new_code()}",
        "Or make the first person here, an owner of all rights, with:",
        by_hand,
    ]
