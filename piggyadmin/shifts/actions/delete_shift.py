"""Deleting shifts."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Stored
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.shifts import services
from piggyadmin.shifts.forms import ShiftToFindForm


class ShiftDeleted(Stored):
    """A shift that is no more."""

    shift_uuid: str


class ShiftToDelete(Preview):
    """A shift that would be deleted."""

    contact: Contact | None
    shift_uuid: str
    started_at: datetime | None
    ended_at: datetime | None

    def decisive(self) -> dict[str, Any]:
        """Agree to which shift."""
        return {"shift": self.shift_uuid, "started_at": str(self.started_at)}


@register
class DeleteShift(Action[ShiftDeleted, ShiftToDelete]):
    """Delete a shift."""

    slug = "delete-shift"
    entity = "shifts"
    label = _("Delete a shift")
    summary = _("Deletes a shift for good.")
    button = _("Delete the shift")
    icon = "calendar-x"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = ShiftToFindForm
    sample = {"shift_uuid": "SHIFT-0002"}
    preview_template = "shifts/_to_delete.html"
    result_template = "shifts/_deleted.html"
    result_type = ShiftDeleted

    def subjects(self, data: Data, preview: ShiftToDelete | None) -> dict[str, str]:  # noqa: ARG002
        """Whose shift it is."""
        contact = preview.contact if preview else None
        return {"contact": contact.uuid} if contact and contact.uuid else {}

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose."""
        return Sentence(
            _("%(who)s deleted a shift of %(customer)s"),
            _("delete a shift of %(customer)s"),
            {"customer": matter.customer(otherwise=gettext("somebody"))},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> ShiftToDelete:
        """Show whose shift it is, and when."""
        shift = services.get_shift(piggy, shift_uuid=data["shift_uuid"])
        return ShiftToDelete(
            contact=shift.contact,
            shift_uuid=data["shift_uuid"],
            started_at=shift.started_at,
            ended_at=shift.ended_at,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ShiftDeleted:
        """Delete it."""
        services.delete_shift(piggy, shift_uuid=data["shift_uuid"])
        return ShiftDeleted(shift_uuid=data["shift_uuid"])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether it is still there."""
        uuid = entry.data["shift_uuid"]
        try:
            services.get_shift(piggy, shift_uuid=uuid)
        except NotFound as error:
            if error.code != ErrorCode.SHIFT_NOT_FOUND:
                raise
            return done(gettext("The shift is gone."), result=ShiftDeleted(shift_uuid=uuid))
        if not has_settled(entry):
            return undecided(gettext("The shift is still there. Piggy may still be at it."))
        return not_done(gettext("The shift is still there."))
