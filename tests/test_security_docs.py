"""What the documents on security name is there: every test, every requirement, every table."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
SECURITY = (ROOT / "docs/security.md").read_text()
PERSONAL = (ROOT / "docs/personal-data.md").read_text()
STATES = {"met", "partly", "open", "operator", "n/a"}
# How many requirements each section of each chapter of ASVS 5.0.0 has, those of level 3 included.
CHAPTERS = {
    1: [2, 10, 12, 3, 3],
    2: [3, 3, 5, 2],
    3: [1, 3, 5, 8, 8, 1, 5],
    4: [5, 5, 2, 4],
    5: [1, 6, 3, 3],
    6: [3, 12, 8, 6, 8, 4, 2, 4],
    7: [3, 4, 2, 5, 3, 2],
    8: [4, 4, 3, 2],
    9: [3, 4],
    10: [2, 3, 5, 16, 5, 2, 3],
    11: [4, 5, 5, 4, 2, 2, 2],
    12: [5, 2, 5],
    13: [4, 6, 4, 7],
    14: [2, 8, 3],
    15: [5, 5, 7, 4],
    16: [1, 5, 4, 3, 4],
    17: [2, 8, 2],
}
ALL_REQUIREMENTS = 345


class Requirement(NamedTuple):
    """One line of the tables."""

    number: str
    asked: str
    state: str
    how: str
    shown_by: str


def requirements() -> list[Requirement]:
    lines = re.findall(r"^\| (\d+\.\d+\.\d+) \|(.*)\|$", SECURITY, re.MULTILINE)
    return [
        Requirement(number, *(cell.strip() for cell in rest.split("|"))) for number, rest in lines
    ]


REQUIREMENTS = requirements()
TESTS = sorted(set(re.findall(r"`([\w/]+\.py::[\w:]+)`", SECURITY)))


@cache
def names_in(path: Path) -> set[str]:
    """Give the names under which pytest collects what stands in a file."""
    return set(_names(ast.parse(path.read_text()).body, ""))


def _names(body: list[ast.stmt], within: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _names(node.body, f"{within}{node.name}::")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield within + node.name


@pytest.mark.parametrize("name", TESTS)
def test_every_test_that_is_named_is_there(name):
    file, _, test = name.partition("::")
    assert test in names_in(ROOT / "tests" / file)


def test_every_requirement_is_told_once():
    level_3 = SECURITY.rpartition("### Level 3")[2]
    others = re.findall(r"\b\d+\.\d+\.\d+\b", level_3)
    told = [each.number for each in REQUIREMENTS] + others
    every = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in CHAPTERS.items()
        for section, most in enumerate(sections, 1)
        for number in range(1, most + 1)
    ]
    assert len(every) == ALL_REQUIREMENTS
    assert sorted(told) == sorted(every)


@pytest.mark.parametrize("each", REQUIREMENTS, ids=lambda each: each.number)
def test_every_requirement_says_how_it_is(each):
    assert each.asked
    assert each.state in STATES
    if each.state == "met":
        assert "::" in each.shown_by or "](" in each.shown_by
    else:
        assert each.how


def test_every_place_that_is_linked_is_there():
    links = re.findall(r"\]\(([^)]+)\)", SECURITY + PERSONAL)
    files = {link.partition("#")[0] for link in links if not link.startswith(("http", "#"))}
    assert [file for file in files if not (ROOT / "docs" / file).exists()] == []


# --- Whom the console can speak to -----------------------------------------------------------

# What opens connections, or starts what does.
OPENS = {
    *("authlib", "django.core.mail", "ftplib", "http.client", "httpx", "opentelemetry"),
    *("psycopg", "redis", "requests", "sentry_sdk", "smtplib", "socket", "subprocess"),
    *("urllib.request", "urllib3"),
}
SPEAKERS = {
    # Piggy, over connections with a deadline; errors are told apart there
    *("piggy/client.py", "piggy/connection.py", "piggy/errors.py"),
    # Redis
    *("cache.py", "redis_pool.py", "piggy/circuit_breaker.py", "piggy/throttle.py"),
    *("status/states.py", "tasks/backend.py", "tasks/workers.py"),
    # the provider to sign in by, and lists of breached passwords
    *("accounts/oidc.py", "accounts/breaches.py"),
    # the mail server
    *("outgoing_mail.py", "saved_views/mailing.py", "voucher_mails/sending.py"),
    # seals of the ledger; crashes; spans
    *("ledger/seal_delivery.py", "crash_reports.py", "tracing.py"),
    # this machine: its name, its processes, its server's own sockets, the database's tools
    *("ledger/leases.py", "gunicorn_worker.py", "tasks/supervisor.py", "status/backups.py"),
    # the sandbox, which a real account does not load
    *("sandbox/server.py", "sandbox/transport.py", "sandbox/webhook_sender.py"),
}


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def opens(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in OPENS)


def test_only_named_modules_speak_to_others():
    package = ROOT / "piggyadmin"
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if any(opens(module) for module in imported_by(path))
    }
    assert found == SPEAKERS


# --- Where personal data are -----------------------------------------------------------------

# Tables that tell of nobody.
OF_NOBODY = {
    *("actions_head", "actions_readcount", "actions_reason"),
    *("auth_permission", "auth_group_permissions", "django_content_type"),
    *("bookings_calendarfeed", "bulk_rememberedcolumns", "duplicates_findermodel"),
    *("duplicates_sweep", "metrics_metrictotal", "piggy_bucket", "piggy_line"),
    *("piggy_ownattribute", "piggy_realaccount", "piggy_tokendate", "setup_setupcode"),
    *("tasks_schedule", "tasks_worker", "webhooks_signingsecret", "factors_factorrequirement"),
    *("auth_group", "django_tasks_database_dbtaskresult", "piggy_kepttoken", "status_keyinuse"),
}


def test_every_table_says_whether_it_tells_of_somebody():
    models = apps.get_models(include_auto_created=True)
    tables = {each._meta.db_table for each in models if each._meta.app_label != "sandbox"}
    told = set(re.findall(r"`([a-z]\w+)`", PERSONAL)) & tables
    assert told & OF_NOBODY == set()
    assert tables - told - OF_NOBODY == set()
