"""Reading what stands in documents that a database keeps: alike in every database."""

from typing import Any

from django.db.models import Func, TextField, Value


class TextInJSON(Func):
    """What stands under a key of a document, as text: nothing where that is `null`, or missing.

    On SQLite Django's own gives `null` as that word, and reads the document twice.
    """

    function = "jsonb_extract_path_text"
    output_field = TextField()

    def __init__(self, document: Any, key: str) -> None:
        super().__init__(document, Value(key))

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Read it by a path."""
        template = "CAST(json_extract(%(expressions)s) AS TEXT)"
        how = {"template": template, "arg_joiner": ", '$.' || "}
        return self.as_sql(compiler, connection, **how, **more)
