"""Runs from the first row to the last, over pauses and what comes between."""

from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkPiece, BulkRun
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.verification import verify
from tests.bulk.making import (
    SHOP,
    balance,
    carried,
    checked,
    confirmed,
    states,
)

MIRA = "mira.jansen@example.test"
OTHER = "m.jansen@example.test"
LIST = f"e-mail;credits\n{MIRA};5\n{OTHER};7\nnobody@example.test;3\n{MIRA};5\n"


def test_a_run(sandbox, maker):
    before = balance(sandbox)
    run = checked(LIST, maker, shop_uuid=SHOP)
    assert run.status == BulkRun.Status.CHECKED
    assert states(run) == ["ready", "ready", "faulty", "repeated"]
    assert run.totals["gives"] == 12
    assert balance(sandbox) == before

    run = carried(confirmed(run))
    assert run.status == BulkRun.Status.DONE
    assert states(run) == ["done", "done", "faulty", "repeated"]
    assert balance(sandbox) == before + 5
    whole = running.entry_of(run)
    assert whole.state == EntryState.DONE
    assert whole.follow_up.detail["words"] == "2 rows were done. 2 rows were not."
    steps = Entry.objects.filter(status__part_of=run.key)
    assert [step.state for step in steps] == [EntryState.DONE] * 2
    assert {step.reason for step in steps} == {"Goodwill"}
    assert not BulkPiece.objects.exists()
    assert list(verify()) == []
