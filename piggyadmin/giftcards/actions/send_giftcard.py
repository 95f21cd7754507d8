"""Mailing a gift card to a customer."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.giftcards import services
from piggyadmin.giftcards.forms import GiftcardField
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Stored
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField, OptionRowsField
from piggyadmin.ui.templatetags.ui import in_words

# What the names of a mail's own texts begin with at Piggy (docs).
TAG_PREFIX = "custom."


class GiftcardSent(Stored):
    """A gift card whose mail Piggy took on."""

    giftcard_uuid: str
    contact: Contact


class GiftcardToSend(Preview):
    """A gift card that would be mailed; what is on it in cents."""

    contact: Contact
    giftcard_uuid: str
    card: str
    balance: int
    status: str

    def decisive(self) -> dict[str, Any]:
        """Agree to which card goes to whom."""
        return {"contact": self.contact.uuid, "card": self.giftcard_uuid}


class SendGiftcardForm(ActionForm):
    """Which card goes to whom."""

    folded = ("email_uuid", "merge_tags")

    giftcard_uuid = GiftcardField()
    contact_uuid = ContactField(help_text=_("Whom to mail it to: e-mail, identifier or UUID."))
    email_uuid = CodeField(
        label=_("Mail"),
        required=False,
        help_text=_("The UUID of the automated mail. Left open, it is the account's usual one."),
    )
    merge_tags = OptionRowsField(
        label=_("Texts of the mail"),
        required=False,
        heads=(_("Name in the mail"), _("Text")),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse who has no address; ask whether a card that went out shall go out once more."""
        data = super().clean()
        contact = data.get("contact_uuid")
        if isinstance(contact, Contact) and not contact.own_email:
            self.add_error("contact_uuid", _("The customer has no e-mail address."))
        before = sent_before(data.get("giftcard_uuid")) if not self.errors else None
        if before:
            words = gettext("This gift card was mailed from here already, by %(name)s on %(when)s.")
            parts = {"name": before.person_name, "when": in_words(before.created_at)}
            self.ask_about("giftcard_uuid", words % parts)
        return data


def sent_before(giftcard_uuid: Any) -> Entry | None:
    """Give the last time that a card was mailed from here."""
    sent = Entry.objects.filter(action=SendGiftcard.slug, data__giftcard_uuid=giftcard_uuid)
    return sent.filter(status__state__in=HAPPENED).order_by("-pk").first()


def tags(rows: list[Mapping[str, str]]) -> dict[str, str] | None:
    """Give the texts of the mail as Piggy wants them; None where there are none."""
    return {TAG_PREFIX + r["label"].removeprefix(TAG_PREFIX): r["value"] for r in rows} or None


@register
class SendGiftcard(Action[GiftcardSent, GiftcardToSend]):
    """Mail a gift card to a contact."""

    slug = "send-giftcard"
    entity = "giftcards"
    label = _("Mail a gift card")
    summary = _("Mails a gift card to a customer. Each press sends a mail.")
    button = _("Mail the gift card")
    icon = "mail"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = SendGiftcardForm
    sample = {"giftcard_uuid": "GIFT-0001", "contact_uuid": "mira.jansen@example.test"}
    preview_template = "giftcards/_to_send.html"
    result_template = "giftcards/_sent.html"
    result_type = GiftcardSent
    private = frozenset({"merge_tags"})

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same card to the same contact, whatever the mail says."""
        return [data["giftcard_uuid"], data["contact_uuid"].uuid]

    def sentence(self, matter: Matter) -> Sentence:
        """Say which card went to whom."""
        return Sentence(
            _("%(who)s mailed gift card %(card)s to %(customer)s"),
            _("mail gift card %(card)s to %(customer)s"),
            {"customer": matter.customer(), "card": matter.preview.get("card") or ""},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> GiftcardToSend:
        """Show the card and whose it will be."""
        card = services.get_giftcard(piggy, giftcard_uuid=data["giftcard_uuid"])
        return GiftcardToSend(
            contact=data["contact_uuid"],
            giftcard_uuid=card.uuid or "",
            card=card.masked,
            balance=card.amount_in_cents or 0,
            status=card.status,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> GiftcardSent:
        """Hand the mail over; whether it arrives is not known."""
        services.send_giftcard(
            piggy,
            giftcard_uuid=data["giftcard_uuid"],
            contact_uuid=data["contact_uuid"].uuid,
            email_uuid=data["email_uuid"] or None,
            merge_tags=tags(data["merge_tags"]),
        )
        return GiftcardSent(giftcard_uuid=data["giftcard_uuid"], contact=data["contact_uuid"])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy does not tell of mails; show when the card went out before."""
        before = sent_before(entry.data["giftcard_uuid"])
        evidence = [
            Evidence(
                what=gettext("Mail sent by %(name)s") % {"name": each.person_name},
                value=gettext("the same gift card"),
                at=each.created_at,
            )
            for each in [before]
            if each
        ]
        words = gettext(
            "Piggy does not tell whether it sent a mail. Ask the customer, then decide."
        )
        return undecided(words, *evidence)
