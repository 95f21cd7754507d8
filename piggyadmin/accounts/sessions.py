"""Django's sessions in the database, read by a statement that is written once.

Every request reads its session, and Django takes longer to put the query together than it runs.

A session ends some hours after it began, and sooner when nobody does anything. What a page asks for
by itself, to show how far something is, is nothing that somebody does.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

BEGUN, ACTIVE = "begun", "active"
# So often, in seconds, is it kept that somebody is still there.
KEEP_EVERY = 60

_SESSION = f"""
    SELECT session_data FROM {Session._meta.db_table}
    WHERE session_key = %s AND expire_date > %s
"""  # noqa: S608  (a name of Django's own)


class SessionStore(db.SessionStore):
    """One person's session."""

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
        idle_end = self.get(ACTIVE, now) + settings.SESSION_IDLE_SECONDS
        end = min(idle_end, self.get(BEGUN, now) + settings.SESSION_COOKIE_AGE)
        return max(0, int(end - now))

    def get_expiry_date(self, **_kwargs: Any) -> datetime:
        """Tell when it ends, if nothing more is done."""
        return timezone.now() + timedelta(seconds=self.get_expiry_age())


@receiver(user_logged_in)
def begin(request: HttpRequest, **_more: Any) -> None:
    """Note when somebody signed in."""
    request.session[BEGUN] = request.session[ACTIVE] = int(time.time())


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
