"""What is well is said to be, and what is not says what to do."""

import os
import shutil
from datetime import date, timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from piggyadmin.ledger import head_seals
from piggyadmin.ledger.head_seals import seal_head
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference
from piggyadmin.status import health, states
from piggyadmin.status.health import HealthState, check_health, is_well
from piggyadmin.tasks.models import Worker

pytestmark = pytest.mark.django_db(databases="__all__")
DAY = timedelta(days=1)
WELL, DOUBTFUL, UNWELL = HealthState.WELL, HealthState.DOUBTFUL, HealthState.UNWELL


@pytest.fixture
def well(sandbox, settings):
    """Give a console that lacks nothing."""
    Worker.objects.create(name="worker", host="shop", pid=1)
    return settings


def found(label: str) -> health.HealthCheck:
    """Look at everything, and give the first of a name that is not well, or else that is."""
    checks = [each for each in check_health() if each.label == label]
    return next((each for each in checks if each.state != WELL), checks[0])


def test_all_is_well(well):
    checks = check_health()
    assert is_well(checks)
    assert {each.state for each in checks} == {WELL}
    labels = [each.label for each in checks]
    assert labels[-6:] == ["Worker", "Piggy", "Clock", "The token's last day", "Settings", "Disk"]


@pytest.mark.parametrize(
    ("state", "words", "cure"),
    [
        ("unreachable", "does not answer", "DATABASE_URL"),
        ("not migrated", "is not up to date", "manage.py prepare"),
    ],
)
def test_a_database(well, monkeypatch, state, words, cure):
    monkeypatch.setattr(health, "database_state", lambda alias: state)
    check = found("Database")
    assert check.state == UNWELL
    assert words in check.words
    assert cure in check.cure


@pytest.mark.parametrize(("port", "state"), [(6379, WELL), (1, UNWELL)])
def test_redis(well, port, state):
    well.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    assert found("Redis").state == state


def test_no_redis_is_needed(well):
    well.REDIS_URL = ""
    assert "Redis" not in [each.label for each in check_health()]


def test_no_worker(well):
    Worker.objects.all().delete()
    check = found("Worker")
    assert (check.state, check.cure) == (UNWELL, "Start manage.py worker.")


def test_of_workers_a_database_that_is_away_tells_nothing(well, monkeypatch):
    def away() -> bool:
        raise DatabaseError

    monkeypatch.setattr(states, "worker_is_alive", away)
    assert "Worker" not in [each.label for each in check_health()]


def test_piggy_refuses_the_token(well, sandbox):
    sandbox.faults({"kind": "status", "status": 401})
    check = found("Piggy")
    assert check.state == UNWELL
    assert well.PIGGY_API_URL in check.words
    assert "PIGGY_API_URL and the token" in check.cure
    assert "Clock" not in [each.label for each in check_health()]


def test_a_sandbox_whose_database_is_away_or_empty_tells_nothing(well, monkeypatch):
    def away(piggy: PiggyClient) -> None:
        raise DatabaseError

    monkeypatch.setattr(health, "list_shops", away)
    assert {"Piggy", "Clock"}.isdisjoint(each.label for each in check_health())


def test_no_real_host_is_named_that_was_not_asked(well):
    assert found("Piggy").words.startswith(f"{well.PIGGY_API_URL} took the token")
    well.PIGGY_IN_PROCESS_SANDBOX = True
    assert found("Piggy").words.startswith("The embedded sandbox took the token")


def test_clocks_apart(well, monkeypatch):
    hour = timedelta(hours=1)
    monkeypatch.setattr(health, "difference", lambda account: Difference(hour, hour))
    check = found("Clock")
    assert check.state == UNWELL
    assert "60 minutes apart" in check.words
    assert "NTP" in check.cure


@pytest.mark.parametrize(
    ("days", "state"), [(100, WELL), (5, DOUBTFUL), (0, DOUBTFUL), (-1, UNWELL)]
)
def test_the_tokens_end(well, days, state):
    well.PIGGY_TOKEN_EXPIRES = timezone.localdate() + days * DAY
    check = found("The token's last day")
    assert check.state == state
    assert (well.PIGGY_TOKEN_EXPIRES.isoformat() in check.words) == (state != WELL)


def test_the_tokens_end_where_the_database_is_away(well, monkeypatch):
    def away(account: str, today: date) -> None:
        raise DatabaseError

    monkeypatch.setattr(health, "token_ends_soon", away)
    assert "The token's last day" not in [each.label for each in check_health()]


