from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import (
    Approval,
    ApprovalStatus,
    EntryState,
    EntryStatus,
    LedgerEncoder,
    PersonLookUp,
    ReadCount,
    Reason,
    Snapshot,
    SnapshotName,
    Subject,
)
from piggyadmin.shops.types import Shop
from tests.ledger.test_views import CREDITS


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Contact(uuid="abc"), '"abc"'),
        (
            Shop(uuid="s", name="Amsterdam"),
            '{"uuid": "s", "name": "Amsterdam", "type": null, "reference": null}',
        ),
        (Decimal("10.40"), '"10.40"'),
        (datetime(2026, 3, 4, 9, 30, tzinfo=UTC), '"2026-03-04T09:30:00Z"'),
    ],
)
def test_what_a_form_gave_is_written(value, written):
    assert LedgerEncoder().encode(value) == written


def test_names():
    look_up = PersonLookUp(action="peek", at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC))
    assert str(look_up) == "peek 2026-03-04 09:30:00"
    assert str(ReadCount(action="peek", day=date(2026, 3, 4), number=3)) == "peek 2026-03-04: 3"
    assert "mira" not in str(SnapshotName(snapshot_id=7, name="mira@example.test"))


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (Reason(label="Goodwill"), "Goodwill"),
        (Subject(role="source", contact_uuid="c1"), "source c1"),
        (EntryStatus(entry_id=7, state=EntryState.DONE), "7 done"),
        (Snapshot(moment=Snapshot.Moment.BEFORE, contact_uuid="c1"), "before c1"),
        (Approval(action=CREDITS, status=ApprovalStatus.WAITING), f"{CREDITS} waiting"),
    ],
)
def test_rows_have_names(row, name):
    assert str(row) == name
