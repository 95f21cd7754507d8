"""The guards: what the database refuses, and what of them an attacker would take away."""

import pytest
from django.db import connection, transaction

from piggyadmin.actions import guards
from piggyadmin.actions.models import State
from piggyadmin.actions.verify import verify
from tests.actions.making import make_entry

pytestmark = pytest.mark.django_db

IS_SQLITE = connection.vendor == "sqlite"
NAME = "actions_entry_no_update"


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def entry():
    entry = make_entry(State.DONE, contact="c1")
    yield entry
    guards.put_up(connection)


def test_they_are_whole():
    assert list(guards.faults()) == []


def test_putting_them_up_twice_does_no_harm():
    guards.put_up(connection)
    assert list(guards.faults()) == []


def test_missing_ones_are_named():
    guards.take_down(connection)
    named = [fault for fault in guards.faults() if "is missing" in fault]
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
            f"BEGIN SELECT RAISE(ABORT, '{guards.WORDS}'); END"
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
            f"BEGIN SELECT RAISE(ABORT, '{guards.WORDS}'); END"
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
        guards.take_down(connection)
        list(guards.faults())
        entry.refresh_from_db()
        assert entry.events.count() == 3
