"""How the console is, for its operator: each check says in words what to mend.

`manage.py doctor` prints it, and /settings/health/ shows it.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.checks import ERROR, run_checks
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from piggyadmin.checks import REAL_ACCOUNT
from piggyadmin.ledger.head_seals import seal_state
from piggyadmin.ledger.reconciliation_evidence import clocks_differ
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.expiry import token_ends_soon
from piggyadmin.shops.services import list_shops
from piggyadmin.status.backups import newest_backup
from piggyadmin.status.states import database_state, redis_state, used_databases, worker_state
from piggyadmin.ui.templatetags.ui import ago, number

# Less room than this is soon none: the ledger must be able to write down what it is about to do.
LEAST_FREE_BYTES = 2**30
# A backup a day, and a seal, and half a one for a run that is late.
OLD = timedelta(hours=36)
# So many findings are told here; `ledger_verify` tells all.
MOST_FAULTS = 3


class HealthState(StrEnum):
    """Whether something has to be mended."""

    WELL = "well"
    DOUBTFUL = "doubtful"
    UNWELL = "unwell"


class HealthCheck(NamedTuple):
    """One thing that was looked at: how it is, and what to do where it is not well."""

    label: str
    state: HealthState
    words: str
    cure: str = ""


def check_health() -> list[HealthCheck]:
    """Look at everything, one thing after the other; nothing is changed."""
    return [found for look in LOOKS for found in look()]


def is_well(checks: Iterable[HealthCheck]) -> bool:
    """Tell whether nothing is unwell; what is doubtful can be meant."""
    return all(each.state != HealthState.UNWELL for each in checks)


def _databases() -> Iterator[HealthCheck]:
    label = gettext("Database")
    faults = {
        "unreachable": (
            gettext("“%(name)s” does not answer."),
            gettext("Start the database, or correct DATABASE_URL."),
        ),
        "not migrated": (
            gettext("“%(name)s” is not up to date."),
            gettext("Run manage.py prepare."),
        ),
    }
    for alias in used_databases():
        if fault := faults.get(database_state(alias)):
            words, cure = fault
            yield HealthCheck(label, HealthState.UNWELL, words % {"name": alias}, cure)
        else:
            words = gettext("“%(name)s” answers and is up to date.")
            yield HealthCheck(label, HealthState.WELL, words % {"name": alias})


def _cache() -> Iterator[HealthCheck]:
    if not settings.REDIS_URL:
        return
    if redis_state() == "ok":
        yield HealthCheck("Redis", HealthState.WELL, gettext("It answers."))
    else:
        words = gettext("It does not answer. Each process remembers by itself meanwhile.")
        cure = gettext("Start Redis, or correct REDIS_URL.")
        yield HealthCheck("Redis", HealthState.UNWELL, words, cure)


def _worker() -> Iterator[HealthCheck]:
    label = gettext("Worker")
    state = worker_state()
    if state == "ok":
        yield HealthCheck(label, HealthState.WELL, gettext("One is at work."))
    elif state != "unknown":  # of a database that does not answer the check above tells
        words = gettext("None has given a sign of life for a minute: what takes long waits.")
        yield HealthCheck(label, HealthState.UNWELL, words, gettext("Start manage.py worker."))


def _piggy() -> Iterator[HealthCheck]:
    """Make the smallest look-up: it shows that host, TLS and token are right."""
    piggy, label = piggy_client(), gettext("Piggy")
    embedded = settings.PIGGY_IN_PROCESS_SANDBOX
    host = gettext("The embedded sandbox") if embedded else settings.PIGGY_API_URL
    started = time.monotonic()
    try:
        shops = list_shops(piggy)
    except PiggyError as error:
        words = f"{host}: {error.message}"
        cure = gettext("Check PIGGY_API_URL and the token, and what Piggy says of itself.")
        yield HealthCheck(label, HealthState.UNWELL, words, cure)
        return
    except DatabaseError:
        return  # of one that does not answer, or is empty, the check above tells
    milliseconds = round((time.monotonic() - started) * 1000)
    words = ngettext(
        "%(host)s took the token and answered in %(time)s ms: %(count)s shop.",
        "%(host)s took the token and answered in %(time)s ms: %(count)s shops.",
        len(shops),
    ) % {
        "host": host,
        "time": number(milliseconds),
        "count": number(len(shops)),
    }
    yield HealthCheck(label, HealthState.WELL, words)
    yield _clock(piggy)


def _clock(piggy: PiggyClient) -> HealthCheck:
    label, clock = gettext("Clock"), difference(piggy.account)
    if not clock.is_trusted:
        cure = gettext("Have this machine's clock set by a time server (NTP).")
        return HealthCheck(label, HealthState.UNWELL, clocks_differ(clock), cure)
    seconds = round(abs(clock.ahead).total_seconds())
    words = ngettext(
        "Piggy's clock and ours are no more than %(count)s second apart.",
        "Piggy's clock and ours are no more than %(count)s seconds apart.",
        max(seconds, 1),
    )
    return HealthCheck(label, HealthState.WELL, words % {"count": number(max(seconds, 1))})


def _token() -> Iterator[HealthCheck]:
    label, today = gettext("The token's last day"), timezone.localdate()
    try:
        last_day = token_ends_soon(piggy_client().account, today)
    except DatabaseError:
        return
    if last_day is None:
        yield HealthCheck(label, HealthState.WELL, gettext("It is not near, or nobody entered it."))
        return
    state = HealthState.DOUBTFUL if last_day >= today else HealthState.UNWELL
    words = gettext("It is %(day)s.") % {"day": last_day.isoformat()}
    cure = gettext(
        "Make a new token in Piggy's dashboard, and put it in at /settings/piggy-token/."
    )
    yield HealthCheck(label, state, words, cure)


def _seals() -> Iterator[HealthCheck]:
    """Ask for seals of a real account's ledger; those that there are must fit in any case."""
    label = gettext("Seals of the ledger")
    try:
        state = seal_state()
    except DatabaseError:
        return
    if state.faults:
        cure = gettext("Find out what happened before anything else: run manage.py ledger_verify.")
        yield HealthCheck(label, HealthState.UNWELL, " ".join(state.faults[:MOST_FAULTS]), cure)
    elif not settings.LEDGER_SEAL_KEY:
        if settings.PIGGY_IS_REAL:
            words = gettext("Nobody could tell if the last entries of the ledger were cut off.")
            cure = gettext("Set LEDGER_SEAL_KEY to a long random key.")
            yield HealthCheck(label, HealthState.DOUBTFUL, words, cure)
    elif state.newest is None or timezone.now() - state.newest.at > OLD:
        words = gettext("There is none of the last day and a half.")
        cure = gettext("Start a worker, or run manage.py ledger_seal and see what it says.")
        yield HealthCheck(label, HealthState.DOUBTFUL, words, cure)
    else:
        words = gettext("The newest is of %(ago)s, and the ledger holds all that they name.")
        words %= {"ago": ago(state.newest.at)}
        yield HealthCheck(label, HealthState.WELL, words)


