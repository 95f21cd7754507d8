"""How often a password can be tried: by account, and by the address from which it is tried.

Failures are counted in the database, which every process shares and sign-in needs anyhow. Whoever
signs in from where they did before, known by a cookie or by the address, has a count of their own:
nobody else can use it up. Right passwords count nowhere, so a whole shop can begin its day at once.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from piggyadmin.accounts.addresses import address_of
from piggyadmin.accounts.models import Attempts, KnownPlace, LockedPage, SignInHere, User
from piggyadmin.accounts.sign_in_names import canonical
from piggyadmin.accounts.signals import locked_out

TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 20
WINDOW = timedelta(minutes=5)
# Whoever tries a second factor has the password already, and there are only a million codes.
TRIES_PER_FACTOR = 5
FACTOR_WINDOW = timedelta(minutes=15)
# A browser or an address that was not seen for so long is not known any more.
KNOWN_FOR = timedelta(days=180)
# Only whoever signed in on the same day goes on with a PIN.
SIGN_IN_KEPT = timedelta(days=2)

_COOKIE = f"{settings.COOKIE_PREFIX}browser"
_SALT = "piggyadmin.accounts.throttling"


class LockedOut(Exception):  # noqa: N818  (named as a person would)
    """There were too many failures; the password was not even looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class Try:
    """One try of a password.

    It is counted before the password is looked at, so that many at once are no way around, and
    taken back if it was right.

    Raises:
        LockedOut: it may not be tried now.
    """

    def __init__(self, request: HttpRequest, username: str) -> None:
        account, address = canonical(username), address_of(request)
        self.person = User.objects.called(username)
        self.places = [browser_mark(request), _hash("address", address)]
        self.address = None
        if place := self._known_place():
            self.account = _hash("known", account, place)
        else:
            self.account, self.address = _hash("account", account), _hash("any", address)
            _refuse_if_over(self.address)
        _count(self.account, TRIES_PER_ACCOUNT)

    def _known_place(self) -> str | None:
        """Find where this person has signed in before: this browser, or else this address."""
        known = KnownPlace.objects.filter(
            person=self.person, mark__in=self.places, seen_at__gte=timezone.now() - KNOWN_FOR
        )
        marks = set(known.values_list("mark", flat=True))
        return next((place for place in self.places if place in marks), None)

    def succeeded(self, person: User) -> None:
        """Take it back, and know the place from now on."""
        Attempts.objects.filter(key=self.account, number__gt=0).update(number=F("number") - 1)
        for mark in self.places:
            KnownPlace.objects.update_or_create(
                person=person, mark=mark, defaults={"seen_at": timezone.now()}
            )

    def failed(self) -> None:
        """Count it for the address too, and tell when there can be no more."""
        if self.address:
            try:
                _count(self.address, TRIES_PER_ADDRESS)
            except LockedOut:
                return
        if _is_over(self.account, TRIES_PER_ACCOUNT):
            locked_out.send(type(self), person=self.person, of="account")
        elif self.address and _is_over(self.address, TRIES_PER_ADDRESS):
            locked_out.send(type(self), person=None, of="address")


class FactorTry:
    """One try of a second factor, counted for the person wherever they are.

    Raises:
        LockedOut: it may not be tried now.
    """

    # What is tried.
    of = "factor"

    def __init__(self, person: User) -> None:
        self.person, self.key = person, _hash(self.of, str(person.pk))
        _count(self.key, TRIES_PER_FACTOR, FACTOR_WINDOW)

    def succeeded(self) -> None:
        """Begin to count anew."""
        Attempts.objects.filter(key=self.key).delete()

    def failed(self) -> None:
        """Tell when there can be no more."""
        if _is_over(self.key, TRIES_PER_FACTOR):
            locked_out.send(type(self), person=self.person, of=self.of)


class PinTry(FactorTry):
    """One try of a PIN, counted in the same way."""

    of = "pin"

    @property
    def is_over(self) -> bool:
        """Whether there can be no more for a while."""
        return _is_over(self.key, TRIES_PER_FACTOR) is not None


def count_request(request: HttpRequest, kind: str, limit: int) -> None:
    """Count one more request of this kind, which needs no sign-in, from where it comes.

    Raises:
        LockedOut: there were as many within `WINDOW` as there may be.
    """
    _count(_hash(kind, address_of(request)), limit)


def count_use(kind: str, of: str, limit: int) -> None:
    """Count one more use of something that is somebody's, wherever it comes from.

    Raises:
        LockedOut: there were as many within `WINDOW` as there may be.
    """
    _count(_hash(kind, of), limit)


def count_guess(request: HttpRequest) -> None:
    """Count a secret that is nobody's with the wrong passwords from the same address.

    Raises:
        LockedOut: there were as many as there may be.
    """
    address = _hash("any", address_of(request))
    _count(address, TRIES_PER_ADDRESS)
    if _is_over(address, TRIES_PER_ADDRESS):
        locked_out.send(count_guess, person=None, of="address")


# --- Counting --------------------------------------------------------------------------------


def _hash(*parts: str) -> str:
    """Hide what is counted; nothing that the browser chooses, such as the host, is in it."""
    return salted_hmac(_SALT, "\n".join(parts), algorithm="sha256").hexdigest()


def _count(key: str, limit: int, window: timedelta = WINDOW) -> None:
    """Count one more.

    Raises:
        LockedOut: there were as many as there may be.
    """
    now = timezone.now()
    with transaction.atomic():
        new = {"until": now + window}
        row, _is_new = Attempts.objects.select_for_update().get_or_create(key=key, defaults=new)
        if row.until <= now:
            row.number, row.until = 0, now + window
        if row.number >= limit:
            raise LockedOut(row.until)
        row.number += 1
        if row.number == limit:
            row.until = now + window
        row.save()


def _is_over(key: str, limit: int) -> datetime | None:
    over = Attempts.objects.filter(key=key, number__gte=limit, until__gt=timezone.now())
    return over.values_list("until", flat=True).first()


def _refuse_if_over(address: str) -> None:
    if until := _is_over(address, TRIES_PER_ADDRESS):
        raise LockedOut(until)


def forget() -> None:
    """Drop what does not count any more."""
    now = timezone.now()
    Attempts.objects.filter(until__lt=now).delete()
    KnownPlace.objects.filter(seen_at__lt=now - KNOWN_FOR).delete()
    SignInHere.objects.filter(at__lt=now - SIGN_IN_KEPT).delete()
    most = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    LockedPage.objects.filter(at__lt=now - most).delete()


# --- The browser -----------------------------------------------------------------------------


def browser_of(request: HttpRequest) -> str:
    """Give the number of the browser: the one it was given once, or a new one."""
    if not hasattr(request, "browser_number"):
        request.browser_number = _known_number(request) or uuid4().hex  # type: ignore[attr-defined]
    return request.browser_number  # type: ignore[attr-defined, no-any-return]


def _known_number(request: HttpRequest) -> str:
    known = request.get_signed_cookie(_COOKIE, "", salt=_SALT, max_age=KNOWN_FOR)
    return known or ""


def is_known_browser(request: HttpRequest) -> bool:
    """Tell whether somebody has signed in before in this browser."""
    return bool(_known_number(request))


def browser_mark(request: HttpRequest) -> str:
    """Give what is kept of a browser."""
    return _hash("browser", browser_of(request))


def know_again(request: HttpRequest, response: HttpResponse) -> None:
    """Have the browser say its number the next time somebody signs in."""
    response.set_signed_cookie(
        _COOKIE,
        browser_of(request),
        salt=_SALT,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
