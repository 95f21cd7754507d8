"""The list of forms."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy_forms.services import list_forms


class FormList(PiggyPage):
    """All forms of the account."""

    template_name = "forms/list.html"
    entity = "forms"
    title = _("Forms")
    intro = _("What customers fill in, with the link to give them.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them."""
        return {"result": list_forms(piggy)}
