"""The guards: what the database refuses, and what of them an attacker would take away."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from piggyadmin.ledger import triggers
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.verification import verify
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db

IS_SQLITE = connection.vendor == "sqlite"
NAME = "actions_entry_no_update"


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def entry():
    entry = make_entry(EntryState.DONE, contact="c1")
    yield entry
    triggers.put_up(connection)


def test_they_are_whole():
    assert list(triggers.faults()) == []


def test_putting_them_up_twice_does_no_harm():
    triggers.put_up(connection)
    assert list(triggers.faults()) == []


def test_missing_ones_are_named():
    triggers.take_down(connection)
    named = [fault for fault in triggers.faults() if "is missing" in fault]
    assert len(named) == (6 if IS_SQLITE else 9)
    assert any(NAME in fault for fault in named)


def drop():
    run(f"DROP TRIGGER {NAME}" + ("" if IS_SQLITE else " ON actions_entry"))


def replace_by_nothing():
    """A trigger of the same name that does nothing."""
    drop()
    if IS_SQLITE:
        run(f"CREATE TRIGGER {NAME} BEFORE UPDATE ON actions_entry BEGIN SELECT 1; END")
        return
    run(
        "CREATE FUNCTION pass_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON actions_entry "
        "FOR EACH ROW EXECUTE FUNCTION pass_on()",
    )


def replace_by_one_that_looks_away():
    """A trigger that refuses, but not what the attacker is about to do."""
    drop()
    if IS_SQLITE:
        run(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON actions_entry WHEN NEW.comment <> 'x' "
            f"BEGIN SELECT RAISE(ABORT, '{triggers.WORDS}'); END"
        )
        return
    run(
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON actions_entry FOR EACH ROW "
        "WHEN (NEW.comment <> 'x') EXECUTE FUNCTION actions_refuse()"
    )


def put_on_another_table():
    """A trigger of the same name that guards something else."""
    drop()
    if IS_SQLITE:
        run(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON actions_reason "
            f"BEGIN SELECT RAISE(ABORT, '{triggers.WORDS}'); END"
        )
        return
    run(
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON actions_reason FOR EACH ROW "
        "EXECUTE FUNCTION actions_refuse()"
    )


@pytest.mark.parametrize(
    ("attack", "finding"),
    [
        (drop, "is missing"),
        (replace_by_nothing, "is not the one that refuses"),
        (replace_by_one_that_looks_away, "is not the one that refuses"),
        (put_on_another_table, "is not the one that refuses"),
    ],
)
def test_an_attack_is_found(attack, finding):
    attack()
    assert any(f"{NAME} {finding}" in fault for fault in verify())


# Where nothing may be skipped, what another database has is not even collected.
if not IS_SQLITE:

    @pytest.mark.parametrize("mode", ["DISABLE", "ENABLE REPLICA"])
    def test_a_trigger_that_does_not_fire_is_found(mode):
        run(f"ALTER TABLE actions_entry {mode} TRIGGER {NAME}")
        assert any(f"{NAME} is not the one" in fault for fault in verify())

    def test_a_function_that_does_nothing_is_found():
        run(
            "CREATE OR REPLACE FUNCTION actions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NULL; END $$"
        )
        assert any("does not refuse" in fault for fault in verify())

    def test_a_session_in_which_no_trigger_fires_is_found():
        run("SET LOCAL session_replication_role = replica")
        assert any("allows a change of actions_event" in fault for fault in verify())
        run("SET LOCAL session_replication_role = origin")

else:

    @pytest.mark.django_db(transaction=True)
    def test_a_connection_that_replaces_unseen_is_found():
        """The pragma cannot be changed inside a transaction."""
        run("PRAGMA recursive_triggers = OFF")
        try:
            assert any("allows a change of actions_entry" in fault for fault in verify())
        finally:
            run("PRAGMA recursive_triggers = ON")


def test_looking_changes_nothing(entry):
    with transaction.atomic():
        triggers.take_down(connection)
        list(triggers.faults())
        entry.refresh_from_db()
        assert entry.events.count() == 3


# --- PostgreSQL ------------------------------------------------------------------------------


class Postgresql:
    """As much of a PostgreSQL as the guards use; its own one: `tests/faults/test_on_postgresql.py`.

    It keeps triggers and the function, and refuses what they guard.
    """

    vendor = "postgresql"

    def __init__(self):
        self.triggers: dict[str, str] = {}
        self.bodies: list[str] = []
        self.rows: list[tuple[str, ...]] = []
        self.rowcount = 1

    @contextmanager
    def cursor(self):
        yield self

    def execute(self, sql, _values=()):
        words = sql.split()
        if sql.startswith("CREATE TRIGGER"):
            self.triggers[words[2]] = sql
        elif sql.startswith("DROP TRIGGER IF EXISTS"):
            self.triggers.pop(words[4], None)
        elif sql.startswith("CREATE OR REPLACE FUNCTION"):
            self.bodies = [sql.split("$$")[1]]
        elif "FROM pg_trigger" in sql:
            self.rows = list(self.triggers.items())
        elif "FROM pg_proc" in sql:
            self.rows = [(body,) for body in self.bodies]
        elif self._guards(words[0], words[1] if words[0] == "UPDATE" else words[2]):
            raise DatabaseError(triggers.WORDS)

    def _guards(self, verb, table):
        return f"{table}_no_{verb.lower()}" in self.triggers and "RAISE" in "".join(self.bodies)

    def fetchall(self):
        return self.rows


@pytest.fixture
def postgresql(monkeypatch):
    postgresql = Postgresql()
    monkeypatch.setattr(triggers, "connection", postgresql)
    triggers.put_up(postgresql)
    return postgresql


def test_postgresql_has_them_for_truncating_too(postgresql):
    assert len(postgresql.triggers) == 9
    assert (
        "BEFORE TRUNCATE ON actions_event FOR EACH STATEMENT"
        in (postgresql.triggers["actions_event_no_truncate"])
    )
    assert list(triggers.faults()) == []
    triggers.take_down(postgresql)
    assert postgresql.triggers == {}


@pytest.mark.parametrize("bodies", [[], [" BEGIN RETURN NULL; END "], [triggers.FUNCTION_BODY] * 2])
def test_postgresql_s_function_has_to_be_the_one_that_refuses(postgresql, bodies):
    """Not another one, none, or one of several of its name."""
    postgresql.bodies = bodies
    assert "does not refuse" in next(triggers.faults())


def test_postgresql_s_triggers_are_tried(postgresql):
    postgresql.bodies = [" BEGIN RETURN NULL; END "]
    findings = list(triggers.faults())
    assert sum("allows a change" in finding for finding in findings) == 6
