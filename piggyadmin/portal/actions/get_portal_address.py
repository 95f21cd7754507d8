"""Links that sign a contact in to the Contacts Portal."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactForm
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding
from piggyadmin.ledger.reconciliation_evidence import not_done
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.portal import services


@register
class GetPortalAddress(Action[str, None]):
    """Get a link that signs a contact in. Whoever has it is that contact."""

    slug = "get-portal-address"
    entity = "contacts"
    label = _("Get a link to the portal")
    summary = _("A link that signs a customer in to the Contacts Portal. It is shown once.")
    button = _("Get the link")
    icon = "link"
    # Harmless to repeat, but who got a link to whose account has to stand in the ledger.
    effect = Effect.WRITE
    role = Role.ADMIN
    form_class = ContactForm
    sample = {"contact_uuid": "mira.jansen@example.test"}
    result_template = "portal/_address.html"
    is_deduplicated = False
    asks_reason = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say for whom."""
        return Sentence(
            _("%(who)s got a link that signs %(customer)s in"),
            _("get a link that signs %(customer)s in"),
            {"customer": matter.customer()},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """A link whose answer was lost is known to nobody: it does no harm to get another."""
        return not_done(gettext("Nobody received a link. Getting another one does no harm."))

    def perform(self, piggy: PiggyClient, data: Data) -> str:
        """Get it."""
        return services.get_portal_address(piggy, contact_uuid=data["contact_uuid"].uuid)
