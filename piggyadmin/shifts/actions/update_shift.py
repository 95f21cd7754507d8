"""Changing shifts."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    compared,
    done,
    has_settled,
    not_done,
    same,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shifts import services
from piggyadmin.shifts.comparison import as_evidence, is_at
from piggyadmin.shifts.forms import ShiftChangeForm, ShiftToFindForm
from piggyadmin.shifts.types import Shift

CHANGEABLE = ("started_at", "ended_at", "status", "team_uuid", "break_in_minutes")


@register
class UpdateShift(Action[Shift, None]):
    """Change a shift."""

    slug = "update-shift"
    entity = "shifts"
    label = _("Change a shift")
    summary = _("Hours, status, team and break. Whose shift it is cannot change.")
    button = _("Save the changes")
    icon = "calendar-cog"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = ShiftToFindForm
    form_class = ShiftChangeForm
    sample = {
        "shift_uuid": "SHIFT-0001",
        "started_at": "2030-04-02T09:00",
        "ended_at": "2030-04-02T15:00",
        "status": "pending",
        "break_in_minutes": "45",
    }
    found_template = "shifts/_found.html"
    result_template = "shifts/_shift.html"
    result_type = Shift

    def sentence(self, matter: Matter) -> Sentence:  # noqa: ARG002
        """Say that one was changed: whose it is the ledger was not told."""
        return Sentence(_("%(who)s changed a shift"), _("change a shift"), {})

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Fill the form with what the shift is now."""
        shift = services.get_shift(piggy, shift_uuid=data["shift_uuid"])
        initial: dict[str, Any] = {name: getattr(shift, name) for name in CHANGEABLE}
        return LookUp(initial={**initial, "shift_uuid": data["shift_uuid"]}, found=shift)

    def perform(self, piggy: PiggyClient, data: Data) -> Shift:
        """Send it: hours and status have to be given anew."""
        return services.update_shift(
            piggy,
            shift_uuid=data["shift_uuid"],
            started_at=data["started_at"],
            ended_at=data["ended_at"],
            status=data["status"],
            team_uuid=data["team_uuid"] or None,
            break_in_minutes=data["break_in_minutes"],
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the shift with what was asked."""
        shift = services.get_shift(piggy, shift_uuid=entry.data["shift_uuid"])
        evidence = as_evidence(shift, fits=_fits(entry.data, shift))
        if evidence.fits:
            return done(gettext("It is as it was asked to be."), evidence, result=shift)
        if evidence.fits is None:
            words = gettext("Piggy does not tell all about it.")
            return undecided(words, evidence)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        if changed_since(entry, "shift_uuid").exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, evidence)
        return not_done(gettext("It is not as it was asked to be."), evidence)


def _fits(asked: dict[str, Any], shift: Shift) -> bool | None:
    """Compare all that was asked; what was left open may be anything."""
    team, minutes = asked["team_uuid"], asked["break_in_minutes"]
    return compared(
        is_at(shift.started_at, asked["started_at"]),
        is_at(shift.ended_at, asked["ended_at"]),
        same(shift.status, asked["status"]),
        not team or same(shift.team_uuid, team),
        minutes is None or same(shift.break_in_minutes, minutes),
    )
