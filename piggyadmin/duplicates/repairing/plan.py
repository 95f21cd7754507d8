"""What taking a wrong merge back would do, from what was kept of it, and what cannot come back.

Piggy cannot undo a merge. What can be done is to make the contact anew that went into the other
one, and to give it what it had: that is known from the snapshots that the ledger keeps of a merge.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from piggyadmin.contacts.types import ContactIdentifier, Subscription
from piggyadmin.contacts.values import WORDS, is_same
from piggyadmin.duplicates.merging.actions.merge_contacts import ContactsToMerge
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.plan import MergePlan
from piggyadmin.ledger import entries
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Preview
from piggyadmin.ledger.snapshots import preview_of
from piggyadmin.ui.templatetags.ui import cents, number

MERGE, MERGE_MANY = "merge-contacts", "merge-duplicates"
DOUBLE_OPT_IN = "DOUBLE_OPT_IN"


class WantedSubscription(NamedTuple):
    """A kind of messages, and whether somebody gets it."""

    uuid: str
    name: str
    is_wanted: bool
    asks_first: bool


class RepairPlan(Preview):
    """Both as they were before the merge, and the one that is left as it is now."""

    merge_key: str
    shop_uuid: str
    shop_name: str
    source: Candidate
    survivor: Candidate
    now: Candidate

    # --- what comes back

    @property
    def credits(self) -> int:
        """What is booked back; no more than there is."""
        return max(min(self.source.credits, self.now.credits), 0)

    @property
    def gives(self) -> int:
        """How many credits change hands, for the limit of a single person."""
        return self.credits

    @property
    def prepaid_cents(self) -> int:
        """What is booked back; no more than there is."""
        return max(min(self.source.prepaid_cents, self.now.prepaid_cents), 0)

    @property
    def values(self) -> dict[str, Any]:
        """What the new contact gets of its attributes."""
        return dict(self.source.values)

    @property
    def survivor_values(self) -> dict[str, Any]:
        """What the survivor had, where the merge has put the other one's in its place."""
        return {
            name: value
            for name, value in self.survivor.values.items()
            if not is_same(value, self.now.values.get(name))
            and is_same(self.now.values.get(name), self.source.values.get(name))
        }

    @property
    def cards(self) -> list[str]:
        """The cards that move back: those that are on, and still where the merge has put them."""
        known = {each.value: each for each in self.now.identifiers}
        return [value for value in self.source.cards if _is_on(known.get(value))]

    @property
    def subscriptions(self) -> list[WantedSubscription]:
        """What the new contact is to get or not, as it was."""
        return _wanted(self.source.contact.subscriptions)

    @property
    def survivor_subscriptions(self) -> list[WantedSubscription]:
        """What the survivor got or not before, where that is otherwise now."""
        now = {each.uuid: each.is_wanted for each in _wanted(self.now.contact.subscriptions)}
        before = _wanted(self.survivor.contact.subscriptions)
        return [each for each in before if now.get(each.uuid) is not each.is_wanted]

    # --- what does not

    @property
    def losses(self) -> list[str]:
        """Say what cannot come back, and what will be otherwise."""
        return [*_always(self), *self._lost_holdings(), *self._lost_details()]

    def _lost_holdings(self) -> Iterator[str]:
        if self.source.vouchers:
            words = ngettext(
                "%(number)s voucher stays with %(survivor)s: Piggy offers no way to move it.",
                "%(number)s vouchers stay with %(survivor)s: Piggy offers no way to move them.",
                self.source.vouchers,
            )
            parts = {"number": number(self.source.vouchers), "survivor": self.now.name}
            yield words % parts
        if (lost := self.source.credits - self.credits) > 0:
            words = gettext("%(number)s credits were spent meanwhile, and do not come back.")
            yield words % {"number": number(lost)}
        if (lost := self.source.prepaid_cents - self.prepaid_cents) > 0:
            words = gettext("%(amount)s of prepaid was spent meanwhile, and does not come back.")
            yield words % {"amount": cents(lost)}
        if left := sorted(set(self.source.cards) - set(self.cards)):
            words = gettext("These cards are off or elsewhere, and do not move: %(cards)s.")
            yield words % {"cards": ", ".join(left)}

    def _lost_details(self) -> Iterator[str]:
        stay = [
            str(WORDS.get(name, name))
            for name, value in self.now.values.items()
            if name not in self.survivor.values and is_same(value, self.source.values.get(name))
        ]
        if stay:
            words = gettext("%(survivor)s keeps what Piggy offers no way to empty: %(names)s.")
            yield words % {"survivor": self.now.name, "names": ", ".join(stay)}
        asked_for = (*self.subscriptions, *self.survivor_subscriptions)
        if any(each.is_wanted and each.asks_first for each in asked_for):
            yield gettext("Some messages need a confirmation: Piggy mails the customer for it.")

    # --- beside

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        return gettext("Make 1 customer anew")

    def decisive(self) -> dict[str, Any]:
        """Agree to who is made anew, and to what moves."""
        return {
            "merge": self.merge_key,
            "shop": self.shop_uuid,
            "credits": self.credits,
            "prepaid_cents": self.prepaid_cents,
            "cards": self.cards,
            "values": self.values,
            "survivor_values": self.survivor_values,
        }


def _always(plan: RepairPlan) -> list[str]:
    words = gettext(
        "It is another customer at Piggy, with another UUID: an app, a till or a list that knew "
        "the old one does not know it."
    )
    history = gettext(
        "Its history stays with %(survivor)s: purchases, transactions, rewards, bookings and the "
        "way to its tier. What is booked back are the balances alone."
    )
    rest = gettext("What was not kept is gone, such as the picture and consents.")
    return [words, history % {"survivor": plan.now.name}, rest]


def _is_on(card: ContactIdentifier | None) -> bool:
    return card is not None and card.active is not False


def _wanted(subscriptions: Sequence[Subscription]) -> list[WantedSubscription]:
    """Give what can be set from here, as far as Piggy has told how it is."""
    return [
        WantedSubscription(
            kind.uuid, kind.name or kind.uuid, each.is_wanted, kind.strategy == DOUBLE_OPT_IN
        )
        for each in subscriptions
        if (kind := each.subscription_type) and kind.uuid and each.is_wanted is not None
    ]


# --- From what was kept ----------------------------------------------------------------------


def both_before(merge: Entry) -> tuple[Candidate, Candidate]:
    """Give who went, and who stayed, as they were right before a merge."""
    kept = ContactsToMerge.model_validate(preview_of(merge))
    known = _values_in_plan(merge)
    source, survivor = (
        Candidate(
            **each.model_dump(include={"contact", "identifiers", "vouchers"}),
            values=known.get(each.person_uuid, _values_of(each.contact)),
        )
        for each in (kept.source, kept.destination)
    )
    return source, survivor


def _values_in_plan(merge: Entry) -> dict[str, dict[str, Any]]:
    """Give all values of both, where they were merged side by side."""
    key = entries.whole_of(merge)
    whole = Entry.objects.filter(submission_key=key, action=MERGE_MANY).first() if key else None
    if whole is None:
        return {}
    plan = MergePlan.model_validate(preview_of(whole))
    return {each.uuid: each.values for each in plan.candidates if each.values}


def _values_of(contact: Any) -> dict[str, Any]:
    """Give what a contact itself says of its values, where nothing more was kept."""
    found = {name: getattr(contact, name, None) for name in WORDS}
    return {name: value for name, value in found.items() if value}
