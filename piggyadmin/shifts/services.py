"""Calls about shifts, and the teams and kinds that they are of (beta)."""

from datetime import datetime

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import UUID, Page, without_none
from piggyadmin.reference.cached import cached
from piggyadmin.shifts.types import Shift, ShiftTeam, ShiftType

# So many teams, and kinds of shift, are offered as a list.
MOST_OFFERED = 100


def _path(shift_uuid: str) -> str:
    return f"shifts/{path_value(shift_uuid)}"


# --- Shifts ----------------------------------------------------------------------------------


def list_shifts(
    piggy: PiggyClient,
    *,
    shop_uuid: str,
    status: str,
    team_uuid: str | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[Shift]:
    """List the shifts of a shop that have a status, at most 100 a page.

    Raises:
        NotFound: no such shop (1008) or team (80540).
        Rejected: no such status (80531).
    """
    params = without_none(
        shop_uuid=shop_uuid, status=status, team_uuid=team_uuid, page=page, limit=limit
    )
    return piggy.get("shifts", params=params).page(Shift, page=page, limit=limit)


def find_shift(piggy: PiggyClient, *, external_id: str) -> Shift:
    """Find a shift by the number that the shop's own system has for it.

    Raises:
        NotFound: there is none (80530).
    """
    return piggy.get("shifts/find", params={"external_id": external_id}).one(Shift)


def get_shift(piggy: PiggyClient, *, shift_uuid: str) -> Shift:
    """Get one shift.

    Raises:
        NotFound: there is none (80530).
    """
    return piggy.get(_path(shift_uuid)).one(Shift)


def resolve_shift(piggy: PiggyClient, *, query: str) -> Shift:
    """Find a shift by its UUID, or by the number that the shop's own system has for it.

    Raises:
        NotFound: there is none (80530).
    """
    if UUID.fullmatch(query):
        try:
            return get_shift(piggy, shift_uuid=query)
        except NotFound:
            pass  # a number may look like a UUID: the console's own ones do
    return find_shift(piggy, external_id=query)


def create_shift(
    piggy: PiggyClient,
    *,
    contact_uuid: str,
    shop_uuid: str,
    started_at: datetime,
    ended_at: datetime,
    status: str,
    external_id: str | None = None,
    team_uuid: str | None = None,
    shift_type_uuid: str | None = None,
    break_in_minutes: int | None = None,
) -> Shift:
    """Plan a shift. With an external id of one's own a repeat is refused (80531), not doubled.

    Raises:
        NotFound: no such contact (55031), shop (1008), team (80540) or kind (80550).
        Rejected: no such status, or the external id is taken (80531).
    """
    body = without_none(
        contact_uuid=contact_uuid,
        shop_uuid=shop_uuid,
        started_at=started_at,
        ended_at=ended_at,
        status=status,
        external_id=external_id,
        team_uuid=team_uuid,
        shift_type_uuid=shift_type_uuid,
        break_in_minutes=break_in_minutes,
    )
    return piggy.post("shifts", json=body).one(Shift)


def update_shift(
    piggy: PiggyClient,
    *,
    shift_uuid: str,
    started_at: datetime,
    ended_at: datetime,
    status: str,
    team_uuid: str | None = None,
    break_in_minutes: int | None = None,
) -> Shift:
    """Change a shift; its hours and its status have to be given anew, the contact stays (docs).

    Raises:
        NotFound: there is none (80530).
        Rejected: no such status (80531).
    """
    body = without_none(
        started_at=started_at,
        ended_at=ended_at,
        status=status,
        team_uuid=team_uuid,
        break_in_minutes=break_in_minutes,
    )
    return piggy.put(_path(shift_uuid), json=body).one(Shift)


def delete_shift(piggy: PiggyClient, *, shift_uuid: str) -> None:
    """Delete a shift.

    Raises:
        NotFound: there is none (80530).
    """
    piggy.delete(_path(shift_uuid), any_body=True)


# --- Teams -----------------------------------------------------------------------------------


def list_shift_teams(piggy: PiggyClient, *, page: int = 1, limit: int = 30) -> Page[ShiftTeam]:
    """List teams, a page at a time."""
    answer = piggy.get("shift-teams", params={"page": page, "limit": limit})
    return answer.page(ShiftTeam, page=page, limit=limit)


def find_shift_team(piggy: PiggyClient, *, name: str) -> ShiftTeam:
    """Find a team by its name.

    Raises:
        NotFound: there is none (80540).
    """
    return piggy.get("shift-teams/find", params={"name": name}).one(ShiftTeam)


def get_shift_team(piggy: PiggyClient, *, shift_team_uuid: str) -> ShiftTeam:
    """Get one team.

    Raises:
        NotFound: there is none (80540).
    """
    return piggy.get(f"shift-teams/{path_value(shift_team_uuid)}").one(ShiftTeam)


def create_shift_team(piggy: PiggyClient, *, name: str) -> ShiftTeam:
    """Add a team."""
    return piggy.post("shift-teams", json={"name": name}).one(ShiftTeam)


def update_shift_team(piggy: PiggyClient, *, shift_team_uuid: str, name: str) -> ShiftTeam:
    """Rename a team.

    Raises:
        NotFound: there is none (80540).
    """
    path = f"shift-teams/{path_value(shift_team_uuid)}"
    return piggy.put(path, json={"name": name}).one(ShiftTeam)


# --- Kinds -----------------------------------------------------------------------------------


def list_shift_types(piggy: PiggyClient, *, page: int = 1, limit: int = 30) -> Page[ShiftType]:
    """List kinds of shift, a page at a time."""
    answer = piggy.get("shift-types", params={"page": page, "limit": limit})
    return answer.page(ShiftType, page=page, limit=limit)


def find_shift_type(piggy: PiggyClient, *, name: str) -> ShiftType:
    """Find a kind of shift by its name.

    Raises:
        NotFound: there is none (80550).
    """
    return piggy.get("shift-types/find", params={"name": name}).one(ShiftType)


def get_shift_type(piggy: PiggyClient, *, shift_type_uuid: str) -> ShiftType:
    """Get one kind of shift.

    Raises:
        NotFound: there is none (80550).
    """
    return piggy.get(f"shift-types/{path_value(shift_type_uuid)}").one(ShiftType)


def create_shift_type(piggy: PiggyClient, *, name: str, description: str) -> ShiftType:
    """Add a kind of shift."""
    body = {"name": name, "description": description}
    return piggy.post("shift-types", json=body).one(ShiftType)


def update_shift_type(
    piggy: PiggyClient, *, shift_type_uuid: str, name: str, description: str
) -> ShiftType:
    """Change a kind's name and description, both of which have to be given (docs).

    Raises:
        NotFound: there is none (80550).
    """
    body = {"name": name, "description": description}
    path = f"shift-types/{path_value(shift_type_uuid)}"
    return piggy.put(path, json=body).one(ShiftType)


def _first_teams(piggy: PiggyClient) -> list[ShiftTeam]:
    return list_shift_teams(piggy, limit=MOST_OFFERED).items


def _first_types(piggy: PiggyClient) -> list[ShiftType]:
    return list_shift_types(piggy, limit=MOST_OFFERED).items


cached_shift_teams = cached(_first_teams)
cached_shift_types = cached(_first_types)
