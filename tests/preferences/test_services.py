"""Another token for Piggy: tried before it is kept, and in use everywhere a moment later."""

import json
import logging
import os
import shutil
import subprocess
import sys
from io import StringIO

import pytest
import requests
from django.core.management import CommandError, call_command

from piggyadmin.ledger.models import Event
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.piggy.client import account_of, forget_client, piggy_client
from piggyadmin.piggy.models import KeptToken
from piggyadmin.preferences.services import TokenRefused, replace_token
from piggyadmin.request_log.scrub import scrubbed_answer
from piggyadmin.shops.services import list_shops
from tests.ledger.making import somebody
from tests.piggy.scripted import answers
from tests.prepared import migrated_database
from tests.sandbox.server import ROOT

pytestmark = pytest.mark.django_db


def another_token(sandbox) -> str:
    """Have the sandbox give out one more token."""
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": sandbox.token}
    return str(
        requests.post(f"{sandbox.url}/oauth/token", data=form, timeout=5).json()["access_token"]
    )


@pytest.fixture
def real(sandbox, settings):
    """Give a console without a token of the environment, on an account that is not pretended."""
    settings.PIGGY_API_TOKEN = ""
    settings.PIGGY_IS_REAL = True
    forget_client()
    yield sandbox
    forget_client()


@pytest.mark.tells_of_people
def test_a_token_is_tried_kept_sealed_and_used(real, caplog):
    token = another_token(real)
    caplog.set_level(logging.DEBUG)
    words = replace_token(token, by=somebody("noor"))
    assert words.startswith("Piggy took the token")
    assert "within a few seconds" in words
    assert list_shops(piggy_client())
    (kept,) = KeptToken.objects.all()
    assert kept.kept_by == "Noor"
    assert token not in kept.sealed
    assert token not in str(kept)
    event = Event.objects.get(kind=PersonEventKind.PIGGY_TOKEN)
    assert token not in str(event.detail)
    assert token not in caplog.text


def test_a_token_that_piggy_refuses_is_not_kept(real):
    with pytest.raises(TokenRefused, match="does not take this token"):
        replace_token("nonsense", by=None)
    assert not KeptToken.objects.exists()


def test_nor_one_that_cannot_be_tried(real):
    token = another_token(real)
    real.faults({"kind": "status", "status": 503})
    with pytest.raises(TokenRefused, match="could not be tried"):
        replace_token(token, by=None)
    assert not KeptToken.objects.exists()


def test_nor_another_accounts(scripted, settings):
    settings.PIGGY_IN_PROCESS_SANDBOX = False
    settings.PIGGY_API_URL, settings.PIGGY_API_TOKEN = scripted.url, "the-present-one"
    forget_client()
    scripted.scripts += [answers([{"uuid": "s2", "name": "Utrecht"}])]
    scripted.scripts += [answers([{"uuid": "s1", "name": "Amsterdam"}])]
    with pytest.raises(TokenRefused, match="another account's"):
        replace_token("of-somebody-else", by=None)
    assert not KeptToken.objects.exists()
    scripted.scripts += [answers([{"uuid": "s1"}, {"uuid": "s2"}]), answers([{"uuid": "s1"}])]
    assert "As long as PIGGY_API_TOKEN is set" in replace_token("the-next-one", by=None)
    assert piggy_client().account == account_of(scripted.url, "the-present-one")
    sent = [each.headers["Authorization"] for each in scripted.received]
    assert sent == [
        *("Bearer of-somebody-else", "Bearer the-present-one"),
        *("Bearer the-next-one", "Bearer the-present-one"),
    ]
    forget_client()


def test_a_token_that_is_kept_is_taken_out_of_answers(real):
    token = another_token(real)
    replace_token(token, by=None)
    assert token not in scrubbed_answer("shops", json.dumps({"echo": token}).encode())


# --- The command -----------------------------------------------------------------------------


def test_it_is_kept_from_a_terminal(real, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(f"{another_token(real)}\n"))
    out = StringIO()
    call_command("piggy_token", stdout=out)
    assert "it is kept" in out.getvalue()
    monkeypatch.setattr("sys.stdin", StringIO("nonsense\n"))
    with pytest.raises(CommandError, match="does not take"):
        call_command("piggy_token")


def test_the_embedded_sandbox_needs_none(settings):
    with pytest.raises(CommandError, match="needs no token"):
        call_command("piggy_token")


# --- Every process ---------------------------------------------------------------------------

_WATCH = """
import time, django
django.setup()
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.shops.services import list_shops
for _ in range(600):
    try:
        print("took it", len(list_shops(piggy_client())), flush=True)
        break
    except PiggyError as error:
        print(type(error).__name__, flush=True)
        time.sleep(0.2)
"""


@pytest.fixture
def environment(sandbox, tmp_path) -> dict[str, str]:
    """Give the settings of a real account whose token the console keeps, with a fresh database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIGGY")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'console.sqlite3'}",
        "DATA_DIR": str(tmp_path),
        "PIGGY_API_TOKEN": "",
        "PIGGY_SANDBOX": "false",
        "PIGGY_API_URL": sandbox.url,
        "SECRET_KEY": "0123456789abcdefghij" * 3,
        "ALLOWED_HOSTS": "console.example.test",
        "PYTHONPATH": str(ROOT),
    }


def manage(environment: dict[str, str], *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def watching(environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start a process that asks Piggy for its shops until it is told, for two minutes at most."""
    return subprocess.Popen(
        [sys.executable, "-c", _WATCH],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_processes_that_run_take_it_within_seconds(environment, sandbox, tmp_path):
    shutil.copy(migrated_database(), tmp_path / "console.sqlite3")
    token = another_token(sandbox)
    with watching(environment) as one, watching(environment) as two:
        for process in (one, two):
            assert process.stdout.readline() == "Unauthorized\n"
        printed = manage(environment, "piggy_token", given=f"{token}\n")
        said = [process.communicate(timeout=60)[0] for process in (one, two)]
    assert all("took it" in each for each in said)
    assert token not in printed + "".join(said)
    assert token.encode() not in (tmp_path / "console.sqlite3").read_bytes()
