"""Reports of crashes to Sentry, where a DSN is set: the place in the code, and nothing of anybody.

A report is made anew from what may leave: kinds of errors, files, lines, functions, the trace id by
which logs and ledger are searched. What an error says, what was asked for and by whom, values of
variables, breadcrumbs and whatever a newer library may add stay here.
"""

from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.types import Event, Hint

from piggyadmin.piggy.trace import current_trace_id

# What a report may hold of itself, of each error, and of each place in the code.
_OF_EVENTS = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment")
_OF_ERRORS = ("type", "module")
_OF_FRAMES = ("filename", "abs_path", "module", "function", "lineno", "in_app")
# Messages of our own are patterns without values: what they are filled with stands apart.
_OURS = "piggyadmin"


def start_crash_reports(**options: Any) -> None:
    """Have crashes of this process reported; `options` are for tests."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        # Given, so that nothing is guessed from a git folder.
        release=settings.SENTRY_RELEASE,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            # Errors that are logged; all else that is logged stays in the log.
            LoggingIntegration(level=None, sentry_logs_level=None),
            ExcepthookIntegration(),
            ThreadingIntegration(propagate_scope=False),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        before_send=scrubbed,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        auto_session_tracking=False,
        send_client_reports=False,
        spotlight=False,
        **options,
    )


def scrubbed(event: Event, _hint: Hint) -> Event:
    """Make a report of what may leave; all else stays."""
    found: dict[str, Any] = dict(event)
    report: dict[str, Any] = {name: found[name] for name in _OF_EVENTS if name in found}
    report["tags"] = {"trace_id": current_trace_id()}
    errors = (found.get("exception") or {}).get("values") or []
    if errors:
        report["exception"] = {"values": [_scrubbed_error(error) for error in errors]}
    if str(found.get("logger", "")).partition(".")[0] == _OURS:
        report["logentry"] = {"message": (found.get("logentry") or {}).get("message", "")}
    return report  # type: ignore[return-value]


def _scrubbed_error(error: dict[str, Any]) -> dict[str, Any]:
    """Keep the kind of an error and where it happened, without what it says."""
    frames = (error.get("stacktrace") or {}).get("frames") or []
    kept = [{name: frame[name] for name in _OF_FRAMES if name in frame} for frame in frames]
    known: dict[str, Any] = {name: error[name] for name in _OF_ERRORS if name in error}
    return known | {"stacktrace": {"frames": kept}}
