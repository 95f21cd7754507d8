"""Deleting contacts, and forgetting whoever is erased."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.signals import contact_ended
from piggyadmin.contacts.snapshot import ContactSnapshot, take_snapshot
from piggyadmin.contacts.traces import copies
from piggyadmin.contacts.wording import what_is
from piggyadmin.ledger.models import Entry, Snapshot
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Progress, Stored
from piggyadmin.ledger.reconciliation_evidence import (
    SETTLES_LATER_SECONDS,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.retention import forget_contact, merged_with
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import preview_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.request_log.retention import forget_calls_about

DELETIONS = {
    "DEFAULT": _("Delete, and keep what was booked"),
    "GDPR": _("Erase everything personal, as the law asks"),
}


class ContactToDelete(Preview):
    """A contact that would cease to exist."""

    contact: ContactSnapshot
    is_erased: bool

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Delete 1 customer")


class Deleted(Stored):
    """A deletion that Piggy has scheduled."""

    contact_uuid: str


class DeleteContactForm(ActionForm):
    """Who ceases to exist, and how much of them."""

    contact_uuid = ContactField()
    type = forms.ChoiceField(
        label=_("What goes"), choices=list(DELETIONS.items()), widget=forms.RadioSelect
    )


@register
class DeleteContact(Action[Deleted, ContactToDelete]):
    """Delete a contact, for good."""

    slug = "delete-contact"
    entity = "contacts"
    label = _("Delete a customer")
    summary = _("A customer ceases to exist, with its credits and vouchers. For good.")
    button = _("Delete for good")
    icon = "user-round-x"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = DeleteContactForm
    sample = {"contact_uuid": "m.jansen@example.test", "type": "GDPR"}
    preview_template = "contacts/_contact_to_delete.html"
    result_template = "contacts/_deleted.html"
    result_type = Deleted
    is_watched = True
    asks_reason = True
    ends_contacts = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact, however much of it goes."""
        return [data["contact_uuid"].uuid]

    def sentence(self, matter: Matter) -> Sentence:
        """Say whom, and whether all that was personal goes too."""
        parts = {"customer": matter.customer()}
        if matter.asked("type") == "GDPR":
            return Sentence(_("%(who)s erased %(customer)s"), _("erase %(customer)s"), parts)
        return Sentence(_("%(who)s deleted %(customer)s"), _("delete %(customer)s"), parts)

    def preview(self, piggy: PiggyClient, data: Data) -> ContactToDelete:
        """Show what goes with the contact."""
        snapshot = take_snapshot(piggy, contact=data["contact_uuid"])
        return ContactToDelete(contact=snapshot, is_erased=data["type"] == "GDPR")

    def confirm_with(self, data: Data) -> str:
        """Have the end of the contact's address typed; of a made-up one, of the UUID."""
        contact = data["contact_uuid"]
        return end_of(contact.own_email or contact.uuid or "")

    def perform(self, piggy: PiggyClient, data: Data) -> Deleted:
        """Have the deletion scheduled."""
        uuid = data["contact_uuid"].uuid
        services.delete_contact(piggy, contact_uuid=uuid, type=data["type"])
        return Deleted(contact_uuid=uuid)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the contact is gone."""
        uuid = entry.data["contact_uuid"]
        found = services.find_contact(piggy, contact_uuid=uuid)
        evidence = Evidence(what=gettext("Customer"), value=what_is(found))
        if found is None:
            return done(gettext("It is gone."), evidence, result=Deleted(contact_uuid=uuid))
        if has_settled(entry, SETTLES_LATER_SECONDS):
            return not_done(gettext("It is still there."), evidence)
        return undecided(gettext("It is still there. Piggy may still be at it."), evidence)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Wait until the contact is gone."""
        if services.find_contact(piggy, contact_uuid=entry.data["contact_uuid"]) is None:
            return Progress(finished=True, words=gettext("Done: the customer is gone."))
        words = gettext("Scheduled: Piggy deletes within minutes. The customer is still there.")
        return Progress(finished=False, words=words)

    def after_followed(self, entry: Entry) -> None:
        """Tell who copies contacts; forget all that was personal, where that was asked for."""
        contact_ended.send(type(self), contact_uuid=entry.data["contact_uuid"])
        if entry.data["type"] == "GDPR":
            gone = ContactToDelete.model_validate(preview_of(entry)).contact.contact
            _forget(entry, entry.data["contact_uuid"], gone.email or "")


def _forget(entry: Entry, uuid: str, email: str) -> None:
    """Forget a person who was erased, also as the contacts that went into this one before.

    Whoever a copy of the contacts still has is there at Piggy too: a merge with them was never
    finished.
    """
    before = merged_with(uuid)
    before -= {uuid for copy in copies for uuid in copy.holds(before)}
    forget_contact(entry, uuid, email=email)
    forget_calls_about(uuid)
    for each in sorted(before):
        forget_contact(entry, each, email=_last_address(each))
        forget_calls_about(each)


def _last_address(uuid: str) -> str:
    """Give the e-mail address that a contact had when it was last looked at, if that is kept."""
    kept = Snapshot.objects.filter(contact_uuid=uuid).order_by("-pk").values_list("data", flat=True)
    for data in kept:
        contact = data.get("contact", data) if isinstance(data, dict) else {}
        if isinstance(contact, dict) and contact.get("email"):
            return str(contact["email"])
    return ""
