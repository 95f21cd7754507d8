"""What has to be known before any call is answered, in one query: every call waits for it.

It is written as SQL, as Django would take ten times as long to put it together as a database does
to answer it.
"""

import json
from datetime import timedelta
from typing import NamedTuple

from django.db import connections
from django.utils import timezone

from piggyadmin.sandbox.faults import Settings, read_settings
from piggyadmin.sandbox.locks import ALIAS

# Calls a minute, as answers tell it; nobody is refused for more, unless a fault says so.
RATE_LIMIT = 5000
_MINUTE = timedelta(minutes=1)
_QUERY = """
    SELECT (SELECT settings FROM sandbox_faults WHERE id = 1),
           EXISTS (SELECT 1 FROM sandbox_job WHERE due_at <= %s),
           (SELECT COUNT(*) FROM sandbox_call WHERE received_at > %s)
"""


class Conditions(NamedTuple):
    """How the sandbox misbehaves, whether something is due, and how many calls came lately."""

    settings: Settings
    has_due_jobs: bool
    calls_in_a_minute: int

    def rate_limit(self) -> dict[str, str]:
        """Tell how many calls a minute are allowed and left, as headers of an answer."""
        left = RATE_LIMIT - self.calls_in_a_minute - 1
        return {
            "X-RateLimit-Limit": str(RATE_LIMIT),
            "X-RateLimit-Remaining": str(max(left, 0)),
        }


def current() -> Conditions:
    """Read the conditions as they are now."""
    connection, now = connections[ALIAS], timezone.now()
    moments = map(connection.ops.adapt_datetimefield_value, (now, now - _MINUTE))
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, list(moments))
        settings, is_due, calls = cursor.fetchone()
    return Conditions(read_settings(json.loads(settings or "{}")), bool(is_due), calls)
