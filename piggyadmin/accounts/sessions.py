"""Django's sessions in the database, read by a statement that is written once.

Every request reads its session, and Django takes longer to put the query together than it runs.

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
from django.contrib.sessions.models import Session
from django.db import connection
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

_SESSION = f"""
    SELECT session_data FROM {Session._meta.db_table}
    WHERE session_key = %s AND expire_date > %s
"""  # noqa: S608  (a name of Django's own)


class SessionStore(db.SessionStore):
    """One person's session."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal what it holds: what people look for, and what they typed and have not sent yet."""
        return sealing.seal(super().encode(session_dict), purpose=_PURPOSE)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Open it; what no key opens is a session of nobody."""
        kept = str(session_data)
        if not sealing.is_sealed(kept):  # from before sessions were sealed
            return super().decode(kept)
        return super().decode(sealing.unseal(kept, purpose=_PURPOSE) or "")

    def load(self) -> dict[str, Any]:
        """Read what it holds; one that has ended is empty and gets another key."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])

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
