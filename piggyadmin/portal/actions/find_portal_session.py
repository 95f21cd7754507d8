"""Looking up a session at a till."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.portal import services
from piggyadmin.portal.types import PortalSession
from piggyadmin.ui.forms import CodeField


class FindPortalSessionForm(ActionForm):
    """Which session: Piggy knows it by nothing but its UUID."""

    portal_session_uuid = CodeField(
        label=_("Session at the till"),
        help_text=_("Its UUID, as it was shown when the session began."),
    )


@register
class FindPortalSession(Action[PortalSession, None]):
    """Look a session at a till up."""

    slug = "find-portal-session"
    entity = "contacts"
    label = _("Find a session at the till")
    summary = _("In which shop it began, when, and who has identified there.")
    button = _("Find")
    icon = "monitor-check"
    effect = Effect.READ
    # Whoever has its address can use it, and Piggy tells that along with the rest.
    role = Role.STAFF
    form_class = FindPortalSessionForm
    sample = {"portal_session_uuid": "c0ffee00-0000-4000-8000-000000000f11"}
    result_template = "portal/_session_found.html"

    def perform(self, piggy: PiggyClient, data: Data) -> PortalSession:
        """Look it up."""
        return services.get_portal_session(piggy, portal_session_uuid=data["portal_session_uuid"])
