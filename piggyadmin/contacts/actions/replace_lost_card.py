"""Replacing a lost card: the old one is switched off, then the customer gets a new one.

The entry itself switches the old card off. The new card is a step of it, an entry of its own that
is asked for once the first is certain: whoever dies in between, a worker goes on with it. What came
of both stands in the end beside the entry.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action, register
from piggyadmin.contacts import services
from piggyadmin.contacts.actions.create_contact_identifier import IS_KNOWN, CreateContactIdentifier
from piggyadmin.contacts.card_forms import TakenForm
from piggyadmin.contacts.cards import REPLACEMENT, VALUE, card_changed_since, find_card
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.ledger import conflicts
from piggyadmin.ledger.models import FLAGGED, HAPPENED, NOT_HAPPENED, VERIFIED, Entry, EntryState
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Evidence,
    Finding,
    PartState,
    Preview,
    Progress,
    Stored,
    Words,
)
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.steps import carry_step
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import ErrorCode, NotFound, PiggyError, Rejected
from piggyadmin.ui.forms import CodeField

# What the step is called that gives the customer the new card.
NEW_CARD = "new card"


class CardsToSwap(Preview):
    """A customer's cards as they are, and as they would be."""

    contact: Contact
    lost: str
    replacement: str
    is_known: bool
    cards: tuple[ContactIdentifier, ...]

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Replace 1 card")

    @property
    def cards_after(self) -> list[ContactIdentifier]:
        """What the customer would have: the lost card is off, and the new one is there."""
        after = [
            card.model_copy(update={"active": False}) if card.value == self.lost else card
            for card in self.cards
        ]
        return [*after, ContactIdentifier(value=self.replacement, active=True)]

    def decisive(self) -> dict[str, Any]:
        """Agree to the two cards, and to whose they are."""
        known = sorted([card.value or "", card.active is not False] for card in self.cards)
        both = {"lost": self.lost, "replacement": self.replacement, "is_known": self.is_known}
        return {"contact": self.contact.uuid, "cards": known, **both}


class SwitchedOff(Stored):
    """A lost card that is off, and whose it was."""

    contact: Contact
    lost: str
    replacement: str


class CardsInTheEnd(Stored):
    """How far both cards were when nothing more was done by itself."""

    lost_is_off: bool
    has_new: bool


class ReplaceLostCardForm(TakenForm):
    """A customer, the card that is lost, and the one that takes its place."""

    contact_uuid = ContactField()
    contact_identifier_value = CodeField(
        label=_("Lost card"),
        required=False,
        help_text=_("Left open: the only card that the customer has."),
    )
    replacement_value = CodeField(
        label=_("New card"), help_text=_("Scan or type the number. It may be nobody else's.")
    )

    def clean(self) -> dict[str, Any]:
        """Find out which card is lost, and whether the new one is free."""
        data = super().clean()
        contact, replacement = data.get("contact_uuid"), data.get(REPLACEMENT)
        if isinstance(contact, Contact) and replacement and not self.failure:
            self.at_hand = contact
            try:
                self._compare(contact, replacement)
            except PiggyError as error:
                self.failure = error
        return data

    def _compare(self, contact: Contact, replacement: str) -> None:
        data, uuid = self.cleaned_data, contact.uuid or ""
        if replacement == data.get(VALUE):
            self.add_error(REPLACEMENT, _("This is the lost card itself."))
            return
        cards = services.list_contact_identifiers(self.piggy, contact_uuid=uuid)
        self._insist_on_lost(cards)
        card = self.insist_on_free_card(REPLACEMENT, replacement)
        data |= {"cards": cards, IS_KNOWN: card is not None}

    def _insist_on_lost(self, cards: Sequence[ContactIdentifier]) -> None:
        """Take the only card that the customer has where none was named; else one of theirs."""
        named, values = self.cleaned_data.get(VALUE), [each.value for each in cards if each.value]
        usable = [each.value for each in cards if each.value and each.active is not False]
        listed = {"cards": ", ".join(values)}
        if not values:
            words = gettext("The customer has no card: nothing is to be replaced. Add one instead.")
            self.add_error(VALUE, words)
        elif named and named not in values:
            words = gettext("This is no card of this customer, who has: %(cards)s.")
            self.add_error(VALUE, words % listed)
        elif not named and len(usable) != 1:
            words = gettext("The customer has several cards: %(cards)s. Say which one is lost.")
            self.add_error(VALUE, words % listed)
        elif not named:
            self.cleaned_data[VALUE] = usable[0]

    @property
    def action_data(self) -> dict[str, Any]:
        """The customer and the two cards."""
        return {name: self.cleaned_data[name] for name in ("contact_uuid", VALUE, REPLACEMENT)}


