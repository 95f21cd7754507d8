"""What was backed up can be restored into an empty place, and nowhere else; on both databases."""

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from piggyadmin.status import backups
from piggyadmin.status.backups import BackupError, newest_backup
from piggyadmin.status.management.commands import backup
from tests.postgresql import database_or_skip, migrated_database_or_skip
from tests.prepared import migrated_database

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MAKE_AN_ENTRY = """
from tests.ledger.making import make_entry
from piggyadmin.ledger.models import EntryState
for number in range(3):
    make_entry(EntryState.DONE, number=number)
"""


def manage(data: Path, url: str, *arguments: str, text: str | None = None):
    """Run a command of a console whose data are there."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "DATA_DIR": str(data),
        "DATABASE_URL": url,
        "PIGGY_SANDBOX": "true",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        input=text,
        timeout=120,
        check=False,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request, tmp_path):
    """Give the addresses of a console's database, and of one in which nothing is."""
    if request.param == "sqlite":
        shutil.copy(migrated_database(), tmp_path / "old.sqlite3")
        yield [f"sqlite:///{tmp_path / name}.sqlite3" for name in ("old", "new")]
        return
    with migrated_database_or_skip() as old, database_or_skip() as new:
        yield old, new


def test_it_is_restored_into_an_empty_place_and_verifies(tmp_path, urls):
    old, new = urls
    data, path = tmp_path / "data", tmp_path / "kept" / "backup"
    assert manage(data, old, "shell", text=MAKE_AN_ENTRY).returncode == 0
    made = manage(data, old, "backup", str(path))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    subprocess.run(
        ["sha256sum", "--check", "--strict", "backup.sha256"], cwd=path.parent, check=True
    )
    fallen = last_bit_flipped(path)
    refused = manage(data, new, "restore", str(fallen))
    assert refused.returncode == 1
    assert "is not what was written" in refused.stderr
    restored = manage(data, new, "restore", str(path))
    assert restored.returncode == 0, restored.stderr
    assert "was changed since" not in restored.stderr
    end = manage(data, old, "ledger_verify").stdout
    assert end.startswith("The ledger is whole. ")
    assert not end.startswith("The ledger is whole. 0:")
    assert end in restored.stdout
    again = manage(data, new, "restore", str(path))
    assert again.returncode == 1
    assert "not empty" in again.stderr


def last_bit_flipped(path: Path) -> Path:
    """Copy a backup with its checksum, and have its last bit fall over, which no tool notices."""
    fallen = path.with_name("fallen")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    fallen.write_bytes(content)
    shutil.copy(f"{path}.sha256", f"{fallen}.sha256")
    return fallen


def test_a_backup_without_a_checksum_is_restored_with_a_warning(tmp_path):
    shutil.copy(migrated_database(), tmp_path / "old")
    restored = manage(
        tmp_path / "data", f"sqlite:///{tmp_path}/new.sqlite3", "restore", str(tmp_path / "old")
    )
    assert restored.returncode == 0, restored.stderr
    assert "There is no old.sha256 beside it" in restored.stderr
    assert "was changed since" in restored.stderr


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"none  backup\n", b"\n"])
def test_a_checksum_that_is_none_proves_nothing(tmp_path, text):
    (tmp_path / "backup").write_bytes(b"any")
    (tmp_path / "backup.sha256").write_bytes(text)
    with pytest.raises(BackupError, match="is not what was written"):
        backups._insist_on_checksum(tmp_path / "backup")


def test_a_checksum_knows_its_file_under_another_name(tmp_path):
    (tmp_path / "moved").write_bytes(b"any")
    digest = hashlib.sha256(b"any").hexdigest()
    (tmp_path / "moved.sha256").write_text(f"{digest} *backup\n")
    backups._insist_on_checksum(tmp_path / "moved")


def test_it_is_named_by_its_moment(settings, tmp_path, capsys, monkeypatch):
    settings.BACKUP_DIR = tmp_path / "backups"
    monkeypatch.setattr(backups, "back_up", lambda path: path.write_text(""))
    assert newest_backup(settings.BACKUP_DIR) is None
    name = backups.new_backup(settings.BACKUP_DIR).name
    assert name.startswith("piggyadmin-20")
    assert name.endswith((".sqlite3", ".dump"))


def test_the_newest_is_found(tmp_path):
    for age, name in [
        (2, "piggyadmin-b"),
        (1, "piggyadmin-a"),
        (0, "another"),
        (0, "piggyadmin-a.sha256"),
    ]:
        path = tmp_path / name
        path.touch()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert newest_backup(tmp_path) == tmp_path / "piggyadmin-a"


