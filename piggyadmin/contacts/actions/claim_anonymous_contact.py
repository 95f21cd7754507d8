"""Giving an anonymous contact the address of the person it is."""

from functools import partial
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.creation import by_address
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.snapshot import ContactSnapshot, take_snapshot
from piggyadmin.contacts.types import Contact
from piggyadmin.contacts.wording import what_is
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Progress
from piggyadmin.ledger.reconciliation_evidence import (
    SETTLES_LATER_SECONDS,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import PersonalText, data_of, preview_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.forms import CleanEmailField


class ContactToClaim(Preview):
    """An anonymous contact, and whoever has the address already."""

    anonymous: ContactSnapshot
    email: PersonalText
    owner: ContactSnapshot | None

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Claim 1 customer")

    def decisive(self) -> dict[str, Any]:
        """Agree to who is claimed, and to whether that is a merge."""
        owner = self.owner and self.owner.contact.uuid
        return {"anonymous": self.anonymous.contact.uuid, "email": self.email, "owner": owner}


class ClaimAnonymousContactForm(ActionForm):
    """Which anonymous contact, and the address of the person it is."""

    anonymous_contact_uuid = ContactField(
        label=_("Anonymous customer"), help_text=_("Its card number or other identifier, or UUID.")
    )
    email = CleanEmailField(label=_("E-mail"), help_text=_("The person's real address."))

    def clean(self) -> dict[str, Any]:
        """Refuse contacts that have an address already."""
        data = super().clean()
        contact = data.get("anonymous_contact_uuid")
        if isinstance(contact, Contact) and contact.is_anonymous is False:
            self.add_error("anonymous_contact_uuid", _("This customer is not anonymous."))
        return data


@register
class ClaimAnonymousContact(Action[Contact, ContactToClaim]):
    """Give an anonymous contact the address of the person it is."""

    slug = "claim-anonymous-contact"
    entity = "contacts"
    label = _("Claim an anonymous customer")
    summary = _("Gives an anonymous card the e-mail address of the person it belongs to.")
    button = _("Claim for good")
    icon = "user-round-check"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = ClaimAnonymousContactForm
    sample = {
        "anonymous_contact_uuid": "CARD-ANON",
        "email": "new.person@example.test",
    }
    preview_template = "contacts/_contact_to_claim.html"
    result_template = "contacts/_claimed.html"
    result_type = Contact
    private = frozenset({"email"})
    asks_reason = True
    ends_contacts = True
    is_watched = True

    def confirm_with(self, data: Data) -> str:
        """Have the end of the address typed: a wrong one gives somebody's credits away."""
        return end_of(data["email"])

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact, whatever the address."""
        return [data["anonymous_contact_uuid"].uuid]

    def sentence(self, matter: Matter) -> Sentence:
        """Say for whom; the address itself is personal."""
        return Sentence(
            _("%(who)s claimed an anonymous customer for %(customer)s"),
            _("claim an anonymous customer for %(customer)s"),
            {"customer": matter.customer("owner", "anonymous")},
        )

    def subjects(self, data: Data, preview: ContactToClaim | None) -> dict[str, str]:
        """The anonymous contact, and whoever has the address already."""
        subjects = super().subjects(data, preview)
        if preview and preview.owner and preview.owner.contact.uuid:
            subjects["owner"] = preview.owner.contact.uuid
        return subjects

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the contact has the address now, or went into the one that had it."""
        asked = data_of(entry)
        if not isinstance(asked["email"], str):
            return undecided(gettext("The address that was typed is no longer kept."))
        now = services.find_contact(piggy, contact_uuid=asked["anonymous_contact_uuid"])
        holder = by_address(piggy, asked["email"])
        evidence = (
            Evidence(what=gettext("The anonymous customer"), value=what_is(now)),
            Evidence(what=gettext("Whoever has the address"), value=what_is(holder)),
        )
        if holder and (now.uuid if now else _owner_before(entry)) == holder.uuid:
            return done(gettext("The customer has the address."), *evidence, result=holder)
        if now:
            if not has_settled(entry, SETTLES_LATER_SECONDS if holder else 0):
                return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
            return not_done(gettext("The customer is still anonymous."), *evidence)
        return undecided(gettext("Neither of them can be found."), *evidence)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Wait until the address leads to a contact that has the credits of both."""
        preview = ContactToClaim.model_validate(preview_of(entry))
        holder = by_address(piggy, preview.email)
        anonymous = preview.anonymous.contact.uuid or ""
        if holder is None or (
            holder.uuid != anonymous and services.find_contact(piggy, contact_uuid=anonymous)
        ):
            words = gettext("Piggy claims the customer within minutes. It is not done yet.")
            return Progress(finished=False, words=words)
        expected = preview.anonymous.credits + (preview.owner.credits if preview.owner else 0)
        if holder.credits == expected:
            words = gettext("Done: the customer has the address and all %(credits)s credits.")
            return Progress(finished=True, words=words % {"credits": expected}, after=holder)
        words = gettext(
            "The customer has the address, but %(credits)s credits where %(sum)s were expected. "
            "Look at its transactions: it may have earned or spent meanwhile."
        )
        params = {"credits": holder.credits, "sum": expected}
        return Progress(finished=True, as_expected=False, words=words % params, after=holder)

    def preview(self, piggy: PiggyClient, data: Data) -> ContactToClaim:
        """Show the contact, and whether the address belongs to somebody already."""
        anonymous, owner = gather(
            partial(take_snapshot, piggy, contact=data["anonymous_contact_uuid"]),
            partial(_owner_of, piggy, data["email"]),
        )
        return ContactToClaim(anonymous=anonymous, email=data["email"], owner=owner)

    def perform(self, piggy: PiggyClient, data: Data) -> Contact:
        """Claim it."""
        return services.claim_anonymous_contact(
            piggy,
            anonymous_contact_uuid=data["anonymous_contact_uuid"].uuid,
            email=data["email"],
        )


def _owner_before(entry: Entry) -> str | None:
    """Give the contact that had the address already, into which an anonymous one would go."""
    return entry.subjects.filter(role="owner").values_list("contact_uuid", flat=True).first()


def _owner_of(piggy: PiggyClient, email: str) -> ContactSnapshot | None:
    """See what a contact with this address has; None where Piggy says that there is none."""
    owner = by_address(piggy, email)
    return take_snapshot(piggy, contact=owner) if owner else None
