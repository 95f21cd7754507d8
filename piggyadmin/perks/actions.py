"""What people can do with perks."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.perks import services
from piggyadmin.perks.types import Perk
from piggyadmin.piggy.client import PiggyClient


@register
class ListPerks(Action[list[Perk], None]):
    """List the account's perks."""

    slug = "list-perks"
    entity = "perks"
    label = _("List perks")
    summary = _("What members of each tier enjoy, with the option that everybody gets.")
    button = _("List perks")
    icon = "sparkles"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = ActionForm
    sample = {}
    result_template = "perks/_perks.html"

    def perform(self, piggy: PiggyClient, data: Data) -> list[Perk]:  # noqa: ARG002
        """List them all."""
        return services.list_perks(piggy)
