"""The list of perks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.perks.services import list_perks
from piggyadmin.piggy.client import PiggyClient


class PerkList(PiggyPage):
    """All perks of the account."""

    template_name = "perks/list.html"
    entity = "perks"
    title = _("Perks")
    intro = _("What members enjoy, and which option is everybody's.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them."""
        return {"result": list_perks(piggy)}
