"""`manage.py prepare`: not beside demo people on a real account, and never twice at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from piggyadmin.accounts.demo import make_demo_people
from piggyadmin.status.management.commands import prepare

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_nothing_is_touched_while_demo_people_are_there(settings, monkeypatch):
    make_demo_people()
    settings.PIGGY_IS_REAL = True
    monkeypatch.setattr(prepare, "call_command", None)  # calling it would fail
    with pytest.raises(ImproperlyConfigured, match="demo_people --remove"):
        call_command("prepare")


def test_two_at_once_on_an_empty_folder_take_turns(tmp_path):
    """As when `make run` and `make sandbox` are started side by side from a fresh clone."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "DATA_DIR": str(tmp_path),
        "SANDBOX_CONTACTS": "10",
    }
    both = [
        subprocess.Popen(
            [sys.executable, "manage.py", "prepare", "--sandbox-only"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [each.communicate()[1] for each in both] == ["", ""]
    assert [each.returncode for each in both] == [0, 0]
