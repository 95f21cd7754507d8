"""Mails with which contacts prove that an address is theirs."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.forms import what_became_of
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Refused, Stored
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import PERSONAL, PersonalText
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound, PiggyError
from piggyadmin.ui.forms import CleanEmailField


class MailSent(Stored):
    """A verification mail that Piggy took on."""

    email: PersonalText
    message: Annotated[str | None, PERSONAL] = None


class MailToSend(Preview):
    """A verification mail that would be sent."""

    email: PersonalText
    contact_uuid: str
    last_sent_at: datetime | None
    last_sent_by: str

    def decisive(self) -> dict[str, Any]:
        """Agree to the address, and to how many mails went before."""
        return {"email": self.email, "last": str(self.last_sent_at)}


class SendContactVerificationEmailForm(ActionForm):
    """To whom; an address that leads here names the contact by its UUID, and not by its e-mail."""

    email = CleanEmailField(label=_("E-mail"), help_text=_("The address of the customer at Piggy."))

    def __init__(
        self,
        *args: Any,
        piggy: PiggyClient,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, piggy=piggy, initial=initial, **kwargs)
        uuid = self.initial.get("contact_uuid")
        if uuid and not self.is_bound:
            with suppress(PiggyError):
                contact = services.get_contact(piggy, contact_uuid=uuid)
                self.initial["email"] = contact.own_email


@register
class SendContactVerificationEmail(Action[MailSent, MailToSend]):
    """Mail a contact a code with which they prove that the address is theirs."""

    slug = "send-contact-verification-email"
    entity = "contacts"
    label = _("Send a verification mail")
    summary = _("Mails a customer a code that proves the address is theirs. Each press sends one.")
    button = _("Send the mail")
    icon = "mail-check"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = SendContactVerificationEmailForm
    sample = {"email": "mira.jansen@example.test"}
    preview_template = "contacts/_mail_to_send.html"
    result_template = "contacts/_mail_sent.html"
    result_type = MailSent
    private = frozenset({"email"})

    def sentence(self, matter: Matter) -> Sentence:
        """Say that a mail went to somebody; the address is personal."""
        return Sentence(
            _("%(who)s sent %(customer)s a verification mail"),
            _("send %(customer)s a verification mail"),
            {"customer": matter.customer()},
        )

    def subjects(self, data: Data, preview: MailToSend | None) -> dict[str, str]:  # noqa: ARG002
        """Whose address it is, as Piggy says."""
        return {"contact": preview.contact_uuid} if preview and preview.contact_uuid else {}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy does not tell of mails; show those that were sent from here before."""
        before = Entry.objects.filter(
            deduplication_key=entry.deduplication_key, status__state__in=HAPPENED
        )
        evidence = [
            Evidence(
                what=gettext("Mail sent by %(name)s") % {"name": other.person_name},
                value=gettext("to the same address"),
                at=other.created_at,
            )
            for other in before.order_by("-pk")[:5]
        ]
        words = gettext(
            "Piggy does not tell whether it sent a mail. Ask the customer, then decide."
        )
        return undecided(words, *evidence)

    def preview(self, piggy: PiggyClient, data: Data) -> MailToSend:
        """Say when the last mail went from this console; Piggy does not tell.

        Raises:
            Refused: no contact has this address, so that no mail would go.
        """
        contact = self._find_contact(piggy, data["email"])
        last = (
            Entry.objects.filter(deduplication_key=self.deduplication_key(data))
            .filter(status__state__in=HAPPENED)
            .first()
        )
        return MailToSend(
            email=data["email"],
            contact_uuid=contact.uuid or "",
            last_sent_at=last.created_at if last else None,
            last_sent_by=last.person_name if last else "",
        )

    @staticmethod
    def _find_contact(piggy: PiggyClient, email: str) -> Contact:
        """Refuse an address that is no contact's own: an anonymous one has a made-up address."""
        try:
            found = services.find_contact_by_email(piggy, email=email)
        except NotFound as error:
            if error.code != ErrorCode.CONTACT_NOT_FOUND:
                raise
            found = None
        if found and not found.is_anonymous:
            return found
        words = gettext("No customer at Piggy has this address, so no mail can be sent to it.")
        raise Refused({"email": " ".join([words, *what_became_of(email)])})

    def perform(self, piggy: PiggyClient, data: Data) -> MailSent:
        """Hand the mail over; whether it arrives is not known."""
        message = services.send_verification_email(piggy, email=data["email"])
        return MailSent(email=data["email"], message=message)
