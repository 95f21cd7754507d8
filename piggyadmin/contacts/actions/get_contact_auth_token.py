"""Tokens that act for a contact."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.forms import ContactForm
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding
from piggyadmin.ledger.reconciliation_evidence import not_done
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient


@register
class GetContactAuthToken(Action[str, None]):
    """Get a token that acts for a contact. Whoever holds it is that contact."""

    slug = "get-contact-auth-token"
    entity = "contacts"
    label = _("Get an auth token")
    summary = _("A key that acts for a customer. It is shown once, and kept nowhere.")
    button = _("Get the token")
    icon = "key-round"
    # Harmless to repeat, but who got a key to whom has to stand in the ledger.
    effect = Effect.WRITE
    role = Role.ADMIN
    form_class = ContactForm
    sample = {"contact_uuid": "mira.jansen@example.test"}
    result_template = "contacts/_auth_token.html"
    is_deduplicated = False
    asks_reason = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say for whom."""
        return Sentence(
            _("%(who)s got an auth token for %(customer)s"),
            _("get an auth token for %(customer)s"),
            {"customer": matter.customer()},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """A token whose answer was lost is known to nobody: it does no harm to get another."""
        return not_done(gettext("Nobody received a token. Getting another one does no harm."))

    def perform(self, piggy: PiggyClient, data: Data) -> str:
        """Get it."""
        return services.get_auth_token(piggy, contact_uuid=data["contact_uuid"].uuid)
