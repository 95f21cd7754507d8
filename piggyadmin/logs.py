"""Log lines as JSON, each with its trace id and none with personal data."""

import json
import logging
import traceback
from datetime import UTC, datetime

from piggyadmin.piggy.trace import current_trace_id


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, trace id, message and, after a crash, where.

    Of an exception only its type and its places in the code are told. Its message may quote what a
    person typed or what Piggy answered, so it stays out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Turn a record into one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "trace_id": current_trace_id(),
            "message": self.words(record),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)

    def words(self, record: logging.LogRecord) -> str:
        """Give the message; a path that it quotes can hold anything, so the route stands for it."""
        words, request = record.getMessage(), getattr(record, "request", None)
        path = getattr(request, "path", "")
        route = getattr(getattr(request, "resolver_match", None), "route", "…")
        for quoted in {path, path.encode("unicode_escape").decode()} - {"", "/"}:
            words = words.replace(quoted, f"/{route}")
        return words


class ServerFormatter(JsonFormatter):
    """For the web server, which quotes addresses with their queries when something has crashed."""

    def words(self, record: logging.LogRecord) -> str:
        """Give the message, of a crash without what it quotes."""
        return str(record.msg) if record.exc_info else super().words(record)
