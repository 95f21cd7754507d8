"""A ledger that was begun before the chain, the projection, flags and seals comes along whole."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MADE = "2026-01-02 03:04:05"
ENTRIES = """
    INSERT INTO actions_entry
        (id, created_at, person_id, person_name, action, data, preview, trace_id, submission_key)
    VALUES (?, ?, 1, 'Sanne', 'merge-contacts', '{"n": 1}', NULL, 'trace', ?)
"""
EVENTS = "INSERT INTO actions_event (entry_id, at, kind, detail) VALUES (?, ?, ?, '{}')"
SNAPSHOTS = """
    INSERT INTO actions_snapshot (entry_id, contact_uuid, moment, place, taken_at, data)
    VALUES (?, 'c1', 'before', '.source', ?, '{"credits": 1.0}')
"""
SALTED_SNAPSHOTS = """
    INSERT INTO actions_snapshot (entry_id, contact_uuid, moment, place, taken_at, salt, data)
    VALUES (?, 'c1', 'before', '.source', ?, 'salt', ?)
"""
KNOWN = '{"contact": {"email": "Anna@example.test"}, "identifiers": [{"value": "CARD-9"}]}'
# Of these only what happened to them is known, of those there are snapshots.
BARE, WITH_SNAPSHOTS, WITH_NAMES = (1, 2), (3, 4), (5, 6)


class OldLedger:
    """A database that is brought along in steps, and asked by the console and by hand."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "old.sqlite3"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": str(directory),
            "DATABASE_URL": f"sqlite:///{self.path}",
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def migrate(self, *arguments: str) -> None:
        done = self.manage("migrate", *arguments, "--verbosity", "0")
        assert done.returncode == 0, done.stderr

    def add(self, statement: str, *rows: tuple[Any, ...]) -> None:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.executemany(statement, rows)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory) -> OldLedger:
    """Give one that has come all the way; each way begins at the first release."""
    old = OldLedger(tmp_path_factory.mktemp("old"))
    numbers = (*BARE, *WITH_SNAPSHOTS, *WITH_NAMES)
    old.migrate("actions", "0001")
    old.add(ENTRIES, *((number, MADE, f"{number:032x}") for number in numbers))
    kinds = (
        (1, "sent"),
        (1, "done"),
        (1, "flagged"),
        (2, "sent"),
        (5, "sent"),
        (5, "done"),
        (6, "sent"),
    )
    old.add(EVENTS, *((number, MADE, kind) for number, kind in kinds))
    old.migrate("actions", "0006")
    old.add(SNAPSHOTS, *((number, MADE) for number in (3, 3, 4)))
    old.migrate("actions", "0010")
    old.add(SALTED_SNAPSHOTS, *((number, MADE, KNOWN) for number in WITH_NAMES))
    old.migrate()
    return old


def test_what_was_there_before_the_chain_is_forged_into_it(ledger):
    """Whole, but for what came in by hand when the chain and the list of states were there."""
    by_hand = "SELECT id FROM actions_snapshot WHERE salt = 'salt' ORDER BY id"
    (first,), (second,) = ledger.rows(by_hand)
    assert sorted(ledger.manage("ledger_verify").stderr.splitlines()) == [
        "CommandError: The ledger does not verify: 3 findings.",
        f"Snapshot {first} was changed, or did not come in through the chain.",
        f"Snapshot {second} was changed, or did not come in through the chain.",
        "The list of states does not say of entry 5 what its events say."
        " `manage.py ledger_rebuild` makes it anew.",
    ]
    statuses = "SELECT entry_id, state, is_flagged FROM actions_standing WHERE entry_id <= 2"
    assert ledger.rows(statuses) == [(1, "done", 1), (2, "sent", 0)]


def test_snapshots_without_seals_are_sealed(ledger):
    salts = "SELECT COUNT(DISTINCT salt) FROM actions_snapshot WHERE entry_id IN (3, 4)"
    assert ledger.rows(salts) == [(3,)]


def test_contacts_that_went_before_are_found_by_their_names(ledger):
    names = "SELECT snapshot_id, name FROM actions_snapshotname ORDER BY id"
    of_a_done_one = ledger.rows("SELECT id FROM actions_snapshot WHERE entry_id = 5")[0][0]
    assert ledger.rows(names) == [
        (of_a_done_one, "anna@example.test"),
        (of_a_done_one, "card-9"),
    ]
