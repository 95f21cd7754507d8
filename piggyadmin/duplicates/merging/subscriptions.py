"""What contacts of one person want to be mailed, and what of it holds once they are one.

Piggy does not say what a merge does to subscriptions. So where one of them gets what another one
has unsubscribed from, somebody chooses before, and what was chosen is written after the merge.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from piggyadmin.actions.forms import InPreview
from piggyadmin.contacts.types import Contact, Subscription
from piggyadmin.ledger.operations import Stored

CHOICE_PREFIX = "subscribe_"
YES, NO = "yes", "no"
# Whoever never chose gets it; of all others Piggy does not tell "no" and "never asked" apart.
OPT_OUT = "OPT_OUT"


class SubscriptionChoice(Stored):
    """A kind of messages that some of the contacts get and some do not.

    Without a `uuid` it cannot be set from here. `is_wanted` is what will hold after the merge.
    """

    uuid: str
    name: str
    unsubscribed: tuple[str, ...]
    is_opt_out: bool
    is_wanted: bool = False

    @property
    def agreed(self) -> list[Any]:
        """What a person agrees to: who has unsubscribed from what, not what was chosen."""
        return [self.uuid, self.name, *self.unsubscribed]

    def is_so_of(self, contact: Contact) -> bool:
        """Tell whether it holds of a contact already."""
        return any(
            each.subscription_type is not None
            and each.subscription_type.uuid == self.uuid
            and each.is_wanted is self.is_wanted
            for each in contact.subscriptions
        )


class Choices(InPreview):
    """What was chosen of each kind of messages: `subscribe_<uuid>`, yes or no."""

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: Any,  # noqa: ARG002
        name: str,
    ) -> dict[str, str]:
        """Read the choices, or the mapping as JSON that the ledger keeps of them."""
        return self.read_mapping(data, name, CHOICE_PREFIX)


class ChoicesField(forms.Field):
    """Which messages the one that survives gets; what nobody chose protects the person."""

    widget = Choices


def differing_subscriptions(
    contacts: Sequence[Contact], chosen: Mapping[str, str]
) -> tuple[SubscriptionChoice, ...]:
    """List the kinds of messages about which contacts differ; what nobody chose is a no."""
    kinds: dict[str, list[tuple[Contact, Subscription]]] = {}
    for contact in contacts:
        for each in contact.subscriptions:
            if each.subscription_type and (kind := each.subscription_type.key):
                kinds.setdefault(kind, []).append((contact, each))
    choices = (_choice(told, chosen) for told in kinds.values())
    return tuple(choice for choice in choices if choice)


def _choice(
    told: Sequence[tuple[Contact, Subscription]], chosen: Mapping[str, str]
) -> SubscriptionChoice | None:
    """Make the choice about one kind; None where all of them say the same."""
    unsubscribed = [contact.uuid or "" for contact, each in told if _refuses(contact, each)]
    kind = told[0][1].subscription_type
    if not kind or not unsubscribed or not any(each.is_wanted for _contact, each in told):
        return None
    return SubscriptionChoice(
        uuid=kind.uuid or "",
        name=kind.name or kind.key,
        unsubscribed=tuple(unsubscribed),
        is_opt_out=kind.strategy == OPT_OUT,
        is_wanted=chosen.get(kind.uuid or "") == YES,
    )


def _refuses(contact: Contact, subscription: Subscription) -> bool:
    """Tell whether a contact does not want it; who has no address was never asked for a yes."""
    kind = subscription.subscription_type
    was_asked = not contact.is_anonymous or (kind is not None and kind.strategy == OPT_OUT)
    return subscription.is_wanted is False and was_asked


def subscription_data(contact: Contact, choice: SubscriptionChoice) -> dict[str, Any]:
    """Fill in the action that has a contact get what was chosen, or not."""
    return {
        "contact_uuid": contact,
        "subscription_type_uuid": choice.uuid,
        "is_subscribed": "true" if choice.is_wanted else "false",
    }
