"""Primary keys that are known before rows are stored."""

from django.core.management.color import no_style
from django.db import connections
from django.db.models import Max, Model

_ALIAS = "sandbox"


class Keys:
    """Hands out primary keys, so that rows can refer to each other before they are stored."""

    def __init__(self) -> None:
        self._last: dict[type[Model], int] = {}

    def next(self, model: type[Model]) -> int:
        """Give the next key of a table."""
        if model not in self._last:
            self._last[model] = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        self._last[model] += 1
        return self._last[model]

    def tell_database(self) -> None:
        """Let the database count on from the last key, where it does not see that by itself."""
        connection = connections[_ALIAS]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._last)):
                cursor.execute(statement)
