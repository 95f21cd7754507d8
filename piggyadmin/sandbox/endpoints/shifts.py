"""Shifts, and the teams and kinds that they are of.

No enum of statuses is documented; those that the samples show are known, others refused with 80531.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import contact_by_uuid, one, shop_by_uuid
from piggyadmin.sandbox.models import Shift, ShiftTeam, ShiftType
from piggyadmin.sandbox.responses import Reply, Slice, meta_c
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import MAX_LONG_TEXT, Given

Named = TypeVar("Named", ShiftTeam, ShiftType)
Row = TypeVar("Row", bound=Model)

STATUSES = ("approved", "pending")
MAX_BREAK = 24 * 60  # minutes


# --- Shifts ----------------------------------------------------------------------------------


def _shift(**by: str) -> Shift:
    rows = Shift.objects.select_related("contact", "team", "shift_type")
    return one(rows.filter(**by), errors.SHIFT_NOT_FOUND)


def _team(uuid: str) -> ShiftTeam:
    return one(ShiftTeam.objects.filter(uuid=uuid), errors.SHIFT_TEAM_NOT_FOUND)


def _type(uuid: str) -> ShiftType:
    return one(ShiftType.objects.filter(uuid=uuid), errors.SHIFT_TYPE_NOT_FOUND)


def _refuse_unknown_status(status: str) -> None:
    if status not in STATUSES:
        raise ApiError(errors.SHIFT_STATUS_OR_ID)


@route("GET", "shifts")
def list_shifts(given: Given) -> Reply:
    """List the shifts of a shop that have a status, by team where wanted."""
    part = Slice.read(given, default=30)
    shop_uuid, status = given.text("shop_uuid"), given.text("status")
    team_uuid = given.optional_text("team_uuid")
    given.check()
    shop = shop_by_uuid(shop_uuid)
    _refuse_unknown_status(status)
    rows = Shift.objects.filter(shop=shop, status=status)
    rows = rows.filter(team=_team(team_uuid)) if team_uuid else rows
    page = part.of(rows, Shift.objects.select_related("contact", "team", "shift_type"))
    return Reply([serializers.shift(row) for row in page.rows], meta_c(page))


@route("GET", "shifts/find")
def find_shift(given: Given) -> Reply:
    """Give the shift with an external id."""
    external_id = given.text("external_id")
    given.check()
    return Reply(serializers.shift(_shift(external_id=external_id)))


@route("GET", "shifts/{shift_uuid}")
def get_shift(given: Given, shift_uuid: str) -> Reply:  # noqa: ARG001
    """Give one shift."""
    return Reply(serializers.shift(_shift(uuid=shift_uuid)))


@route("POST", "shifts")
def create_shift(given: Given) -> Reply:
    """Plan a shift."""
    shop_uuid, contact_uuid = given.text("shop_uuid"), given.text("contact_uuid")
    external_id = given.optional_text("external_id")
    type_uuid = given.optional_text("shift_type_uuid")
    row = Shift(external_id=external_id)
    _read(given, row)
    row.shop, row.contact = shop_by_uuid(shop_uuid), contact_by_uuid(contact_uuid)
    row.shift_type = _type(type_uuid) if type_uuid else None
    if external_id and Shift.objects.filter(external_id=external_id).exists():
        raise ApiError(errors.SHIFT_STATUS_OR_ID)
    row.save()
    return Reply(serializers.shift(row))


@route("PUT", "shifts/{shift_uuid}")
def update_shift(given: Given, shift_uuid: str) -> Reply:
    """Change hours, status, break and team; the contact stays, whatever is sent for it (docs)."""
    row = _shift(uuid=shift_uuid)
    _read(given, row)
    row.save()
    return Reply(serializers.shift(row))


@route("DELETE", "shifts/{shift_uuid}")
def delete_shift(given: Given, shift_uuid: str) -> Reply:  # noqa: ARG001
    """Remove a shift."""
    _shift(uuid=shift_uuid).delete()
    return Reply(None)


def _read(given: Given, row: Shift) -> None:
    """Take over what creating and changing have in common."""
    status, team_uuid = given.text("status"), given.optional_text("team_uuid")
    row.started_at, row.ended_at = _moment(given, "started_at"), _moment(given, "ended_at")
    if row.ended_at < row.started_at:
        given.reject("ended_at", "The ended_at must be a date after started_at.")
    if "break_in_minutes" in given:
        row.break_in_minutes = given.optional_integer("break_in_minutes", 0, MAX_BREAK) or 0
    given.check()
    _refuse_unknown_status(status)
    row.status = status
    row.team = _team(team_uuid) if team_uuid else row.team


def _moment(given: Given, name: str) -> datetime:
    given.text(name)
    return given.optional_moment(name) or timezone.now()


# --- Teams and types -------------------------------------------------------------------------


def _listed(given: Given, rows: QuerySet[Row], shape: Any) -> Reply:
    part = Slice.read(given, default=30)
    given.check()
    page = part.of(rows, rows)
    return Reply([shape(row) for row in page.rows], meta_c(page))


def _found(given: Given, rows: QuerySet[Row], code: int) -> Row:
    name = given.text("name")
    given.check()
    return one(rows.filter(name=name), code)


def _saved(given: Given, row: Named, values: Mapping[str, str]) -> Named:
    """Save a team or a kind; its name counts once (inferred)."""
    others = type(row)._default_manager.exclude(pk=row.pk)
    if others.filter(name=values["name"]).exists():
        given.reject("name", "The name has already been taken.")
    given.check()
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = timezone.now()
    row.save()
    return row


def _named(given: Given) -> dict[str, str]:
    return {"name": given.text("name")}


def _described(given: Given) -> dict[str, str]:
    return {**_named(given), "description": given.text("description", MAX_LONG_TEXT)}


@route("GET", "shift-teams")
def list_shift_teams(given: Given) -> Reply:
    """List the teams."""
    return _listed(given, ShiftTeam.objects.all(), serializers.shift_team)


@route("GET", "shift-teams/find")
def find_shift_team(given: Given) -> Reply:
    """Give the team with a name."""
    row = _found(given, ShiftTeam.objects.all(), errors.SHIFT_TEAM_NOT_FOUND)
    return Reply(serializers.shift_team(row))


@route("GET", "shift-teams/{shift_team_uuid}")
def get_shift_team(given: Given, shift_team_uuid: str) -> Reply:  # noqa: ARG001
    """Give one team."""
    return Reply(serializers.shift_team(_team(shift_team_uuid)))


@route("POST", "shift-teams")
def create_shift_team(given: Given) -> Reply:
    """Add a team."""
    return Reply(serializers.shift_team(_saved(given, ShiftTeam(), _named(given))))


@route("PUT", "shift-teams/{shift_team_uuid}")
def update_shift_team(given: Given, shift_team_uuid: str) -> Reply:
    """Rename a team."""
    row = _saved(given, _team(shift_team_uuid), _named(given))
    return Reply(serializers.shift_team(row))


@route("GET", "shift-types")
def list_shift_types(given: Given) -> Reply:
    """List the kinds of shift."""
    return _listed(given, ShiftType.objects.all(), serializers.shift_type)


@route("GET", "shift-types/find")
def find_shift_type(given: Given) -> Reply:
    """Give the kind with a name."""
    row = _found(given, ShiftType.objects.all(), errors.SHIFT_TYPE_NOT_FOUND)
    return Reply(serializers.shift_type(row))


@route("GET", "shift-types/{shift_type_uuid}")
def get_shift_type(given: Given, shift_type_uuid: str) -> Reply:  # noqa: ARG001
    """Give one kind."""
    return Reply(serializers.shift_type(_type(shift_type_uuid)))


@route("POST", "shift-types")
def create_shift_type(given: Given) -> Reply:
    """Add a kind."""
    return Reply(serializers.shift_type(_saved(given, ShiftType(), _described(given))))


@route("PUT", "shift-types/{shift_type_uuid}")
def update_shift_type(given: Given, shift_type_uuid: str) -> Reply:
    """Change a kind's name and description."""
    row = _saved(given, _type(shift_type_uuid), _described(given))
    return Reply(serializers.shift_type(row))
