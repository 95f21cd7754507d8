"""What must hold before the console serves or works, however it is started; and its first words."""

import logging
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.module_loading import import_string

from piggyadmin.accounts.demo import refuse_demo_people
from piggyadmin.accounts.models import User
from piggyadmin.checks import REAL_ACCOUNT
from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.models import RealAccount
from piggyadmin.private import keep_new_files_private
from piggyadmin.status.resealing import missing_keys, note_key

logger = logging.getLogger(__name__)


def ensure_safe_start() -> None:
    """Stop a console from starting where it would do harm; what it works for is remembered.

    Everything that serves or works calls this first.

    Raises:
        ImproperlyConfigured: says what is wrong, and what to do.
    """
    keep_new_files_private()
    refuse_demo_people()
    refuse_unwanted_sandbox()
    refuse_unsafe_settings()
    remember_real_account()
    refuse_missing_keys()
    if settings.SENTRY_DSN:
        # Nothing of it is loaded where nobody wants it.
        from piggyadmin.crash_reports import start_crash_reports  # noqa: PLC0415

        start_crash_reports()
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from piggyadmin.tracing import start_tracing  # noqa: PLC0415

        start_tracing()


def refuse_unsafe_settings() -> None:
    """Stop a console on a real account with settings that are not safe.

    Raises:
        ImproperlyConfigured: names each, with its cure.
    """
    errors = [each for each in run_checks(tags=[REAL_ACCOUNT]) if each.is_serious(ERROR)]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{each.msg} {each.hint}" for each in errors))


def refuse_unwanted_sandbox() -> None:
    """Stop a console that would put a sandbox, and people with a public password, beside real work.

    Raises:
        ImproperlyConfigured: the database is a real account's, or may be one's and nobody has
            chosen the sandbox.
    """
    if settings.PIGGY_IS_REAL:
        return
    if real := _real_account():
        raise ImproperlyConfigured(
            f"This database is used with the real account at {real.host}, but no token for it is "
            "set. Set PIGGY_API_TOKEN, and unset PIGGY_SANDBOX; or give the sandbox a database of "
            "its own with DATA_DIR or DATABASE_URL."
        )
    if not settings.PIGGY_SANDBOX_IS_CHOSEN and (what := _signs_of_real_work()):
        raise ImproperlyConfigured(
            f"PIGGY_API_TOKEN is not set, but this database holds {what}. Set PIGGY_API_TOKEN for "
            "a real account; for the sandbox give it a database of its own with DATA_DIR or "
            "DATABASE_URL, or set PIGGY_SANDBOX=true where this one was only ever a trial."
        )


def _real_account() -> RealAccount | None:
    try:
        return RealAccount.objects.first()
    except DatabaseError:
        return None  # No table yet: older than the mark, or empty.


def _signs_of_real_work() -> str:
    """Say what a sandbox on which nobody has done more than look around would not hold."""
    try:
        if people := User.objects.filter(is_demo=False).count():
            return f"{people} people who are not the sandbox's"
        demo = User.objects.filter(is_demo=True).values("pk")
        has_entries = Entry.objects.exclude(person_id__in=demo).exists()
    except DatabaseError:
        return ""  # No tables yet: then there is nobody and nothing either.
    return "ledger entries of people who are not the sandbox's" if has_entries else ""


def remember_real_account() -> None:
    """Mark the database of a console on a real account, from its first start on."""
    if settings.PIGGY_IS_REAL:
        host = urlsplit(settings.PIGGY_API_URL).hostname or ""
        with suppress(DatabaseError):  # no table yet: `prepare` makes it, and does this again
            RealAccount.objects.get_or_create(pk=1, defaults={"host": host})


def refuse_missing_keys() -> None:
    """Stop a console that could not read what is stored; else note the key that it seals with.

    Raises:
        ImproperlyConfigured: something was sealed with a key that is not set any more.
    """
    try:
        is_missing = missing_keys()
        if not is_missing:
            note_key()
    except DatabaseError:
        return  # no table yet: `prepare` makes it
    if is_missing:
        raise ImproperlyConfigured(
            "What is secret or personal in this database was sealed with a key that is not set any "
            "more. Put it into DATA_KEY_FALLBACKS (or SECRET_KEY_FALLBACKS, where it was a "
            "SECRET_KEY). If it is lost for ever, run manage.py reseal --give-up-missing: what it "
            "sealed cannot be read again."
        )


# --- First words -----------------------------------------------------------------------------


def welcome(address: str) -> str:
    """Say where the console is; on a real account what is doubtful, and who gets in first."""
    for doubt in run_checks(tags=[REAL_ACCOUNT]):
        logger.warning("%s %s", doubt.msg, doubt.hint)
    if not settings.PIGGY_IS_REAL:
        return f"Open http://{address}  (Ctrl+C stops it)"
    return "\n  ".join([_where(address), *_first_person()])


def _where(address: str) -> str:
    if not settings.HTTPS:
        return f"Open http://{address}  (Ctrl+C stops it)"
    hosts = [host for host in settings.ALLOWED_HOSTS if not host.startswith(".")]
    names = " or ".join(f"https://{host}" for host in hosts) or "its https address"
    return f"Open {names}: the proxy there speaks TLS, and hands over to http://{address}"


def _first_person() -> list[str]:
    try:
        if User.objects.filter(is_active=True).exists():
            return []
        words: list[str] = import_string(settings.SETUP_WORDS)()
    except DatabaseError:
        return ["The database is not there or not migrated: run manage.py prepare"]
    return words