def _settings() -> Iterator[HealthCheck]:
    label = gettext("Settings")
    messages = run_checks(tags=[REAL_ACCOUNT])
    for each in messages:
        state = HealthState.UNWELL if each.is_serious(ERROR) else HealthState.DOUBTFUL
        yield HealthCheck(label, state, each.msg, each.hint or "")
    if not messages:
        words = gettext("Keys, hosts, proxy and permissions of files are as they should be.")
        if not settings.PIGGY_IS_REAL:
            words = gettext("This console works on a sandbox, which needs no more than it has.")
        yield HealthCheck(label, HealthState.WELL, words)


def _roles() -> Iterator[HealthCheck]:
    """Find roles that settings name and nobody can have: no rule that hangs on them holds."""
    named = {
        "SECOND_FACTOR_ROLES": settings.SECOND_FACTOR_ROLES,
        "OIDC_ROLES": settings.OIDC_ROLES.values(),
    }
    try:
        there = set(Group.objects.values_list("name", flat=True))
    except DatabaseError:
        return  # the check of the database tells
    for setting, roles in named.items():
        for role in sorted(set(roles) - there):
            words = gettext("“%(role)s” of %(setting)s is no role here.")
            cure = gettext("Name a role as it is called at /settings/roles/.")
            told = words % {"role": role, "setting": setting}
            yield HealthCheck(gettext("Roles"), HealthState.UNWELL, told, cure)


def _disk() -> Iterator[HealthCheck]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    words = gettext("%(size)s are free in %(folder)s.") % {
        "size": filesizeformat(free),
        "folder": settings.DATA_DIR,
    }
    if free >= LEAST_FREE_BYTES:
        yield HealthCheck(gettext("Disk"), HealthState.WELL, words)
        return
    cure = gettext("Make room: nothing can be given or changed when the ledger cannot be written.")
    yield HealthCheck(gettext("Disk"), HealthState.UNWELL, words, cure)


def _backup() -> Iterator[HealthCheck]:
    """Ask of a real account alone: what is on a sandbox can be thrown away."""
    if not settings.PIGGY_IS_REAL:
        return
    label, newest = gettext("Backup"), newest_backup(settings.BACKUP_DIR)
    cure = gettext("Have manage.py backup run every day.")
    if newest is None:
        words = gettext("There is none in %(folder)s.") % {"folder": settings.BACKUP_DIR}
        yield HealthCheck(label, HealthState.DOUBTFUL, words, cure)
        return
    made_at = datetime.fromtimestamp(newest.stat().st_mtime, tz=UTC)
    words = gettext("The newest is %(name)s, of %(ago)s.") % {
        "name": newest.name,
        "ago": ago(made_at),
    }
    if timezone.now() - made_at > OLD:
        yield HealthCheck(label, HealthState.DOUBTFUL, words, cure)
    else:
        yield HealthCheck(label, HealthState.WELL, words)


LOOKS: tuple[Callable[[], Iterator[HealthCheck]], ...] = (
    _databases,
    _cache,
    _worker,
    _piggy,
    _token,
    _settings,
    _roles,
    _disk,
    _backup,
    _seals,
)
