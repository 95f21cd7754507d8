"""Planning shifts."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    compared,
    done,
    has_settled,
    not_done,
    same,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.shifts import services
from piggyadmin.shifts.comparison import as_evidence, is_at
from piggyadmin.shifts.forms import NewShiftForm
from piggyadmin.shifts.types import Shift


@register
class CreateShift(Action[Shift, None]):
    """Plan a shift."""

    slug = "create-shift"
    entity = "shifts"
    label = _("Plan a shift")
    summary = _("Who works where, from when until when.")
    button = _("Plan the shift")
    icon = "calendar-clock"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = NewShiftForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "started_at": "2030-04-01T09:00",
        "ended_at": "2030-04-01T17:00",
        "status": "approved",
    }
    result_template = "shifts/_shift.html"
    result_type = Shift

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose, and where."""
        return Sentence(
            _("%(who)s planned a shift of %(customer)s at %(shop)s"),
            _("plan a shift of %(customer)s at %(shop)s"),
            {"customer": matter.customer(otherwise=gettext("somebody")), "shop": matter.shop()},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Shift:
        """Plan it; where nobody gave it a number, the console's own reference is its number."""
        names = ("shop_uuid", "started_at", "ended_at", "status")
        return services.create_shift(
            piggy,
            contact_uuid=data["contact_uuid"].uuid,
            external_id=data["external_id"] or own_reference.take(piggy),
            team_uuid=data["team_uuid"] or None,
            shift_type_uuid=data["shift_type_uuid"] or None,
            break_in_minutes=data["break_in_minutes"],
            **{name: data[name] for name in names},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the shift by its number: a person's, or the console's own."""
        number = entry.data["external_id"] or own_reference.written(entry)
        if not number:
            return undecided(gettext("The shift has no number by which it could be found."))
        try:
            shift = services.find_shift(piggy, external_id=number)
        except NotFound as error:
            if error.code != ErrorCode.SHIFT_NOT_FOUND:
                raise
            if not has_settled(entry):
                return undecided(gettext("Piggy has no such shift yet. It may still be at it."))
            return not_done(gettext("Piggy has no such shift."))
        evidence = _as_evidence(entry, shift)
        if not evidence.fits:
            words = gettext("There is a shift with this number, but it is not as it was asked.")
            return undecided(words, evidence)
        return done(gettext("Piggy has this shift."), evidence, result=shift)


def _as_evidence(entry: Entry, shift: Shift) -> Evidence:
    asked: dict[str, Any] = entry.data
    fits = compared(
        same(shift.contact and shift.contact.uuid, asked["contact_uuid"]),
        is_at(shift.started_at, asked["started_at"]),
        is_at(shift.ended_at, asked["ended_at"]),
    )
    return as_evidence(shift, fits=fits)
