"""Making, changing and deleting perks."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.records import CreateRecord, DeleteRecord, RecordAction, UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, PreviewModel, Result
from piggyadmin.ledger.sentences import Matter
from piggyadmin.perks import services
from piggyadmin.perks.forms import BOOLEAN, CreatePerkForm, PerkForm, UpdatePerkForm
from piggyadmin.perks.types import Perk
from piggyadmin.piggy.client import PiggyClient

SAMPLE_UUID = "c0ffee00-0000-4000-8000-000000000401"


class PerkAction(RecordAction[Result, PreviewModel]):
    """What is done to a perk."""

    entity = "perks"
    facts_template = "perks/_perk.html"
    list_page = "perks:list"
    record_page = "perks:perk"
    role = Role.ADMIN

    def find(self, piggy: PiggyClient, data: Data) -> Perk:
        """Find it by its UUID."""
        return services.get_perk(piggy, perk_uuid=data["perk_uuid"])

    def as_filled(self, record: Perk) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {
            "name": record.name or "",
            "label": record.label or "",
            "data_type": record.data_type or "",
            "options": [{"label": each.label, "value": each.value} for each in record.options],
        }

    def name_of(self, record: Perk) -> str:
        """Give what people read."""
        return record.label or record.name or ""


@register
class CreatePerk(PerkAction[Perk, None], CreateRecord[Perk, None]):
    """Make a perk."""

    slug = "create-perk"
    label = _("Create a perk")
    summary = _("Something that members enjoy, such as a discount, for every tier to be set.")
    icon = "gem"
    form_class = CreatePerkForm
    sample = {
        "name": "free_refill",
        "label": "Free refill",
        "data_type": "single_select",
        "options-0-label": "Never",
        "options-0-value": "never",
        "options-1-label": "Always",
        "options-1-value": "always",
    }
    result_type = Perk
    done_words = _("%(who)s created the perk “%(name)s”")
    wanted_words = _("create the perk “%(name)s”")

    def name_in(self, matter: Matter) -> str:
        """Name it as people read it."""
        return str(matter.asked("label") or super().name_in(matter))

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> Perk:
        """Make it, its first option the default; a yes or no is a no at first."""
        if data["data_type"] == BOOLEAN:
            rows = [
                {"label": gettext("No"), "value": False},
                {"label": gettext("Yes"), "value": True},
            ]
        else:
            rows = data["options"]
        options = [{**row, "default": place == 0} for place, row in enumerate(rows)]
        return services.create_perk(piggy, **{**data, "options": options})


@register
class UpdatePerk(PerkAction[Perk, Any], UpdateRecord[Perk]):
    """Change what a perk is called."""

    slug = "update-perk"
    label = _("Change a perk")
    summary = _("What people read. Nothing else of a perk can be changed.")
    icon = "pencil"
    keys = ("perk_uuid",)
    look_up_form_class = PerkForm
    form_class = UpdatePerkForm
    sample = {"perk_uuid": SAMPLE_UUID, "label": "Discount on everything"}
    result_type = Perk
    done_words = _("%(who)s changed the perk “%(name)s”")
    wanted_words = _("change the perk “%(name)s”")

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> Perk:
        """Write what differs."""
        return services.update_perk(piggy, perk_uuid=data["perk_uuid"], **changed)


@register
class DeletePerk(PerkAction[Any, Any], DeleteRecord):
    """Delete a perk."""

    slug = "delete-perk"
    label = _("Delete a perk")
    summary = _("A perk ceases to be, for the members of every tier.")
    keys = ("perk_uuid",)
    form_class = PerkForm
    sample = {"perk_uuid": SAMPLE_UUID}
    consequences = _("Every tier loses it, with what was set for it. It cannot be brought back.")
    done_words = _("%(who)s deleted the perk “%(name)s”")
    wanted_words = _("delete the perk “%(name)s”")

    def delete(self, piggy: PiggyClient, data: Data) -> None:
        """Delete it."""
        services.delete_perk(piggy, perk_uuid=data["perk_uuid"])
