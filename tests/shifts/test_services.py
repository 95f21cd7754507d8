"""Shifts, teams and kinds, against a sandbox behind a socket."""

from datetime import UTC, datetime, timedelta

import pytest

from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_UUID
from piggyadmin.shifts import services

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
EIGHT = datetime(2026, 4, 1, 8, tzinfo=UTC)
HOURS = {"started_at": EIGHT, "ended_at": EIGHT + timedelta(hours=6)}


def create(piggy, **more):
    return services.create_shift(
        piggy, contact_uuid=MIRA_UUID, shop_uuid=AMSTERDAM_UUID, **HOURS, **more
    )


def test_a_shift_from_creation_to_deletion(piggy):
    team = services.find_shift_team(piggy, name="Bar")
    kind = services.find_shift_type(piggy, name="Morning")
    made = create(
        piggy,
        status="pending",
        external_id="S-1",
        team_uuid=team.uuid,
        shift_type_uuid=kind.uuid,
        break_in_minutes=15,
    )
    assert (made.net_duration_in_minutes, made.team_uuid) == (345, team.uuid)
    assert services.find_shift(piggy, external_id="S-1") == made
    changed = services.update_shift(piggy, shift_uuid=made.uuid, status="approved", **HOURS)
    assert services.get_shift(piggy, shift_uuid=made.uuid) == changed
    services.delete_shift(piggy, shift_uuid=made.uuid)
    with pytest.raises(NotFound):
        services.get_shift(piggy, shift_uuid=made.uuid)


def test_list_shifts(piggy):
    page = services.list_shifts(piggy, shop_uuid=AMSTERDAM_UUID, status="approved", limit=1)
    assert (len(page.items), page.total, page.has_more) == (1, 2, True)
    with pytest.raises(Rejected) as caught:
        services.list_shifts(piggy, shop_uuid=AMSTERDAM_UUID, status="asleep")
    assert caught.value.code == ErrorCode.SHIFT_STATUS_OR_NUMBER
    with pytest.raises(NotFound):
        services.list_shifts(piggy, shop_uuid=NOBODY, status="approved")


def test_a_number_counts_once(piggy):
    with pytest.raises(Rejected) as caught:
        create(piggy, status="pending", external_id="SHIFT-0001")
    assert caught.value.code == ErrorCode.SHIFT_STATUS_OR_NUMBER


def test_teams(piggy):
    made = services.create_shift_team(piggy, name="Kitchen")
    changed = services.update_shift_team(piggy, shift_team_uuid=made.uuid, name="Bakery")
    assert services.get_shift_team(piggy, shift_team_uuid=made.uuid) == changed
    assert [each.name for each in services.list_shift_teams(piggy).items] == ["Bar", "Bakery"]
    with pytest.raises(NotFound):
        services.find_shift_team(piggy, name="Kitchen")


def test_kinds(piggy):
    made = services.create_shift_type(piggy, name="Evening", description="Closes the shop")
    one = {"shift_type_uuid": made.uuid}
    changed = services.update_shift_type(piggy, **one, name="Night", description="Cleans")
    assert (changed.name, changed.description) == ("Night", "Cleans")
    assert services.get_shift_type(piggy, **one) == changed
    assert services.list_shift_types(piggy, limit=1).has_more
    with pytest.raises(NotFound):
        services.get_shift_type(piggy, shift_type_uuid=NOBODY)


def test_a_number_that_looks_like_a_uuid_finds_its_shift(piggy):
    """The console's own numbers do."""
    number = "c0ffee00-0000-4000-8000-00000000abcd"
    made = create(piggy, status="pending", external_id=number)
    assert services.resolve_shift(piggy, query=number) == made
    assert services.resolve_shift(piggy, query=made.uuid) == made
    with pytest.raises(NotFound):
        services.resolve_shift(piggy, query=NOBODY)
