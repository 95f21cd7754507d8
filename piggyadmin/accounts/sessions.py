"""Django's sessions in the database, read by a statement that is written once.

Every request reads its session, and Django takes longer to put the query together than it runs.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

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
