"""A ledger that was begun before the chain, the projection, flags and seals comes along whole."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = "2026-01-02 03:04:05"
ENTRIES = """
    INSERT INTO actions_entry
        (id, created_at, person_id, person_name, action, data, preview, trace_id, submission_key)
    VALUES (?, ?, 1, 'Sanne', 'merge-contacts', '{"n": 1}', NULL, 'trace', ?)
"""
EVENTS = "INSERT INTO actions_event (entry_id, at, kind, detail) VALUES (?, ?, ?, '{}')"


@pytest.fixture
def manage(tmp_path):
    """Run a command on a database of its own."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'old.sqlite3'}",
    }

    def run(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


SNAPSHOT = """
    INSERT INTO actions_snapshot (entry_id, contact_uuid, moment, place, taken_at, data)
    VALUES (?, 'c1', 'before', '.source', ?, '{"credits": 1.0}')
"""


def test_snapshots_without_seals_are_sealed(manage, tmp_path):
    manage("migrate", "actions", "0001", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database, database:
        for number in (1, 2):
            database.execute(ENTRIES, (number, MADE, f"{number:032x}"))
    manage("migrate", "actions", "0006", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database, database:
        for number in (1, 1, 2):
            database.execute(SNAPSHOT, (number, MADE))
    manage("migrate", "--verbosity", "0")
    assert "The ledger is whole. 4:" in manage("ledger_verify")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database:
        assert database.execute("SELECT COUNT(DISTINCT salt) FROM actions_snapshot").fetchone() == (
            3,
        )


def test_what_was_there_before_the_chain_is_forged_into_it(manage, tmp_path):
    manage("migrate", "actions", "0001", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database, database:
        for number in (1, 2):
            database.execute(ENTRIES, (number, MADE, f"{number:032x}"))
        for number, kind in ((1, "sent"), (1, "done"), (1, "flagged"), (2, "sent")):
            database.execute(EVENTS, (number, MADE, kind))
    manage("migrate", "--verbosity", "0")
    assert "The ledger is whole. 6:" in manage("ledger_verify")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database:
        statuses = "SELECT entry_id, state, is_flagged FROM actions_standing ORDER BY entry_id"
        assert database.execute(statuses).fetchall() == [(1, "done", 1), (2, "sent", 0)]


def test_contacts_that_went_before_are_found_by_their_names(manage, tmp_path):
    manage("migrate", "actions", "0001", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database, database:
        for number, kind in ((1, "done"), (2, "rejected")):
            database.execute(ENTRIES, (number, MADE, f"{number:032x}"))
            database.execute(EVENTS, (number, MADE, kind))
    manage("migrate", "actions", "0010", "--verbosity", "0")
    known = '{"contact": {"email": "Anna@example.test"}, "identifiers": [{"value": "CARD-9"}]}'
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database, database:
        for number in (1, 2):
            statement = SNAPSHOT.replace("data)", "data, salt)").replace("}')", "}', 'salt')")
            database.execute(statement.replace('{"credits": 1.0}', known), (number, MADE))
    manage("migrate", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "old.sqlite3")) as database:
        names = "SELECT snapshot_id, name FROM actions_snapshotname ORDER BY id"
        assert database.execute(names).fetchall() == [(1, "anna@example.test"), (1, "card-9")]
