"""Subscribing contacts to messages, and unsubscribing them."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import listed
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.forms import ContactForm, as_choice
from piggyadmin.contacts.types import Subscription
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import ListOrPasteField

SUBSCRIPTIONS = {"true": _("Gets it"), "false": _("Does not get it")}


def _kinds_of_messages(piggy: PiggyClient) -> list[tuple[str, str]]:
    kinds = services.cached_subscription_types(piggy)
    return [(kind.uuid, kind.name or kind.uuid) for kind in kinds if kind.uuid]


class UpdateContactSubscriptionForm(ContactForm):
    """A contact, a kind of messages, and whether the contact gets it."""

    subscription_type_uuid = ListOrPasteField(
        label=_("Messages"), choices=partial(listed, _kinds_of_messages)
    )
    is_subscribed = forms.ChoiceField(
        label=_("What shall be"),
        choices=list(SUBSCRIPTIONS.items()),
        widget=forms.RadioSelect,
        help_text=_("Where Piggy asks for a confirmation, subscribing mails the customer."),
    )


@register
class UpdateContactSubscription(Action[Subscription, None]):
    """Subscribe a contact to a kind of messages, or unsubscribe it."""

    slug = "update-contact-subscription"
    entity = "contacts"
    label = _("Change a subscription")
    summary = _("Whether a customer gets a kind of messages, such as the newsletter.")
    button = _("Save")
    icon = "mail-check"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = UpdateContactSubscriptionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "subscription_type_uuid": "762161c0-d26e-40a3-a8eb-adc4ed9f4896",
        "is_subscribed": "false",
    }
    result_template = "contacts/_subscription.html"
    result_type = Subscription
    # It compares first, so that the same again does nothing.
    is_deduplicated = False
    is_bulk = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same kind of messages for the same contact, whatever is chosen."""
        return [data["contact_uuid"].uuid, data["subscription_type_uuid"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say who gets what from now on, or does not."""
        name = matter.thing("subscription_type")
        messages = f"“{name}”" if name else gettext("messages")
        parts = {"customer": matter.customer(), "messages": messages}
        if matter.asked("is_subscribed") == "true":
            return Sentence(
                _("%(who)s subscribed %(customer)s to %(messages)s"),
                _("subscribe %(customer)s to %(messages)s"),
                parts,
            )
        return Sentence(
            _("%(who)s unsubscribed %(customer)s from %(messages)s"),
            _("unsubscribe %(customer)s from %(messages)s"),
            parts,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Subscription:
        """Send it where it is not so already: subscribing once more would mail the contact."""
        contact, kind = data["contact_uuid"].uuid, data["subscription_type_uuid"]
        is_subscribed = data["is_subscribed"] == "true"
        found = services.get_contact_subscription(
            piggy, contact_uuid=contact, subscription_type_uuid=kind
        )
        if found and found.is_wanted is is_subscribed:
            return found
        return services.set_contact_subscription(
            piggy, contact_uuid=contact, subscription_type_uuid=kind, is_subscribed=is_subscribed
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare what the contact gets with what was asked."""
        asked = entry.data
        found = services.get_contact_subscription(
            piggy,
            contact_uuid=asked["contact_uuid"],
            subscription_type_uuid=asked["subscription_type_uuid"],
        )
        if found is None or found.is_wanted is None:
            return undecided(gettext("Piggy does not tell whether the customer gets it."))
        is_so = as_choice(found.is_wanted)
        evidence = Evidence(
            what=(found.subscription_type and found.subscription_type.name) or "",
            value=str(SUBSCRIPTIONS[is_so]),
            fits=is_so == asked["is_subscribed"],
        )
        if evidence.fits:
            return done(gettext("It is as it was asked to be."), evidence, result=found)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        later = changed_since(entry, "contact_uuid")
        if later.filter(data__subscription_type_uuid=asked["subscription_type_uuid"]).exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, evidence)
        return not_done(gettext("It is not as it was asked to be."), evidence)
