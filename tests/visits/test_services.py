"""Visits, against a sandbox behind a socket."""

from datetime import UTC, datetime

import pytest

from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_UUID
from piggyadmin.visits import services

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
WHERE = {"shop_uuid": AMSTERDAM_UUID, "contact_uuid": MIRA_UUID}


def test_a_visit_from_creation_to_change(piggy):
    made = services.create_visit(piggy, **WHERE, external_id="V-1", starts_at=NOON)
    assert (made.contact.uuid, made.starts_at) == (MIRA_UUID, NOON)
    changed = services.update_visit(piggy, visit_uuid=made.uuid, source="Till")
    assert (changed.source, changed.external_id) == ("Till", "V-1")
    assert services.get_visit(piggy, visit_uuid=made.uuid) == changed
    with pytest.raises(Rejected) as caught:
        services.create_visit(piggy, **WHERE, external_id="V-1")
    assert caught.value.code == ErrorCode.INVALID_INPUT


def test_list_visits(piggy):
    page = services.list_visits(piggy, contact_uuid=MIRA_UUID, limit=1)
    assert (page.items[0].external_id, page.total, page.has_more) == ("VISIT-0001", 2, True)
    with pytest.raises(NotFound):
        services.list_visits(piggy, contact_uuid=NOBODY)
    with pytest.raises(NotFound):
        services.get_visit(piggy, visit_uuid=NOBODY)