@register
class ReplaceLostCard(Action[SwitchedOff, CardsToSwap]):
    """Replace a lost card by another one."""

    slug = "replace-lost-card"
    entity = "contacts"
    label = _("Replace a lost card")
    summary = _("Switches the lost card off and gives the customer a new one. Credits stay.")
    button = _("Replace the card")
    icon = "replace"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = ReplaceLostCardForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "contact_identifier_value": "CARD-0001",
        "replacement_value": "CARD-FRESH",
    }
    preview_template = "contacts/_cards_to_swap.html"
    result_template = "contacts/_card_replaced.html"
    result_type = SwitchedOff
    is_watched = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose card, and by which one."""
        return Sentence(
            _("%(who)s replaced the lost card %(lost)s of %(customer)s by %(card)s"),
            _("replace the lost card %(lost)s of %(customer)s by %(card)s"),
            {
                "customer": matter.customer(),
                "lost": matter.asked(VALUE),
                "card": matter.asked(REPLACEMENT),
            },
        )

    def preview(self, piggy: PiggyClient, data: Data) -> CardsToSwap:
        """Show the cards as they are and as they would be."""
        contact, replacement = data["contact_uuid"], data[REPLACEMENT]
        cards, known = gather(
            partial(services.list_contact_identifiers, piggy, contact_uuid=contact.uuid or ""),
            partial(find_card, piggy, replacement),
        )
        return CardsToSwap(
            contact=contact,
            lost=data[VALUE],
            replacement=replacement,
            is_known=known is not None,
            cards=tuple(cards),
        )

    def perform(self, piggy: PiggyClient, data: Data) -> SwitchedOff:
        """Switch the lost card off; the new one follows once that is certain."""
        services.update_contact_identifier(
            piggy, contact_identifier_value=data[VALUE], contact_identifier_active=False
        )
        return SwitchedOff(
            contact=data["contact_uuid"], lost=data[VALUE], replacement=data[REPLACEMENT]
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whether the lost card is off."""
        uuid, lost = entry.data["contact_uuid"], entry.data[VALUE]
        card = _of(services.list_contact_identifiers(piggy, contact_uuid=uuid), lost)
        if card is None or card.active is None:
            return undecided(gettext("Piggy does not tell whether the lost card is off."))
        evidence = Evidence(what=lost, value=_state(card), fits=not card.active)
        if not card.active:
            result = SwitchedOff(
                contact=Contact(uuid=uuid), lost=lost, replacement=entry.data[REPLACEMENT]
            )
            return done(gettext("The lost card is off."), evidence, result=result)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        if card_changed_since(entry, lost).exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, evidence)
        return not_done(gettext("The lost card is still on."), evidence)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Give the customer the new card, once, and compare what they have then."""
        try:
            cards = _cards_with_new(piggy, entry)
        except _NotAdded as stopped:
            return stopped.progress
        if _is_off(cards, entry.data[VALUE]):
            words = gettext("Done: %(lost)s is off, and the customer has %(card)s.")
            return Progress(finished=True, words=words % _names(entry))
        words = gettext(
            "The customer has the new card %(card)s, but the lost card %(lost)s is on again. "
            "Switch it off on the customer's page."
        )
        after = CardsInTheEnd(lost_is_off=False, has_new=True)
        return Progress(finished=True, as_expected=False, words=words % _names(entry), after=after)

    def part_states(self, entry: Entry) -> tuple[PartState, ...]:
        """Say which card is in which state, as far as this console did it."""
        names = _names(entry)
        return (
            _part(gettext("Lost card %(lost)s") % names, LOST_WORDS, _lost_is_off(entry)),
            _part(
                gettext("New card %(card)s") % names,
                NEW_WORDS,
                _has_new(entry),
                *_given_since(entry).filter(status__state=EntryState.UNKNOWN),
            ),
        )

    def remaining(self, entry: Entry) -> str:
        """Name the new card, where just that is left: the lost one is never switched off twice."""
        followed = entry.follow_up
        is_stopped = followed is not None and followed.kind == FLAGGED
        if is_stopped and _lost_is_off(entry) is True and _has_new(entry) is False:
            return gettext("give the customer the card %(card)s") % _names(entry)
        return ""

    def page_of(self, entry: Entry) -> str:
        """Lead to the customer, where what is left can be done by hand."""
        return reverse("contacts:contact", args=[entry.data["contact_uuid"]])


# What is said of a card, by whether its part is done, is not, or nobody knows.
LOST_WORDS: dict[bool | None, Words] = {
    True: _("is switched off"),
    False: _("can still be used"),
    None: _("it is not known whether it is off"),
}
NEW_WORDS: dict[bool | None, Words] = {
    True: _("belongs to the customer"),
    False: _("does not belong to the customer"),
    None: _("it is not known whether it belongs to the customer"),
}


def _part(
    what: str, words: dict[bool | None, Words], is_done: bool | None, *unknown: Entry
) -> PartState:
    page = reverse("ledger:entry", args=[unknown[0].submission_key]) if unknown else ""
    return PartState(what=what, words=str(words[is_done]), is_done=is_done, page=page)


def _lost_is_off(entry: Entry) -> bool | None:
    if entry.state not in HAPPENED:
        return False if entry.state in NOT_HAPPENED else None
    return _in_the_end(entry).lost_is_off


def _has_new(entry: Entry) -> bool | None:
    states = set(_given_since(entry).values_list("status__state", flat=True))
    if states & set(HAPPENED) or _in_the_end(entry).has_new:
        return True
    return None if states - set(NOT_HAPPENED) else False


def _given_since(entry: Entry) -> QuerySet[Entry]:
    """Give what was asked for to give the customer the new card, here or by hand."""
    asked = {
        f"data__{VALUE}": entry.data[REPLACEMENT],
        "data__contact_uuid": entry.data["contact_uuid"],
    }
    return Entry.objects.filter(action=CreateContactIdentifier.slug, pk__gt=entry.pk, **asked)


def _in_the_end(entry: Entry) -> CardsInTheEnd:
    """Give how far both were where that was kept; else what being done means for the first."""
    followed = entry.follow_up
    kept = followed.detail.get("after") if followed else None
    if kept:
        return CardsInTheEnd.model_validate(kept)
    return CardsInTheEnd(lost_is_off=True, has_new=bool(followed and followed.kind == VERIFIED))


class _NotAdded(Exception):  # noqa: N818  (not an error: it says how far it is)
    """The new card is not the customer's, or not yet."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