def test_settings_of_a_real_account(well):
    well.PIGGY_IS_REAL = True
    well.DEBUG, well.LOG_LEVEL = True, "DEBUG"
    by_words = {each.words: each for each in check_health() if each.label == "Settings"}
    debug = by_words["DEBUG=true shows the inside of the console to everybody."]
    assert debug.state == UNWELL
    assert debug.cure.startswith("Unset DEBUG")
    level = by_words["LOG_LEVEL=DEBUG may write personal data to the log."]
    assert level.state == DOUBTFUL


def test_settings_without_a_doubt(well, monkeypatch):
    well.PIGGY_IS_REAL = True
    monkeypatch.setattr(health, "run_checks", lambda tags: [])
    assert found("Settings").words.startswith("Keys, hosts, proxy")


@pytest.mark.parametrize(("free", "state"), [(2**30, WELL), (2**30 - 1, UNWELL)])
def test_the_disk(well, monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    check = found("Disk")
    assert check.state == state
    assert str(well.DATA_DIR) in check.words


def test_roles_that_are_none(well, monkeypatch):
    well.SECOND_FACTOR_ROLES, well.OIDC_ROLES = ["Admin", "Amdin"], {"tills": "Staff"}
    check = found("Roles")
    assert (check.state, check.words) == (UNWELL, "“Amdin” of SECOND_FACTOR_ROLES is no role here.")
    well.SECOND_FACTOR_ROLES, well.OIDC_ROLES = ["Admin"], {"tills": "Till"}
    assert found("Roles").words == "“Till” of OIDC_ROLES is no role here."
    monkeypatch.setattr(Group.objects, "values_list", Mock(side_effect=DatabaseError))
    assert "Roles" not in {each.label for each in check_health()}


def test_the_page_shows_it(well, admin):
    page = admin.get("/settings/health/").content.decode()
    assert "Nothing has to be mended." in page
    Worker.objects.all().delete()
    page = admin.get("/settings/health/").content.decode()
    assert "Something has to be mended" in page
    assert "Start manage.py worker." in page


def test_the_command_prints_it(well, capsys):
    call_command("doctor")
    told = capsys.readouterr().out
    assert "ok  Worker: One is at work." in told


def test_the_command_fails_where_something_is_amiss(well, capsys):
    Worker.objects.all().delete()
    with pytest.raises(CommandError, match="has to be mended"):
        call_command("doctor")
    told = capsys.readouterr().out
    assert " !  Worker: None has given a sign of life" in told
    assert "Start manage.py worker." in told


@pytest.mark.parametrize(("hours", "state"), [(None, DOUBTFUL), (1, WELL), (37, DOUBTFUL)])
def test_the_backup_of_a_real_account(well, tmp_path, hours, state):
    well.PIGGY_IS_REAL, well.BACKUP_DIR = True, tmp_path
    if hours is not None:
        path = tmp_path / "piggyadmin-20260101T000000.dump"
        path.touch()
        at = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(path, (at, at))
    check = found("Backup")
    assert check.state == state
    assert ("manage.py backup" in check.cure) == (state == DOUBTFUL)


# --- Seals of the ledger -----------------------------------------------------------------------


def test_a_real_account_s_ledger_is_to_be_sealed(well, tmp_path):
    well.LEDGER_SEALS = tmp_path / "seals.jsonl"
    assert "Seals of the ledger" not in [each.label for each in check_health()]
    well.PIGGY_IS_REAL = True
    check = found("Seals of the ledger")
    assert (check.state, check.cure) == (DOUBTFUL, "Set LEDGER_SEAL_KEY to a long random key.")


def test_seals_that_are_there_are_looked_at(well, tmp_path, monkeypatch):
    well.LEDGER_SEALS, well.LEDGER_SEAL_KEY = tmp_path / "seals.jsonl", "a key"
    assert found("Seals of the ledger").state == DOUBTFUL
    seal = seal_head()
    assert found("Seals of the ledger").state == WELL
    old = seal.model_copy(update={"at": timezone.now() - 2 * DAY})
    with monkeypatch.context() as patch:
        patch.setattr(head_seals, "newest_seal", lambda: old)
        assert found("Seals of the ledger").state == DOUBTFUL
    well.LEDGER_SEAL_KEY = "another"
    check = found("Seals of the ledger")
    assert check.state == UNWELL
    assert "no seal made with our key" in check.words


def test_of_seals_a_database_that_is_away_tells_nothing(well, monkeypatch):
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(health, "seal_state", away)
    assert "Seals of the ledger" not in [each.label for each in check_health()]
