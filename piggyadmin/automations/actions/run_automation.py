"""Setting an automation off for a contact."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.automations import services
from piggyadmin.automations.forms import RunAutomationForm
from piggyadmin.ledger.operations import Data, Effect, Preview, Refused, Stored
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient


class AutomationToRun(Preview):
    """An automation that would be set off, and for which contact."""

    automation_name: str
    contact_uuid: str

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and for how many."""
        return gettext("Set off for 1 customer")


class AutomationRun(Stored):
    """An automation that Piggy has taken on."""

    automation_uuid: str
    contact_uuid: str


@register
class RunAutomation(Action[AutomationRun, AutomationToRun]):
    """Set an automation off for a contact; what it does, it does at once."""

    slug = "run-automation"
    entity = "automations"
    label = _("Set an automation off")
    summary = _("Does for one customer what an automation does, such as sending a mail.")
    button = _("Set it off")
    icon = "play"
    effect = Effect.WRITE
    role = Role.ADMIN
    form_class = RunAutomationForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "automation_uuid": "c0ffee00-0000-4000-8000-000000000662",
    }
    preview_template = "automations/_to_run.html"
    result_template = "automations/_run.html"
    result_type = AutomationRun
    cannot_be_settled = _(
        "Piggy does not tell whether an automation was set off. Ask the customer whether a mail "
        "came, or look at what else it does, then decide."
    )

    def sentence(self, matter: Matter) -> Sentence:
        """Say which, and for whom."""
        name = matter.thing("automation") or matter.asked("automation_uuid") or ""
        return Sentence(
            _("%(who)s set the automation “%(automation)s” off for %(customer)s"),
            _("set the automation “%(automation)s” off for %(customer)s"),
            {"automation": name, "customer": matter.customer()},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> AutomationToRun:
        """Name the automation; refuse one that is known not to be there, or not to be run.

        Raises:
            Refused: Piggy lists it, and it cannot be set off.
        """
        uuid = data["automation_uuid"]
        found = next((a for a in services.list_automations(piggy) if a.uuid == uuid), None)
        if found and not found.can_be_run:
            words = gettext("This automation cannot be set off: it is off, or begins otherwise.")
            raise Refused({"automation_uuid": words})
        # The list of older accounts has no UUIDs; one that was pasted may be there all the same.
        return AutomationToRun(
            automation_name=(found and found.name) or uuid,
            contact_uuid=data["contact_uuid"].uuid or "",
        )

    def perform(self, piggy: PiggyClient, data: Data) -> AutomationRun:
        """Set it off."""
        contact = data["contact_uuid"].uuid
        services.run_automation(
            piggy, automation_uuid=data["automation_uuid"], contact_uuid=contact
        )
        return AutomationRun(automation_uuid=data["automation_uuid"], contact_uuid=contact)
