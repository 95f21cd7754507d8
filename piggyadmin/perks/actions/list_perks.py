"""Looking perks and tiers up."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.perks import services
from piggyadmin.perks.types import Perk, Tier
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


@register
class ListTiers(Action[list[Tier], None]):
    """List the account's tiers."""

    slug = "list-tiers"
    entity = "perks"
    label = _("List tiers")
    summary = _("The levels that members rise through, the lowest first.")
    button = _("List tiers")
    icon = "layers"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = ActionForm
    sample = {}
    result_template = "perks/_tiers.html"

    def perform(self, piggy: PiggyClient, data: Data) -> list[Tier]:  # noqa: ARG002
        """List them all, the lowest first."""
        return sorted(services.list_tiers(piggy), key=lambda tier: tier.position or 0)
