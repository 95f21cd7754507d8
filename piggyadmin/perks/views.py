"""Pages of perks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.record_views import RecordList, RecordPage
from piggyadmin.perks.services import get_perk, list_perks
from piggyadmin.perks.types import Perk
from piggyadmin.piggy.client import PiggyClient


class PerkList(RecordList):
    """All perks of the account."""

    template_name = "perks/list.html"
    entity = "perks"
    list_name = "perks:list"
    title = _("Perks")
    intro = _("What members enjoy, and which option is everybody's.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them."""
        return {"result": list_perks(piggy)}


class PerkPage(RecordPage):
    """One perk."""

    entity = "perks"
    title = _("Perks")
    list_name = "perks:list"
    facts_template = "perks/_perk.html"

    def find(self, piggy: PiggyClient, **keys: str) -> Perk:
        """Find it by its UUID."""
        return get_perk(piggy, perk_uuid=keys["perk_uuid"])

    def name_of(self, record: Perk) -> str:
        """Give what people read."""
        return record.label or record.name or ""
