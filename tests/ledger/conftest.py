"""What tests of the ledger share."""

import pytest

from piggyadmin.ledger import event_kinds, hash_chain


@pytest.fixture
def any_kind_of_event(monkeypatch) -> None:
    """Take events of kinds that a test makes up, and that are declared nowhere."""
    monkeypatch.setattr(hash_chain, "insist_on_declared", lambda _kind: None)
    monkeypatch.setattr(event_kinds, "undeclared", lambda *_event: set())
