"""Changing teams and kinds of shift."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.records import RecordAction, UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, PreviewModel, Result
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.reference.cached import forget
from piggyadmin.shifts import services
from piggyadmin.shifts.forms import (
    ShiftTeamForm,
    ShiftTypeToFindForm,
    UpdateShiftTeamForm,
    UpdateShiftTypeForm,
)
from piggyadmin.shifts.types import ShiftTeam, ShiftType


class ShiftGroupAction(RecordAction[Result, PreviewModel]):
    """What is done to a team, or a kind of shift."""

    entity = "shifts"
    facts_template = "shifts/_group.html"
    list_page = "shifts:list"
    role = Role.ADMIN

    def name_of(self, record: ShiftTeam) -> str:
        """Give its name."""
        return record.name or ""

    def after_done(self, data: Data, result: Result) -> None:  # noqa: ARG002
        """Have forms and lists call it as it is called now."""
        forget()


@register
class UpdateShiftTeam(ShiftGroupAction[ShiftTeam, Any], UpdateRecord[ShiftTeam]):
    """Change what a team is called."""

    slug = "update-shift-team"
    label = _("Change a team")
    summary = _("What a team that works shifts is called.")
    icon = "pencil"
    keys = ("shift_team_uuid",)
    look_up_form_class = ShiftTeamForm
    form_class = UpdateShiftTeamForm
    sample = {
        "shift_team_uuid": "c0ffee00-0000-4000-8000-000000000e11",
        "name": "Bar and terrace",
    }
    result_type = ShiftTeam
    done_words = _("%(who)s changed the team “%(name)s”")
    wanted_words = _("change the team “%(name)s”")

    def find(self, piggy: PiggyClient, data: Data) -> ShiftTeam:
        """Find it by its UUID."""
        return services.get_shift_team(piggy, shift_team_uuid=data["shift_team_uuid"])

    def as_filled(self, record: ShiftTeam) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {"name": record.name or ""}

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> ShiftTeam:
        """Write what differs, which can be its name alone."""
        uuid = data["shift_team_uuid"]
        return services.update_shift_team(piggy, shift_team_uuid=uuid, **changed)


@register
class UpdateShiftType(ShiftGroupAction[ShiftType, Any], UpdateRecord[ShiftType]):
    """Change a kind of shift."""

    slug = "update-shift-type"
    label = _("Change a kind of shift")
    summary = _("What a kind of shift is called, and what it is.")
    icon = "pencil"
    keys = ("shift_type_uuid",)
    look_up_form_class = ShiftTypeToFindForm
    form_class = UpdateShiftTypeForm
    sample = {"shift_type_uuid": "c0ffee00-0000-4000-8000-000000000e21", "name": "Early"}
    result_type = ShiftType
    done_words = _("%(who)s changed the kind of shift “%(name)s”")
    wanted_words = _("change the kind of shift “%(name)s”")

    def find(self, piggy: PiggyClient, data: Data) -> ShiftType:
        """Find it by its UUID."""
        return services.get_shift_type(piggy, shift_type_uuid=data["shift_type_uuid"])

    def as_filled(self, record: ShiftType) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {"name": record.name or "", "description": record.description or ""}

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> ShiftType:
        """Write it whole, as Piggy wants it: what does not differ as it is there now."""
        whole = self.as_filled(self.find(piggy, data)) | changed
        uuid = data["shift_type_uuid"]
        return services.update_shift_type(piggy, shift_type_uuid=uuid, **whole)
