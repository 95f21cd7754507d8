"""The ledger's own tests, those of people, and a row of the matrix, once more on PostgreSQL.

The whole matrix, or any other test, runs there with the address of a server:
`DATABASE_URL=postgres://postgres@127.0.0.1:5432/piggyadmin .venv/bin/pytest tests/faults`.
"""

from tests.postgresql import run_there

TESTS = (
    "tests/ledger/test_hash_chain.py",
    "tests/ledger/test_reconciliation_evidence.py",
    "tests/ledger/test_retention.py",
    "tests/ledger/test_triggers.py",
    "tests/ledger/test_writes.py",
    "tests/ledger/test_conflicts.py",
    "tests/ledger/test_outcomes.py",
    "tests/ledger/test_recovery.py",
    "tests/ledger/test_following.py",
    "tests/ledger/test_reconciliation.py",
    "tests/ledger/test_sql.py",
    "tests/ledger/test_stored.py",
    "tests/ledger/test_verification.py",
    "tests/people/test_services.py",
    "tests/test_odd_answers.py::test_every_action_comes_to_an_end[texts]",
    "tests/status/test_resealing.py",
    "tests/test_sealed_fields.py",
    "tests/faults/test_matrix.py::test_writes[create-credit-reception]",
)


def test_the_ledger_on_postgresql():
    assert "32 cells, 0 of them wrong" in run_there(*TESTS, WHOLE_MATRIX="1")
