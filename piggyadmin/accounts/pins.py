"""Changing places at a shared till: a PIN, for whoever has signed in fully in this browser today.

A PIN is no way in by itself. It lets go on whoever signed in here that day with all that it takes,
until that sign-in would have ended anyhow; too many wrong ones, another password, or being signed
out end that. What needs a fresh proof needs it all the same (`proofs.py`).
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from piggyadmin.accounts import locked_pages
from piggyadmin.accounts.models import Pin, SignInHere, User
from piggyadmin.accounts.proofs import BY_PIN
from piggyadmin.accounts.sessions import BEGUN, IDLE, SIGN_IN
from piggyadmin.accounts.signals import pin_changed, pin_failed
from piggyadmin.accounts.throttling import LockedOut, PinTry, browser_mark

SHORTEST, LONGEST = 6, 12
# A browser that knows nobody does not ask who was there.
MOST_PEOPLE = 50


def has_pin(person: User) -> bool:
    """Tell whether somebody has one."""
    return Pin.objects.filter(person=person).exists()


@transaction.atomic
def set_pin(request: HttpRequest, person: User, figures: str) -> None:
    """Give somebody a PIN, who may use it in this browser at once: they have just proved it."""
    Pin.objects.update_or_create(
        person=person, defaults={"hash": make_password(figures), "set_at": timezone.now()}
    )
    pin_changed.send(Pin, person=person, is_set=True)
    _note(request, person, datetime.fromtimestamp(request.session[BEGUN], UTC))


@transaction.atomic
def remove_pin(request: HttpRequest, person: User) -> None:
    """Take somebody's PIN away, and with it that this browser locks itself."""
    if Pin.objects.filter(person=person).delete()[0]:
        SignInHere.objects.filter(person=person).delete()
        pin_changed.send(Pin, person=person, is_set=False)
    request.session.pop(IDLE, None)


# --- Who is here -----------------------------------------------------------------------------


def people_here(request: HttpRequest) -> list[User]:
    """List who may go on in this browser with their PIN, by name."""
    rows = _here(request).select_related("person").order_by("person__first_name", "person__pk")
    return [row.person for row in rows[:MOST_PEOPLE] if _is_good(row)]


def _here(request: HttpRequest) -> QuerySet[SignInHere]:
    """Select who signed in fully in this browser today, not longer ago than a session may last."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = max(midnight, now - timedelta(seconds=settings.SESSION_COOKIE_AGE))
    rows = SignInHere.objects.filter(mark=browser_mark(request), at__gte=since)
    return rows.filter(person__is_active=True, person__pin__isnull=False)


def _is_good(row: SignInHere) -> bool:
    """Tell whether the password is still the one with which they signed in."""
    return constant_time_compare(row.session_hash, row.person.get_session_auth_hash())


def _note(request: HttpRequest, person: User, at: datetime) -> None:
    """Note that somebody with a PIN has signed in fully here; from now on this browser locks."""
    hash_, sign_in = person.get_session_auth_hash(), request.session.get(SIGN_IN, "")
    SignInHere.objects.update_or_create(
        person=person,
        mark=browser_mark(request),
        defaults={"at": at, "session_hash": hash_, "sign_in": sign_in},
    )
    request.session[IDLE] = settings.TILL_IDLE_SECONDS


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: User, **_more: object) -> None:
    """Note it of whoever has a PIN, and did not come by it; nothing of others is left here."""
    locked_pages.hand_over(request, user)
    if not is_switching(request) and has_pin(user):
        _note(request, user, timezone.now())


@receiver(user_logged_out)
def forget_sign_in(request: HttpRequest, user: User | None, **_more: object) -> None:
    """Have whoever signs out sign in fully again."""
    if user is not None:
        SignInHere.objects.filter(person=user, mark=browser_mark(request)).delete()
        locked_pages.forget(request)


# --- Changing places -------------------------------------------------------------------------


def is_switching(request: HttpRequest) -> bool:
    """Tell whether somebody is just coming by their PIN."""
    return bool(getattr(request, "is_by_pin", False))


def is_right(person: User, figures: str) -> bool:
    """Look whether a PIN is right; after too many wrong ones everywhere a full sign-in is needed.

    Raises:
        LockedOut: there were too many already, and it was not looked at.
    """
    try:
        attempt = PinTry(person)
    except LockedOut:
        SignInHere.objects.filter(person=person).delete()
        raise
    pin = Pin.objects.filter(person=person).first()
    if pin and check_password(figures, pin.hash):
        attempt.succeeded()
        return True
    attempt.failed()
    pin_failed.send(Pin, person=person)
    if attempt.is_over:
        SignInHere.objects.filter(person=person).delete()
    return False


def switch_to(request: HttpRequest, person: User) -> None:
    """Have somebody go on whose PIN was right, as long as their own sign-in would have lasted."""
    row = _here(request).get(person=person)
    request.is_by_pin = True  # type: ignore[attr-defined]
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[BEGUN] = int(row.at.timestamp())
    request.session[IDLE] = settings.TILL_IDLE_SECONDS
    request.session[BY_PIN] = True
    if row.sign_in:  # nobody else was here, so their other tabs go on as well
        request.session[SIGN_IN] = row.sign_in
    SignInHere.objects.filter(pk=row.pk).update(sign_in=request.session[SIGN_IN])
