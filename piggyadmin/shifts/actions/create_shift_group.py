"""Adding teams and kinds of shift: each is known by its name, which counts once (inferred)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    alike_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.reference.cached import forget
from piggyadmin.shifts import services
from piggyadmin.shifts.types import ShiftTeam, ShiftType
from piggyadmin.ui.forms import CleanCharField, CleanTextField


class NameForm(ActionForm):
    """What it is called."""

    name = CleanCharField(label=_("Name"))


class ShiftTypeForm(NameForm):
    """What a kind of shift is called, and what it is."""

    description = CleanTextField(label=_("Description"), max_length=1000)


class _AddsGroup(Action[Any, None]):
    """What adding a team is like, or a kind of shift."""

    entity = "shifts"
    effect = Effect.WRITE
    role = Role.ADMIN
    result_template = "shifts/_group_added.html"

    def find(self, piggy: PiggyClient, name: str) -> Any:
        """Find one by its name."""
        raise NotImplementedError

    def after_done(self, data: Data, result: Any) -> None:  # noqa: ARG002
        """Have forms offer it at once."""
        forget()

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for it by its name."""
        name = entry.data["name"]
        try:
            found = self.find(piggy, name)
        except NotFound as error:
            if error.code not in {ErrorCode.SHIFT_TEAM_NOT_FOUND, ErrorCode.SHIFT_TYPE_NOT_FOUND}:
                raise
            if not has_settled(entry):
                return undecided(gettext("Piggy does not have it yet. It may still be at it."))
            return not_done(gettext("Piggy does not have it."))
        if found.name != name:
            return undecided(gettext("Piggy gave another one than it was asked for."))
        evidence = Evidence(what=gettext("Name"), value=found.name, at=found.created_at, fits=True)
        if alike_since(entry).exists():
            words = gettext("Piggy has it, but it may be what somebody else asked for.")
            return undecided(words, evidence)
        return done(gettext("Piggy has it."), evidence, result=found)


@register
class CreateShiftTeam(_AddsGroup):
    """Add a team."""

    slug = "create-shift-team"
    label = _("Add a team")
    summary = _("A team that works shifts.")
    button = _("Add the team")
    icon = "users"
    form_class = NameForm
    sample = {"name": "Kitchen"}
    result_type = ShiftTeam

    def sentence(self, matter: Matter) -> Sentence:
        """Say which."""
        return Sentence(
            _("%(who)s added the team %(name)s"),
            _("add the team %(name)s"),
            {"name": matter.asked("name")},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ShiftTeam:
        """Add it."""
        return services.create_shift_team(piggy, name=data["name"])

    def find(self, piggy: PiggyClient, name: str) -> ShiftTeam:
        """Find a team by its name."""
        return services.find_shift_team(piggy, name=name)


@register
class CreateShiftType(_AddsGroup):
    """Add a kind of shift."""

    slug = "create-shift-type"
    label = _("Add a kind of shift")
    summary = _("A kind of shift, such as the one that opens the shop.")
    button = _("Add the kind")
    icon = "tags"
    form_class = ShiftTypeForm
    sample = {"name": "Evening", "description": "Closes the shop"}
    result_type = ShiftType

    def sentence(self, matter: Matter) -> Sentence:
        """Say which."""
        return Sentence(
            _("%(who)s added the kind of shift %(name)s"),
            _("add the kind of shift %(name)s"),
            {"name": matter.asked("name")},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ShiftType:
        """Add it."""
        return services.create_shift_type(piggy, name=data["name"], description=data["description"])

    def find(self, piggy: PiggyClient, name: str) -> ShiftType:
        """Find a kind of shift by its name."""
        return services.find_shift_type(piggy, name=name)
