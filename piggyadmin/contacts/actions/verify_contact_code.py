"""Checking the code that a customer reads out of a verification mail."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.forms import ContactField, ContactForm
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Stored
from piggyadmin.ledger.reconciliation_evidence import not_done
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField


class VerifyContactCodeForm(ContactForm):
    """Who reads a code out, and the code."""

    contact_uuid = ContactField(
        help_text=_("Who got the mail: e-mail, identifier (card number) or UUID.")
    )
    code = CodeField(
        label=_("Code"), max_length=64, help_text=_("As the customer reads it out of the mail.")
    )

    def clean(self) -> dict[str, Any]:
        """Refuse whoever no mail can have gone to."""
        data = super().clean()
        contact = data.get("contact_uuid")
        if isinstance(contact, Contact) and not contact.own_email:
            words = _("This customer has no e-mail address, so that it got no code.")
            self.add_error("contact_uuid", words)
        return data


class VerifiedCode(Stored):
    """Whose code it was, as Piggy says, and whom it was asked of."""

    contact: Contact
    is_theirs: bool


@register
class VerifyContactCode(Action[VerifiedCode, None]):
    """Check a code that a customer reads out."""

    slug = "verify-contact-code"
    entity = "contacts"
    label = _("Check a code")
    summary = _("The code of a verification mail, as the customer reads it out. It counts once.")
    button = _("Check the code")
    icon = "shield-check"
    # It uses the code up, and who was taken at their word has to stand in the ledger.
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = VerifyContactCodeForm
    sample = {"contact_uuid": "mira.jansen@example.test", "code": "112233"}
    result_template = "contacts/_code_verified.html"
    result_type = VerifiedCode
    private = frozenset({"code"})
    # A code counts once: the same again is refused by Piggy.
    is_deduplicated = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say of whom."""
        return Sentence(
            _("%(who)s checked a code that %(customer)s read out"),
            _("check a code that %(customer)s read out"),
            {"customer": matter.customer()},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """What Piggy said of the code nobody has heard, so that nobody counts as verified by it."""
        return not_done(
            gettext(
                "Nobody has learned whether the code is right. Check it once more; where it is "
                "refused now, it was used up: send the customer a new one."
            )
        )

    def perform(self, piggy: PiggyClient, data: Data) -> VerifiedCode:
        """Check it; Piggy answers with the contact whose code it is."""
        contact = data["contact_uuid"]
        uuid = services.verify_code(piggy, code=data["code"], email=contact.email or "")
        return VerifiedCode(contact=contact, is_theirs=uuid == contact.uuid)
