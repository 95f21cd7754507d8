"""Shifts, teams and kinds of shift, as Piggy answers them."""

from typing import Annotated

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Moment, Text, Whole


class Shift(Answer):
    """Somebody's hours at a shop; of the statuses, approved and pending are known (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    contact: Annotated[Contact | None, Lenient] = None
    external_id: Text = None
    team_uuid: Text = None
    shift_type_uuid: Text = None
    status: Text = None
    break_in_minutes: Whole = None
    net_duration_in_minutes: Whole = None
    started_at: Moment = None
    ended_at: Moment = None
    created_at: Moment = None


class ShiftTeam(Answer):
    """A team that works shifts."""

    essential = ("uuid",)

    uuid: Text = None
    name: Text = None
    created_at: Moment = None
    updated_at: Moment = None


class ShiftType(ShiftTeam):
    """A kind of shift."""

    description: Text = None
