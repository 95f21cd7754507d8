"""What tests share: people of every role, and a Piggy of their own behind a real socket."""

import gc
import os
import shutil
import time
from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase, TransactionTestCase
from django.urls import get_resolver
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger import (
    event_kinds,
    hash_chain,
    people_events,
    reconciliation_evidence,
    triggers,
)
from piggyadmin.ledger.models import Reason
from piggyadmin.piggy import client, concurrency
from piggyadmin.piggy.client import PiggyClient, forget_client, piggy_client
from piggyadmin.ui.catalogs import compile_catalogs
from tests import emptied
from tests.faults.table import cells_of, drawn
from tests.piggy.scripted import Server
from tests.prepared import migrated_database
from tests.sandbox.server import SandboxServer
from tests.settings import TEST_DATABASE_IS_MIGRATED
from tests.smtp_server import SmtpServer
from tests.traced import is_traced

# Files with tests that take a minute each, as their paths end.
LONGEST = (
    "/test_on_postgresql.py",
    "/test_bulk_runs.py",
    "/browser/test_certain_pairs.py",
    "/browser/test_long_words.py",
    "/browser/test_markup.py",
    "/test_walk.py",
)
IS_TRACED = pytest.StashKey[bool]()


@pytest.fixture(autouse=True, scope="session")
def let_tests_empty_the_ledger() -> Iterator[None]:
    """Take the guards down while a test that commits tidies up.

    The database refuses to empty the ledger, which has to be possible then; and the reasons that a
    new console offers are there again for the next test.
    """
    tidy_up = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def unguarded(self: TransactionTestCase) -> None:
        if isinstance(self, TestCase):
            tidy_up(self)
            return
        triggers.take_down(connection)
        try:
            if emptied.is_as_made():
                for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
                    emptied.empty(alias)
            else:
                tidy_up(self)
        finally:
            triggers.put_up(connection)
        reasons = [Reason(label=each, position=n) for n, each in enumerate(Reason.OFFERED_FIRST)]
        Reason.objects.bulk_create(reasons, ignore_conflicts=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", unguarded)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Remember what a new console has before any test changes it."""
    with django_db_blocker.unblock():
        emptied.is_as_made()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Begin with the database that is there, where it is a copy of one with all tables."""
    return connection.vendor == "sqlite" or TEST_DATABASE_IS_MIGRATED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Copy a database with all tables to where this process will look for its own."""
    if connection.vendor == "sqlite":
        shutil.copy(migrated_database(), connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(autouse=True, scope="session")
def load_addresses() -> None:
    """Load the addresses with the settings of all tests, not with those of the first that asks."""
    get_resolver().url_patterns  # noqa: B018


def pytest_configure() -> None:
    """Have Dutch to speak, and nobody look for garbage among tests that are being collected."""
    compile_catalogs()
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that nobody waits for it in the end.

    Tests of crash reports come last: what they put into Django stays there, and slows all else.
    """

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return path.endswith("/test_crash_reports.py") - path.endswith(LONGEST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Have fewer looks for garbage, none of which go through what collecting left.

    That stays to the end, and is a hundred times what one test leaves: a tenth of all time went
    into those looks.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace only the tests of what has to be covered: all others run three times as fast untraced.

    So it is covered by tests of its own, and not because something else happens to call it. The
    marker `no_cover` would leave what is made for tests traced, and stop and start for each of them
    every thread that there ever was.
    """
    plugin = item.config.pluginmanager.getplugin("_cov")
    coverage = getattr(getattr(plugin, "cov_controller", None), "cov", None)
    wanted = is_traced(mirrored_file(item))
    if coverage and wanted != item.config.stash.get(IS_TRACED, True):
        coverage.start() if wanted else coverage.stop()
        concurrency._pool.cache_clear()  # threads are traced from their beginning, or never
        item.config.stash[IS_TRACED] = wanted
    return (yield)


def mirrored_file(item: pytest.Item) -> str:
    """Give the file that a test mirrors: of `tests/perks/test_services.py` the perks' services."""
    path = item.path.relative_to(item.config.rootpath)
    return str(Path("piggyadmin", *path.parts[1:]).with_name(path.name.removeprefix("test_")))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, take a skipped test for a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("PIGGYADMIN_SKIP_NOTHING") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the matrix, and keep it in a file beside pytest's cache."""
    if cells := cells_of(terminalreporter.stats):
        text = drawn(cells)
        cache = getattr(config, "cache", None)
        path = Path(cache.mkdir("faults")) / "matrix.txt" if cache else None
        if path:
            path.write_text(text)
        terminalreporter.section("what became of every write, and of every fault")
        terminalreporter.write(text)
        terminalreporter.write_line(f"\nAlso in {path}")


@pytest.fixture(autouse=True)
def people_go_untold(request, monkeypatch) -> None:
    """Keep people, whom nearly every test makes, out of the chain, where a test counts on it.

    Tests of what is told of people are marked `tells_of_people`.
    """
    if not request.node.get_closest_marker("tells_of_people"):
        monkeypatch.setattr(people_events, "record", lambda *_args, **_more: None)


@pytest.fixture(autouse=True)
def no_language_is_left() -> Iterator[None]:
    """Have the next test begin in English, whatever language the last page was answered in."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def events_hold_what_is_declared() -> Iterator[None]:
    """Take no event that holds more than its kind declares (`ledger/event_kinds.py`)."""
    link = hash_chain.link

    def declared(head: Any, entry: Any, kind: str, detail: dict[str, Any]) -> Any:
        event = link(head, entry, kind, detail)
        assert not event_kinds.undeclared(kind, detail), (kind, detail)
        return event

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hash_chain, "link", declared)
        yield


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxServer]:
    """Serve one sandbox for all tests of this process, or take the one that is served already."""
    if port := os.environ.get("PIGGYADMIN_TESTS_SANDBOX_PORT"):
        yield SandboxServer(port=int(port))
        return
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server, settings, monkeypatch) -> Iterator[SandboxServer]:
    """Give a sandbox as it was seeded, with the console pointed at it over its socket."""
    sandbox_server.reset()
    settings.PIGGY_API_URL = sandbox_server.url
    settings.PIGGY_API_TOKEN = sandbox_server.token
    settings.PIGGY_IN_PROCESS_SANDBOX = False
    # Pauses between attempts have tests of their own.
    monkeypatch.setattr(client, "BACKOFF_SECONDS", 0.001)
    forget_everything()
    yield sandbox_server
    forget_everything()


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """Have nothing finalised while what is nested too deeply is read: there is no stack left."""
    gc.disable()
    yield
    gc.enable()


def forget_everything() -> None:
    """Drop the process-wide client and what it remembers of another sandbox."""
    forget_client()
    cache.clear()


@pytest.fixture
def piggy(sandbox) -> PiggyClient:
    """Give the console's own client."""
    return piggy_client()


@pytest.fixture
def scripted() -> Iterator[Server]:
    """Serve answers that a test writes down, for shapes that the sandbox does not make."""
    with Server() as server:
        yield server


@pytest.fixture
def scripted_piggy(scripted) -> PiggyClient:
    """Give a client of the scripted server, which does not really sleep between attempts."""
    return PiggyClient(scripted.url, "secret-token", read_timeout=5, sleep=lambda _: None)


def person(role: Role | None) -> User:
    """Make a person with a role, or one with none."""
    name = role.name.lower() if role else "nobody"
    user = User.objects.create_user(name, password="piggy-test", first_name=name.capitalize())
    if role:
        user.groups.add(Group.objects.get(name=role.value))
    return user


def signed_in(user: User) -> Client:
    """Give a browser in which somebody has signed in just now, by their password."""
    client = Client()
    client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    proved(client, at=time.time())
    return client


def proved(browser: Client, *, at: float) -> None:
    """Have somebody have proved last at a moment that it is them."""
    session = browser.session
    session["account_authentication_methods_user"] = session[SESSION_KEY]
    session["account_authentication_methods"] = [{"method": "password", "at": at}]
    session.save()


@pytest.fixture
def support(db) -> Client:
    """Somebody who may look things up."""
    return signed_in(person(Role.SUPPORT))


@pytest.fixture
def staff(db) -> Client:
    """Somebody who does the day-to-day writes."""
    return signed_in(person(Role.STAFF))


@pytest.fixture
def admin(db) -> Client:
    """Somebody who may do what is rare and irreversible."""
    return signed_in(person(Role.ADMIN))


@pytest.fixture
def auditor(db) -> Client:
    """Somebody who reads the ledger."""
    return signed_in(person(Role.AUDITOR))


@pytest.fixture
def roleless(db) -> Client:
    """Somebody whom nobody has given a role yet."""
    return signed_in(person(None))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have so much time go by, for whoever judges, that nothing seems to come any more."""
    at = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))


@pytest.fixture
def mail_server(settings) -> Iterator[SmtpServer]:
    """Give a mail server on a real socket, to which the console hands its mail."""
    with SmtpServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_URL, settings.EMAIL_TIMEOUT = server.url, 5
        settings.DEFAULT_FROM_EMAIL = "The Shop <shop@example.test>"
        yield server
