"""Django's system checks for a real account: settings that would leave it open, or half-working.

An error stops every command and every start (`startup.py`); what can be meant is a warning.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004
from django.core.checks.security.base import check_secret_key, check_secret_key_fallbacks
from django.db import connection

from piggyadmin.private import is_open

REAL_ACCOUNT = "real_account"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
LEAST_SECRET_LENGTH = 24
_NEW_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(64))'"


@register(REAL_ACCOUNT)
def real_account(**_options: Any) -> list[CheckMessage]:
    """Find what must not be, or may be a mistake, where real contacts and credits are."""
    if not settings.PIGGY_IS_REAL:
        return []
    return [message for check in CHECKS for message in check()]


def keys() -> Iterator[CheckMessage]:
    """Sessions and approvals are signed with them."""
    if check_secret_key(None):
        yield Error(
            "SECRET_KEY can be guessed: it is short, repeats few characters or is an example.",
            hint=f"Set a long random one: {_NEW_KEY}",
            id="piggyadmin.E001",
        )
    if check_secret_key_fallbacks(None):
        yield Error(
            "A key of SECRET_KEY_FALLBACKS can be guessed, and is still accepted.",
            hint="Take it out; whoever is signed in with it signs in again.",
            id="piggyadmin.E002",
        )


def data_key() -> Iterator[CheckMessage]:
    """What is personal had better not hang on a key that is changed for other reasons."""
    if not settings.DATA_KEY:
        yield Warning(
            "DATA_KEY is not set: what is secret or personal in the database is sealed with a key "
            "that follows from SECRET_KEY, and is lost with it.",
            hint=f"Set a long random one, and keep it apart from backups: {_NEW_KEY}",
            id="piggyadmin.W006",
        )


def short_secrets() -> Iterator[CheckMessage]:
    """Whoever guesses them reads the metrics or what is sealed, or makes seals of a cut ledger."""
    for name in ("METRICS_TOKEN", "LEDGER_SEAL_KEY", "DATA_KEY"):
        if 0 < len(getattr(settings, name)) < LEAST_SECRET_LENGTH:
            yield Error(
                f"{name} can be guessed: it is short.",
                hint=f"Set a long random one: {_NEW_KEY}",
                id="piggyadmin.E020",
            )


def debug() -> Iterator[CheckMessage]:
    """Its pages show settings, queries and what people typed."""
    if settings.DEBUG:
        yield Error(
            "DEBUG=true shows the inside of the console to everybody.",
            hint="Unset DEBUG, or unset PIGGY_API_TOKEN to develop on the sandbox.",
            id="piggyadmin.E003",
        )


def https() -> Iterator[CheckMessage]:
    """Only on this very machine can a console do without."""
    if not settings.HTTPS:
        kind = Warning if _is_local() else Error
        yield kind(
            "HTTPS=false lets passwords and sessions travel in clear.",
            hint="Unset HTTPS, and put a proxy that speaks TLS in front; without one, set "
            "ALLOWED_HOSTS=localhost,127.0.0.1 to be reached from this machine alone.",
            id="piggyadmin.W001" if kind is Warning else "piggyadmin.E004",
        )
    elif not settings.BEHIND_PROXY:
        yield Warning(
            "BEHIND_PROXY is not set, and the console itself does not speak TLS.",
            hint="Set BEHIND_PROXY=true where a proxy sets X-Forwarded-Proto; unless that proxy is "
            "on this machine, every page leads to itself without.",
            id="piggyadmin.W002",
        )


def hosts() -> Iterator[CheckMessage]:
    """Links and origins are made of the host that a request names."""
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS=* lets whoever sends a request choose the console's name.",
            hint="Name the hosts: ALLOWED_HOSTS=console.example.com",
            id="piggyadmin.E005",
        )
    if not settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is not set, so that every request is refused.",
            hint="Name the hosts: ALLOWED_HOSTS=console.example.com",
            id="piggyadmin.E006",
        )


def origins() -> Iterator[CheckMessage]:
    """Forms of these sites are taken for the console's own."""
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        scheme, host, *_ = urlsplit(origin)
        is_wide = "*" in host and "." not in host.lstrip("*.")
        if is_wide or scheme not in ({"https"} if settings.HTTPS else {"https", "http"}):
            yield Error(
                f"CSRF_TRUSTED_ORIGINS trusts too much with {origin!r}.",
                hint="Name the console alone: CSRF_TRUSTED_ORIGINS=https://console.example.com",
                id="piggyadmin.E007",
            )


def processes() -> Iterator[CheckMessage]:
    """Several of them have to know the same."""
    if settings.WEB_CONCURRENCY > 1 and not settings.REDIS_URL:
        yield Error(
            f"WEB_CONCURRENCY={settings.WEB_CONCURRENCY} without REDIS_URL: each process would "
            "count wrong passwords, and remember what it looked up, by itself.",
            hint="Set REDIS_URL, or unset WEB_CONCURRENCY: one process with THREADS serves a shop.",
            id="piggyadmin.E008",
        )
    if settings.WEB_CONCURRENCY > 1 and connection.vendor == "sqlite":
        yield Warning(
            f"WEB_CONCURRENCY={settings.WEB_CONCURRENCY} on SQLite, where one process writes at "
            "a time.",
            hint="Set DATABASE_URL=postgres://…",
            id="piggyadmin.W003",
        )


def logs() -> Iterator[CheckMessage]:
    """Libraries tell at this level what is nobody's business."""
    if settings.LOG_LEVEL == "DEBUG":
        yield Warning(
            "LOG_LEVEL=DEBUG may write personal data to the log.",
            hint="Set LOG_LEVEL=INFO when what you look for is found.",
            id="piggyadmin.W004",
        )


def files() -> Iterator[CheckMessage]:
    """Others on the machine must not read the database, nor the token."""
    if is_open(settings.DATA_DIR):
        yield Error(
            f"Others can read {settings.DATA_DIR}, and it belongs to somebody else.",
            hint="Make it the console's own (chown), or set DATA_DIR to another folder.",
            id="piggyadmin.E009",
        )
    dotenv = settings.BASE_DIR / ".env"
    if is_open(dotenv):
        yield Warning(
            f"Others can read {dotenv}, where secrets stand.",
            hint=f"chmod 600 {dotenv}",
            id="piggyadmin.W005",
        )


def _is_local() -> bool:
    return bool(settings.ALLOWED_HOSTS) and set(settings.ALLOWED_HOSTS) <= LOOPBACK


CHECKS: tuple[Callable[[], Iterator[CheckMessage]], ...] = (
    keys,
    data_key,
    short_secrets,
    debug,
    https,
    hosts,
    origins,
    processes,
    logs,
    files,
)
