"""A crash is reported with its place in the code, and with nothing of anybody."""

import json
import logging
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import sentry_sdk
from django.http import HttpRequest
from django.urls import path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from piggyadmin.crash_reports import start_crash_reports
from piggyadmin.piggy.trace import use_trace_id
from piggyadmin.status.startup import ensure_safe_start

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
SECRETS = ("mira.jansen@example.test", "s3cr3t-token", "WELCOME-ACTIVE", "Sanne", "c0ffee00")


class Captured(Transport):
    """Keeps what would be sent."""

    envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)


def crash(request: HttpRequest, slug: str) -> None:
    """Fail with everything personal at hand: in variables, in the request and in the error."""
    email, token, code = SECRETS[:3]
    logging.getLogger("piggyadmin.some").warning("Looked up %s with %s", email, token)
    try:
        {}[email]
    except KeyError as error:
        raise RuntimeError(f"{code} of {email} with {token}") from error


urlpatterns = [path("crash/<slug:slug>/", crash)]


@pytest.fixture
def reports(settings, monkeypatch):
    """Have crashes reported, to nobody."""
    settings.SENTRY_DSN = "https://public@sentry.example.test/1"
    monkeypatch.setattr(Captured, "envelopes", [])
    start_crash_reports(transport=Captured)
    yield Captured.envelopes
    sentry_sdk.init()


def sent(reports) -> list[dict[str, Any]]:
    """Give the reports, of which nothing tells of anybody."""
    text = b"\n".join(each.serialize() for each in reports).decode()
    assert [secret for secret in SECRETS if secret in text] == []
    return [json.loads(item.payload.get_bytes()) for each in reports for item in each.items]


@pytest.mark.urls("tests.test_crash_reports")
def test_a_page_that_crashes(reports, support):
    client: Client = support
    client.raise_request_exception = False
    client.cookies["note"] = SECRETS[1]
    response = client.post(
        f"/crash/{SECRETS[4]}/?email={SECRETS[0]}",
        {"code": SECRETS[2], "name": "Sanne"},
        headers={"Authorization": f"Bearer {SECRETS[1]}"},
    )
    assert response.status_code == 500
    (report,) = sent(reports)
    kinds = [error["type"] for error in report["exception"]["values"]]
    assert kinds == ["KeyError", "RuntimeError"]
    frame = report["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert (frame["function"], frame["filename"]) == ("crash", "tests/test_crash_reports.py")
    assert report["tags"] == {"trace_id": response["X-Request-ID"]}
    assert set(report) == {
        *("event_id", "timestamp", "level", "platform", "logger", "environment", "release"),
        *("tags", "exception"),
    }


def test_an_error_that_is_logged(reports):
    logger = logging.getLogger("piggyadmin.somewhere")
    with use_trace_id("trace-1"):
        logger.error("No such thing as %s", SECRETS[0], extra={"token": SECRETS[1]})
    logger.warning("No %s", SECRETS[0])
    (report,) = sent(reports)
    assert report["logentry"] == {"message": "No such thing as %s"}
    assert report["tags"] == {"trace_id": "trace-1"}


def test_what_a_library_logs_is_reported_without_its_words(reports):
    logging.getLogger("some.library").error(f"No such thing as {SECRETS[0]}")  # noqa: G004
    (report,) = sent(reports)
    assert "logentry" not in report
    assert report["logger"] == "some.library"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_crashes(reports):
    def fail() -> None:
        raise ValueError(SECRETS[0])

    thread = Thread(target=fail)
    thread.start()
    thread.join()
    (report,) = sent(reports)
    assert report["exception"]["values"][0]["type"] == "ValueError"


def test_what_people_are_and_did_before_is_not_reported(reports):
    sentry_sdk.set_user({"email": SECRETS[0], "username": SECRETS[3]})
    sentry_sdk.set_context("contact", {"uuid": SECRETS[4]})
    sentry_sdk.add_breadcrumb(message=SECRETS[0])
    try:
        sentry_sdk.capture_message(SECRETS[1])
        (report,) = sent(reports)
    finally:
        sentry_sdk.get_isolation_scope().clear()
    assert "user" not in report


def test_by_default_nothing_is_reported(monkeypatch):
    def never(**_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sentry_sdk, "init", never)
    ensure_safe_start()


def test_where_that_is_wanted_every_process_begins_with_it(settings, monkeypatch):
    begun = []
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: begun.append(options["dsn"]))
    settings.SENTRY_DSN = "https://public@sentry.example.test/1"
    ensure_safe_start()
    assert begun == [settings.SENTRY_DSN]