def _cards_with_new(piggy: PiggyClient, entry: Entry) -> list[ContactIdentifier]:
    """Give the customer's cards once the new one is among them.

    Raises:
        _NotAdded: it is not, or it is not known.
        PiggyError: Piggy could not take it on just now.
    """
    uuid, replacement = entry.data["contact_uuid"], entry.data[REPLACEMENT]
    read = partial(services.list_contact_identifiers, piggy, contact_uuid=uuid)
    try:
        cards = read()
    except NotFound as error:
        if error.code != ErrorCode.CONTACT_NOT_FOUND:
            raise
        raise _left(entry, str(error.message)) from None
    if _of(cards, replacement):
        return cards
    _add(piggy, entry, Contact(uuid=uuid), replacement)
    return read()


def _add(piggy: PiggyClient, entry: Entry, contact: Contact, replacement: str) -> None:
    is_known = find_card(piggy, replacement) is not None
    data = {"contact_uuid": contact, VALUE: replacement, IS_KNOWN: is_known}
    action = get_action(CreateContactIdentifier.slug)
    try:
        outcome = carry_step(piggy, entry, action, data, name=NEW_CARD)
    except conflicts.NOT_BEGUN as error:
        raise _left(entry, conflicts.why_not_begun(error)) from None
    if outcome.entry.state in HAPPENED:
        return
    if isinstance(outcome.error, Rejected):
        raise _left(entry, str(outcome.error.message))
    if outcome.error and outcome.error.nothing_changed:
        raise outcome.error
    words = gettext("%(lost)s is off. It is not known yet whether the customer has %(card)s.")
    raise _NotAdded(Progress(finished=False, words=words % _names(entry)))


def _left(entry: Entry, why: str) -> _NotAdded:
    """Say what is left, and why."""
    words = gettext(
        "Half done: the lost card %(lost)s is off, but the customer does not have the new card "
        "%(card)s. Go on from here, or add another card on the customer's page."
    )
    words = f"{words % _names(entry)} {why}".rstrip()
    after = CardsInTheEnd(lost_is_off=True, has_new=False)
    return _NotAdded(Progress(finished=True, as_expected=False, words=words, after=after))


def _names(entry: Entry) -> dict[str, str]:
    return {"lost": entry.data[VALUE], "card": entry.data[REPLACEMENT]}


def _of(cards: Sequence[ContactIdentifier], value: str) -> ContactIdentifier | None:
    return next((each for each in cards if each.value == value), None)


def _is_off(cards: Sequence[ContactIdentifier], value: str) -> bool:
    """Tell whether nobody can use a card any more: it is off, or gone."""
    card = _of(cards, value)
    return card is None or card.active is False


def _state(card: ContactIdentifier) -> str:
    return gettext("active") if card.active else gettext("switched off")
