"""Session tokens: a customer's phone shows one, which tells who is at the till."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.actions.secret_fields import SecretField
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding
from piggyadmin.ledger.reconciliation_evidence import not_done
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.portal import services
from piggyadmin.portal.types import SessionToken


class SessionTokenForm(ActionForm):
    """The token: a secret, which stands nowhere afterwards."""

    contact_session_token = SecretField(
        label=_("Session token"),
        max_length=500,
        # Dots, which stay there when the form comes back to whoever scanned it.
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True),
        help_text=_("As the customer's phone shows it: scan it, or paste it. It is kept nowhere."),
    )


@register
class FindSessionToken(Action[SessionToken, None]):
    """Look at a session token, without using it."""

    slug = "find-session-token"
    entity = "contacts"
    label = _("Look at a session token")
    summary = _("Whose it is, and whether it was used. It stays as good as it was.")
    button = _("Look at it")
    icon = "scan-eye"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = SessionTokenForm
    sample = {"contact_session_token": "session-of-mira"}
    result_template = "portal/_session_token.html"

    def perform(self, piggy: PiggyClient, data: Data) -> SessionToken:
        """Look at it."""
        token = data["contact_session_token"].uncovered()
        return services.get_session_token(piggy, contact_session_token=token)


@register
class UseSessionToken(Action[SessionToken, None]):
    """Use a session token, which counts once."""

    slug = "use-session-token"
    entity = "contacts"
    label = _("Use a session token")
    summary = _("Tells who is at the till by what their phone shows. It can be used once.")
    button = _("Use it")
    icon = "scan-line"
    # It uses the token up, and who was taken for whom has to stand in the ledger.
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = SessionTokenForm
    sample = {"contact_session_token": "session-for-ever"}
    result_template = "portal/_session_token.html"
    result_type = SessionToken
    # To the ledger all tokens look alike; the same one again Piggy refuses.
    is_deduplicated = False

    def sentence(self, matter: Matter) -> Sentence:  # noqa: ARG002
        """Say that it was one: whose is known once Piggy has answered."""
        return Sentence(_("%(who)s used a session token"), _("use a session token"), {})

    def perform(self, piggy: PiggyClient, data: Data) -> SessionToken:
        """Use it; Piggy answers with whose it is."""
        token = data["contact_session_token"].uncovered()
        return services.use_session_token(piggy, contact_session_token=token)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Whose it is nobody has heard, and the token was not kept: nobody was recognised by it."""
        return not_done(
            gettext(
                "Nobody has learned whose token it is. Use it once more; where it is refused now, "
                "it was used up: ask the customer for a new one."
            )
        )
