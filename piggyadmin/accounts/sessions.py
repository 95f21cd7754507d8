"""Django's sessions in the database, sealed, with an end of their own, and shared by what overlaps.

A filter that is sent again before it was answered, two tabs, a page that asks while something is
typed: requests of one session overlap. Each stores what it has changed itself, and nothing else.

A session ends some hours after it began, and sooner when nobody does anything. What a page asks for
by itself, to show how far something is, is nothing that somebody does.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from piggyadmin import sealing
from piggyadmin.accounts.models import SignInHere, User

BEGUN, ACTIVE, SIGN_IN = "begun", "active", "sign_in"
# After how many seconds without doing anything this one ends, where that is sooner than usual.
IDLE = "till_idle"
# What sessions are sealed for.
_PURPOSE = "session"
# So often, in seconds, is it kept that somebody is still there.
KEEP_EVERY = 60


class SessionStore(db.SessionStore):
    """One person's session."""

    def __init__(self, session_key: str | None = None) -> None:
        """Make one that is read when something in it is asked for."""
        super().__init__(session_key)
        self._stored = ""  # the text in the database, as it was read or stored last

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Make the row that is about to be stored."""
        row = super().create_model_instance(data)
        self._stored = row.session_data
        return row

    def save(self, must_create: bool = False) -> None:
        """Store what was changed here, beside what others have stored since it was read.

        Raises:
            UpdateError: it has been ended meanwhile.
        """
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        data = dict(self.items())
        before, row = self._stored, self.create_model_instance(data)
        rows = Session.objects.filter(pk=row.pk)
        while not rows.filter(session_data=before).update(
            session_data=row.session_data, expire_date=row.expire_date
        ):
            current = rows.values_list("session_data", flat=True).first()
            if current is None:
                raise UpdateError
            data = self._session_cache = _merged(self.decode(before), data, self.decode(current))
            before, row = current, self.create_model_instance(data)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal what it holds: what people look for, and what they typed and have not sent yet."""
        return sealing.seal(super().encode(session_dict), purpose=_PURPOSE)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Open it; what no key opens is a session of nobody."""
        kept = self._stored = str(session_data)
        if not sealing.is_sealed(kept):  # from before sessions were sealed
            return super().decode(kept)
        return super().decode(sealing.unseal(kept, purpose=_PURPOSE) or "")

    def get_expiry_age(self, **_kwargs: Any) -> int:
        """Tell in how many seconds it ends, if nothing more is done."""
        now = time.time()
        idle = self.get(IDLE)
        most = settings.SESSION_IDLE_SECONDS if idle is None else idle + KEEP_EVERY
        idle_end = self.get(ACTIVE, now) + most
        end = min(idle_end, self.get(BEGUN, now) + settings.SESSION_COOKIE_AGE)
        return max(0, int(end - now))

    def get_expiry_date(self, **_kwargs: Any) -> datetime:
        """Tell when it ends, if nothing more is done."""
        return timezone.now() + timedelta(seconds=self.get_expiry_age())


def _merged(
    before: dict[str, Any], changed: dict[str, Any], current: dict[str, Any]
) -> dict[str, Any]:
    """Make the changes that led from `before` to `changed` in what is `current` by now."""
    merged = {key: value for key, value in current.items() if key in changed or key not in before}
    for key, value in changed.items():
        old, now = before.get(key, {}), current.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and isinstance(now, dict):
            merged[key] = _merged(old, value, now)
        elif key not in before or value != old:
            merged[key] = value
    return merged


@receiver(user_logged_in)
def begin(request: HttpRequest, **_more: Any) -> None:
    """Note when somebody signed in, and which sign-in it is, whatever key its session gets."""
    request.session[BEGUN] = request.session[ACTIVE] = int(time.time())
    request.session[SIGN_IN] = get_random_string(22)


def keep_alive(request: HttpRequest) -> None:
    """Put the end off, if somebody did something.

    htmx asks by GET only for what nobody pressed; its other requests of that kind say so.
    """
    asks_by_itself = request.method == "GET" and "HX-Request" in request.headers
    if asks_by_itself or "X-Unattended" in request.headers:
        return
    now, session = int(time.time()), request.session
    if now - session.get(ACTIVE, 0) >= KEEP_EVERY:
        session[ACTIVE] = now
        session.setdefault(BEGUN, now)


# --- Where somebody is signed in -----------------------------------------------------------------


class OpenSession(NamedTuple):
    """A browser in which somebody is signed in."""

    key: str
    begun: datetime
    active: datetime


def open_sessions(person: User) -> list[OpenSession]:
    """List where somebody is signed in, newest first.

    A session tells only from within whose it is, so all that are open are read.
    """
    found = (
        OpenSession(key, _moment(data.get(BEGUN, 0)), _moment(data.get(ACTIVE, 0)))
        for key, data in _contents()
        if data.get(SESSION_KEY) == str(person.pk)
    )
    return sorted(found, key=lambda each: each.active, reverse=True)


def _contents() -> Iterator[tuple[str, dict[str, Any]]]:
    rows = Session.objects.filter(expire_date__gt=timezone.now())
    for key, data in rows.values_list("session_key", "session_data").iterator():
        yield key, SessionStore().decode(data)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def end_sessions(person: User, *, but: str | None = None) -> int:
    """Sign somebody out wherever they are, except where the session has the key `but`.

    A PIN lets them go on nowhere then, before they have signed in fully.

    Returns:
        how many sessions were ended.
    """
    SignInHere.objects.filter(person=person).delete()
    keys = [each.key for each in open_sessions(person) if each.key != but]
    return Session.objects.filter(session_key__in=keys).delete()[0]
