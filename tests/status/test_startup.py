"""How the console starts: never as a sandbox beside real work, nor with unsafe settings."""

import importlib
import os
import subprocess
import sys
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from piggyadmin.accounts.demo import make_demo_people
from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.models import RealAccount
from piggyadmin.status.startup import ensure_safe_start, welcome
from tests.tasks.processes import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def fallen_into(settings):
    """Give a console without a token, whose sandbox nobody has asked for."""
    settings.PIGGY_SANDBOX_IS_CHOSEN = False
    return settings


@pytest.fixture
def real(settings):
    """Give a console on a real account, with safe settings."""
    settings.PIGGY_IS_REAL = True
    settings.PIGGY_SANDBOX_IS_CHOSEN = False
    settings.PIGGY_API_URL = "https://api.piggy.example"
    settings.SECRET_KEY = "0123456789abcdefghij" * 3
    settings.ALLOWED_HOSTS = ["console.example.test"]
    settings.HTTPS = settings.BEHIND_PROXY = True
    return settings


def entry_of(person: int) -> None:
    Entry.objects.create(
        person_id=person, person_name="somebody", action="x", data={}, submission_key=uuid4()
    )


# --- A sandbox is chosen -----------------------------------------------------------------------


def test_a_fresh_database_gets_a_sandbox(fallen_into):
    ensure_safe_start()
    make_demo_people()
    entry_of(User.objects.get(username="admin").pk)
    ensure_safe_start()


def test_people_of_ones_own_get_none_that_nobody_asked_for(fallen_into):
    make_demo_people()
    User.objects.create_user("owner", is_active=False)
    with pytest.raises(ImproperlyConfigured, match="holds 1 people who are not") as caught:
        ensure_safe_start()
    assert all(cure in str(caught.value) for cure in ("PIGGY_API_TOKEN", "PIGGY_SANDBOX=true"))
    fallen_into.PIGGY_SANDBOX_IS_CHOSEN = True
    ensure_safe_start()


def test_nor_do_entries_of_people_who_are_gone(fallen_into):
    make_demo_people()
    entry_of(999_999)
    with pytest.raises(ImproperlyConfigured, match="holds ledger entries of people who are not"):
        ensure_safe_start()


def test_what_was_a_real_account_s_never_gets_one(real):
    ensure_safe_start()
    real.PIGGY_IS_REAL = False
    for chosen in (False, True):
        real.PIGGY_SANDBOX_IS_CHOSEN = chosen
        with pytest.raises(
            ImproperlyConfigured, match=r"real account at api\.piggy\.example"
        ) as caught:
            ensure_safe_start()
    assert "Set PIGGY_API_TOKEN" in str(caught.value)


def test_a_real_account_is_remembered_once(real):
    ensure_safe_start()
    first = RealAccount.objects.get()
    real.PIGGY_API_URL = "https://other.example"
    ensure_safe_start()
    assert RealAccount.objects.get() == first
    assert str(first).startswith("api.piggy.example since 20")


@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_nobody_s(real, monkeypatch):
    for model in (RealAccount, User):
        for field in model._meta.concrete_fields:
            _ = field.cached_col  # which would keep the name of the table that is not there
        monkeypatch.setattr(model._meta, "db_table", "no_such_table")
    ensure_safe_start()
    assert "run manage.py prepare" in welcome("127.0.0.1:8000")
    real.PIGGY_IS_REAL = False
    ensure_safe_start()


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_no_server_starts_as_an_unwanted_sandbox(fallen_into, monkeypatch, server):
    monkeypatch.setattr(f"django.core.{server}.get_{server}_application", SimpleNamespace)
    module = importlib.import_module(f"piggyadmin.{server}")
    User.objects.create_user("owner")
    with pytest.raises(ImproperlyConfigured, match="PIGGY_API_TOKEN is not set"):
        importlib.reload(module)


@pytest.mark.parametrize("command", ["prepare", "worker", "duplicates_sweep"])
def test_nor_does_a_command_that_works(fallen_into, command):
    User.objects.create_user("owner")
    with pytest.raises(ImproperlyConfigured, match="PIGGY_API_TOKEN is not set"):
        call_command(command)
    assert not User.objects.filter(is_demo=True).exists()


def test_the_command_line_says_so_in_words(tmp_path):
    """As when the token is missing from the environment of a console in production."""
    real = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIGGY_")},
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "0123456789abcdefghij" * 3,
        "DATA_KEY": "jihgfedcba9876543210" * 3,
        "ALLOWED_HOSTS": "console.example.test",
        "BEHIND_PROXY": "true",
        "SANDBOX_CONTACTS": "10",
    }

    def prepare(**more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "prepare"]
        return subprocess.run(
            command, cwd=ROOT, env=real | more, capture_output=True, text=True, check=False
        )

    first = prepare(PIGGY_API_TOKEN="t")
    assert (first.returncode, first.stderr) == (0, "")
    second = prepare()
    assert second.returncode == 1
    assert second.stderr.startswith("This database is used with the real account at api.piggy.eu")
    assert "Traceback" not in second.stderr


# --- First words -----------------------------------------------------------------------------


def test_a_sandbox_is_opened_where_it_is(settings):
    assert welcome("127.0.0.1:8000") == "Open http://127.0.0.1:8000  (Ctrl+C stops it)"


def test_a_real_account_is_opened_by_https_and_needs_a_first_person(real):
    words = welcome("127.0.0.1:8000")
    assert "Open https://console.example.test:" in words
    assert "hands over to http://127.0.0.1:8000" in words
    assert "manage.py createsuperuser" in words
    User.objects.create_user("owner")
    assert "createsuperuser" not in welcome("127.0.0.1:8000")


def test_what_is_doubtful_is_said_in_the_log(real, caplog):
    real.BEHIND_PROXY = False
    welcome("127.0.0.1:8000")
    assert "Set BEHIND_PROXY=true" in caplog.text
