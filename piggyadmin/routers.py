"""Which app lives in which database."""

from typing import Any

from django.conf import settings
from django.db.models import Model

SANDBOX = "sandbox"


class SandboxRouter:
    """Keep the sandbox's tables in a database of their own, and everything else out of it."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """Send the sandbox's queries to the sandbox's database."""
        return SANDBOX if model._meta.app_label == SANDBOX else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool | None:
        """Create the sandbox's tables there and nowhere else."""
        if SANDBOX not in settings.DATABASES:
            return None
        return (db == SANDBOX) == (app_label == SANDBOX)
