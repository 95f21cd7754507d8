"""What is stored is closed to other users of the machine, also where it lay open before."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from piggyadmin.private import is_open, make_private, private_folder
from tests.tasks.processes import ROOT


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def lax():
    """Have files made as most systems make them."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_folder_is_made_closed(tmp_path, lax):
    folder = private_folder(tmp_path / "data")
    assert mode(folder) == 0o700
    assert not is_open(folder)


def test_one_that_lay_open_is_closed_with_its_files(tmp_path, lax):
    folder = tmp_path / "data"
    (folder / "static").mkdir(parents=True)
    for name in ("secret-key", "piggyadmin.sqlite3", "piggyadmin.sqlite3-wal", "backup.gz"):
        (folder / name).touch()
    private_folder(folder)
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir() if path.is_file()} == {0o600}


def test_links_out_of_it_are_left_alone(tmp_path, lax):
    (elsewhere := tmp_path / "elsewhere").touch()
    (folder := tmp_path / "data").mkdir()
    (folder / "link").symlink_to(elsewhere)
    private_folder(folder)
    assert mode(elsewhere) == 0o644


def test_a_folder_that_everybody_shares_is_none(tmp_path):
    tmp_path.chmod(0o1777)
    with pytest.raises(ImproperlyConfigured, match="a folder of the console's own"):
        private_folder(tmp_path)
    assert mode(tmp_path) == 0o1777


def test_a_database_elsewhere_is_closed_too(tmp_path, lax):
    path = tmp_path / "my.sqlite3"
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    make_private(database)
    assert mode(path) == 0o600
    path.chmod(0o644)
    (wal := tmp_path / "my.sqlite3-wal").touch()
    make_private(database)
    assert (mode(path), mode(wal)) == (0o600, 0o600)


@pytest.mark.parametrize(
    "database",
    [
        {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
        {"ENGINE": "django.db.backends.postgresql", "NAME": "/piggyadmin"},
        {"ENGINE": "django.db.backends.sqlite3", "NAME": "/no/such/folder/my.sqlite3"},
    ],
)
def test_what_is_no_file_is_left_alone(database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_private(database)
    assert list(tmp_path.iterdir()) == []


def test_a_console_leaves_nothing_open(tmp_path, lax):
    """Its databases with what SQLite lays beside them, its key, its lock."""
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "SANDBOX_CONTACTS": "10"}
    environment["DJANGO_SETTINGS_MODULE"] = "piggyadmin.settings"
    command = [sys.executable, "manage.py", "prepare"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    made = {path.name: mode(path) for path in (tmp_path / "data").iterdir()}
    assert {"piggyadmin.sqlite3", "sandbox.sqlite3", "secret-key", "prepare.lock"} <= set(made)
    assert set(made.values()) == {0o600, 0o700}
    assert made["static"] == 0o700