def test_what_was_not_written_to_its_end_is_no_backup(tmp_path, settings, on_postgresql):
    settings.BACKUP_DIR = tmp_path
    (tmp_path / "piggyadmin-20261129T101500.dump.partial").touch()  # killed in its middle
    with pytest.raises(CommandError, match="pg_dump failed"):
        call_command("backup", str(tmp_path / "piggyadmin-20261129T101501.dump"))
    assert newest_backup(tmp_path) is None
    assert not (tmp_path / "piggyadmin-20261129T101501.dump.partial").exists()


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_what_was_cut_off_is_not_restored(tmp_path, share):
    data, content = tmp_path / "data", migrated_database().read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(len(content) * share)])
    restored = manage(
        data, f"sqlite:///{tmp_path / 'new.sqlite3'}", "restore", f"{tmp_path / 'cut'}"
    )
    assert restored.returncode == 1
    assert "is damaged" in restored.stderr
    assert "Traceback" not in restored.stderr


def flipped(path: Path) -> Path:
    """Have one bit of every page but the first fall over, where a page says what it holds."""
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page + 4] ^= 1
    damaged = path.with_name("damaged")
    damaged.write_bytes(content)
    return damaged


def test_what_has_a_flipped_bit_is_not_restored(tmp_path):
    shutil.copy(migrated_database(), tmp_path / "whole")
    new = tmp_path / "new.sqlite3"
    restored = manage(
        tmp_path / "data", f"sqlite:///{new}", "restore", str(flipped(tmp_path / "whole"))
    )
    assert restored.returncode == 1
    assert "is damaged" in restored.stderr
    assert "Traceback" not in restored.stderr
    with closing(sqlite3.connect(new)) as database:
        assert not database.execute("SELECT name FROM sqlite_master").fetchall()


def test_a_damaged_database_makes_no_backup(tmp_path):
    shutil.copy(migrated_database(), tmp_path / "whole")
    url = f"sqlite:///{flipped(tmp_path / 'whole')}"
    made = manage(tmp_path / "data", url, "backup", str(tmp_path / "backup"))
    assert made.returncode == 1
    assert "The database is damaged" in made.stderr
    assert not list(tmp_path.glob("backup*"))


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(tmp_path / "there"))
    assert (tmp_path / "there").read_text() == "mine"


@pytest.mark.parametrize(("data_key", "named"), [("", "SECRET_KEY"), ("a key", "DATA_KEY")])
def test_it_names_the_key_that_is_not_in_it(data_key, named, settings, monkeypatch, capsys):
    settings.DATA_KEY = data_key
    monkeypatch.setattr(backup, "back_up", lambda path: None)
    call_command("backup", "file")
    assert capsys.readouterr().out == (
        "Written: file, and file.sha256, which proves its bytes: keep both together. "
        f"{named} is not in it: keep that elsewhere.\n"
    )


def test_what_others_write_meanwhile_does_not_tear_it(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    with closing(sqlite3.connect(source)) as writer:
        writer.executescript("CREATE TABLE a (n); INSERT INTO a VALUES (1);")
        writer.execute("INSERT INTO a VALUES (2)")  # not committed yet
        backups._copy(source=str(source), target=str(target))
        writer.rollback()
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT n FROM a").fetchall() == [(1,)]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 2\0", b"PGDM"])
def test_what_is_no_backup_is_not_restored(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(CommandError, match="is no backup of a"):
        call_command("restore", str(tmp_path / "file"))


def test_a_file_that_is_not_there_is_not_restored(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", str(tmp_path / "file"))


@pytest.fixture
def on_postgresql(monkeypatch):
    """Have the console's database be one that cannot be reached."""
    values = {"NAME": "x", "HOST": "127.0.0.1", "PORT": 1, "USER": "u", "PASSWORD": "hidden"}
    fake = SimpleNamespace(vendor="postgresql", settings_dict=values)
    monkeypatch.setattr(backups, "connection", fake)
    return monkeypatch


def test_tools_that_are_not_here(tmp_path, on_postgresql):
    on_postgresql.setattr(shutil, "which", lambda tool: None)
    with pytest.raises(CommandError, match="pg_dump is not here"):
        call_command("backup", str(tmp_path / "file"))


def test_tools_that_fail_leave_no_backup_and_tell_no_password(tmp_path, on_postgresql):
    with pytest.raises(CommandError, match="pg_dump failed") as failed:
        call_command("backup", str(tmp_path / "file"))
    assert "hidden" not in str(failed.value)
    assert not (tmp_path / "file").exists()
