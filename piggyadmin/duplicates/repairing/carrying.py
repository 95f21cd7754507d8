"""The steps of a repair, each an entry of the ledger of its own, done in order, each once.

However often a repair is looked at, and whoever dies over it, a step is asked for once: see
`ledger/steps.py`. What Piggy could not take on just then is asked for anew by itself; what it
refused, and what nobody found there, waits for a person who lets the repair go on: a booking that
is only late would else be made twice.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid5

from django.urls import reverse
from django.utils.translation import gettext

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.actions.create_contact_identifier import IS_KNOWN
from piggyadmin.contacts.cards import VALUE
from piggyadmin.contacts.snapshot import ContactSnapshot, take_snapshot
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import DecisionKind, Pair, PairStatus
from piggyadmin.duplicates.repairing.plan import RepairPlan, WantedSubscription
from piggyadmin.duplicates.review import decisions
from piggyadmin.ledger import conflicts, entries, following, outcomes
from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, RESUMED, Entry
from piggyadmin.ledger.operations import PartState, Progress, Stored
from piggyadmin.ledger.steps import carry_step
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import Busy, Maintenance, Unauthorized, Unreachable
from piggyadmin.prepaid.booking import CENTS
from piggyadmin.ui.templatetags.ui import cents, credits  # noqa: A004

# Piggy could not take it on, and nothing changed: it is asked for anew.
PASSES = {kind.__name__ for kind in (Busy, Maintenance, Unauthorized, Unreachable)}


class RepairStep(NamedTuple):
    """One write: the action that does it, with what, and what it is called for people.

    Where the contact is the new one, its place in `data` is taken by `is_new`.
    """

    name: str
    slug: str
    words: str
    data: dict[str, Any]
    is_new: bool = False


class RepairBooks(Stored):
    """What both have in the end."""

    made: ContactSnapshot
    survivor: ContactSnapshot


class Halted(Exception):  # noqa: N818  (not an error: it says how far it is)
    """The repair goes no further now."""

    def __init__(self, words: str, *, is_over: bool) -> None:
        super().__init__()
        self.progress = Progress(finished=is_over, as_expected=not is_over, words=words)


# --- Which steps there are -------------------------------------------------------------------


def steps_of(plan: RepairPlan) -> list[RepairStep]:
    """Give all steps of a repair, in their order."""
    return [*_contact(plan), *_values(plan), *_cards(plan), *_balances(plan), *_messages(plan)]


def _contact(plan: RepairPlan) -> Iterator[RepairStep]:
    words = gettext("The customer is made anew")
    if plan.source.contact.is_anonymous:
        yield RepairStep("contact", "create-anonymous-contact", words, {VALUE: ""})
    else:
        data = {"email": plan.source.contact.email, "referral_code": ""}
        yield RepairStep("contact", "create-contact", words, data)


def _values(plan: RepairPlan) -> Iterator[RepairStep]:
    if values := plan.values:
        words = gettext("It gets its details")
        yield RepairStep("values", "update-contact", words, {"attributes": values}, is_new=True)
    if values := plan.survivor_values:
        words = gettext("%(name)s gets its own details back") % {"name": plan.now.name}
        yield RepairStep("survivor-values", "update-contact", words, {"attributes": values})


def _cards(plan: RepairPlan) -> Iterator[RepairStep]:
    for card in plan.cards:
        words = gettext("The card %(card)s is taken from %(name)s")
        told = words % {"card": card, "name": plan.now.name}
        yield RepairStep(f"take {card}", "unlink-contact-identifier", told, {VALUE: card})
        words = gettext("The card %(card)s is the new customer's") % {"card": card}
        data = {VALUE: card, IS_KNOWN: True}
        yield RepairStep(f"give {card}", "create-contact-identifier", words, data, is_new=True)


def _balances(plan: RepairPlan) -> Iterator[RepairStep]:
    shop = {"shop_uuid": plan.shop_uuid}
    off, on = gettext("Booked off: %(what)s"), gettext("Booked on: %(what)s")
    if count := plan.credits:
        given, what = {**shop, "unit_value": None, "unit_name": ""}, {"what": credits(count)}
        slug = "create-credit-reception"
        yield RepairStep("credits off", slug, off % what, {**given, "credits": -count})
        yield RepairStep("credits on", slug, on % what, {**given, "credits": count}, is_new=True)
    if plan.prepaid_cents:
        what = {"what": gettext("%(amount)s prepaid") % {"amount": cents(plan.prepaid_cents)}}
        data = {**shop, "amount": Decimal(plan.prepaid_cents) / CENTS}
        yield RepairStep("prepaid off", "pay-prepaid", off % what, data)
        yield RepairStep("prepaid on", "top-up-prepaid", on % what, data, is_new=True)


def _messages(plan: RepairPlan) -> Iterator[RepairStep]:
    slug = "update-contact-subscription"
    words = gettext("Messages of the new customer: %(name)s")
    for each in plan.subscriptions:
        told, data = words % {"name": each.name}, _subscription(each)
        yield RepairStep(f"messages {each.uuid}", slug, told, data, is_new=True)
    words = gettext("Messages of the one that stayed: %(name)s")
    for each in plan.survivor_subscriptions:
        told, data = words % {"name": each.name}, _subscription(each)
        yield RepairStep(f"survivor's messages {each.uuid}", slug, told, data)


def _subscription(each: WantedSubscription) -> dict[str, str]:
    is_wanted = "true" if each.is_wanted else "false"
    return {"subscription_type_uuid": each.uuid, "is_subscribed": is_wanted}


# --- Carrying --------------------------------------------------------------------------------


def carry(piggy: PiggyClient, whole: Entry, plan: RepairPlan) -> Progress:
    """Do what is left of a repair, and compare the books in the end.

    Raises:
        PiggyError: Piggy could not take something on just now.
    """
    if not _is_kept(plan):
        words = gettext(
            "What the customer had is no longer kept, so that nothing more can be done."
        )
        return Progress(finished=True, as_expected=False, words=words)
    try:
        for step in steps_of(plan):
            _carry(piggy, whole, plan, step)
    except Halted as halted:
        return halted.progress
    return _compare(piggy, whole, plan)


def _is_kept(plan: RepairPlan) -> bool:
    """Tell whether it is still known who is to be made anew."""
    return bool(plan.source.contact.is_anonymous or plan.source.contact.email)


def _carry(piggy: PiggyClient, whole: Entry, plan: RepairPlan, step: RepairStep) -> None:
    """Do a step that is not done yet.

    Raises:
        Halted: it is not done, or nobody knows yet.
    """
    last = last_attempt(whole, step)
    if last and last.state in HAPPENED:
        return
    if last and last.state in NOT_HAPPENED:
        _insist_on_another_try(whole, step, last)
    outcome = _ask(piggy, whole, plan, step)
    if outcome.entry.state in HAPPENED:
        return
    if outcome.entry.state in NOT_HAPPENED:
        if outcome.error and type(outcome.error).__name__ in PASSES:
            raise outcome.error
        _insist_on_another_try(whole, step, outcome.entry)
    words = gettext("“%(step)s”: it is not known yet whether Piggy has done it.")
    raise Halted(words % {"step": step.words}, is_over=False)


def _ask(piggy: PiggyClient, whole: Entry, plan: RepairPlan, step: RepairStep) -> outcomes.Outcome:
    action = get_action(step.slug)
    try:
        data = _data_of(piggy, whole, plan, step)
        preview = action.preview(piggy, data) if action.has_preview else None
        return carry_step(piggy, whole, action, data, name=step.name, preview=preview)
    except conflicts.NOT_BEGUN as error:
        raise Halted(conflicts.why_not_begun(error), is_over=True) from None


def _data_of(
    piggy: PiggyClient, whole: Entry, plan: RepairPlan, step: RepairStep
) -> dict[str, Any]:
    """Fill in whom a step is about, as they are now.

    Raises:
        Halted: they are gone.
    """
    if step.name == "contact":
        return step.data
    uuid = made_in(whole) if step.is_new else plan.now.uuid
    contact = services.find_contact(piggy, contact_uuid=uuid) if uuid else None
    if contact is None:
        words = gettext("“%(step)s”: there is no such customer at Piggy any more.")
        raise Halted(words % {"step": step.words}, is_over=True)
    return {"contact_uuid": contact, **step.data}


def _insist_on_another_try(whole: Entry, step: RepairStep, last: Entry) -> None:
    """Stop at what was not done, unless that is no news, or somebody has let it go on since.

    Raises:
        Halted: a person has to look.
    """
    event = last.last_event
    detail = event.detail if event else {}
    if detail.get("by") == "never sent" or detail.get("error") in PASSES:
        return
    resumed = whole.events.filter(kind=RESUMED).last()
    if resumed and event and resumed.sequence > event.sequence:
        return
    words = gettext("“%(step)s” was not done, and nothing changed by it. %(message)s")
    message = detail.get("message") or detail.get("words") or ""
    told = words % {"step": step.words, "message": message}
    raise Halted(told.rstrip(), is_over=True)


def last_attempt(whole: Entry, step: RepairStep) -> Entry | None:
    """Find the last time that a step was asked for."""
    key, last = uuid5(whole.submission_key, step.name), None
    while entry := Entry.objects.filter(submission_key=key).first():
        key, last = entries.key_of_again(entry), entry
    return last


def made_in(whole: Entry) -> str:
    """Give the UUID of the contact that a repair has made; empty where nobody knows it."""
    step = RepairStep("contact", "", "", {})
    made = last_attempt(whole, step)
    if made is None or made.state not in HAPPENED:
        return ""
    result = outcomes.recall(get_action(made.action), made).result
    return str(result.uuid) if result else ""


# --- The end ---------------------------------------------------------------------------------


def _compare(piggy: PiggyClient, whole: Entry, plan: RepairPlan) -> Progress:
    """Compare what both have now with what they should have."""
    made, survivor = gather(
        partial(_snapshot, piggy, made_in(whole)), partial(_snapshot, piggy, plan.now.uuid)
    )
    wrong = list(_differences(plan, made, survivor))
    after = RepairBooks(made=made, survivor=survivor)
    if wrong:
        words = gettext(
            "All steps are done, but the balances are not as expected: %(wrong)s. Somebody may "
            "have earned or spent meanwhile: look at the transactions of both."
        )
        told = words % {"wrong": ", ".join(wrong)}
        return Progress(finished=True, as_expected=False, words=told, after=after)
    _remember_as_two(piggy, whole, made.person_uuid, survivor.person_uuid)
    words = gettext("Done: the customer is there again, and the balances of both agree.")
    return Progress(finished=True, words=words, after=after)


def _remember_as_two(piggy: PiggyClient, whole: Entry, made: str, survivor: str) -> None:
    """Keep that these are two people, or the search would propose to merge them again."""
    rows = [store.refresh(piggy, uuid) for uuid in sorted((made, survivor))]
    if None in rows:
        return
    first, second = (row for row in rows if row)
    pair, _is_new = Pair.objects.get_or_create(
        first=first.uuid,
        second=second.uuid,
        defaults={
            "probability": 0.0,
            "first_fingerprint": first.fingerprint,
            "second_fingerprint": second.fingerprint,
            "status": PairStatus.DISMISSED,
        },
    )
    if not decisions.about(pair).exists():
        comment = gettext("A wrong merge of these two was taken back.")
        decisions.keep(pair, DecisionKind.DISMISS, following.answers_for(whole), comment=comment)


def _snapshot(piggy: PiggyClient, uuid: str) -> ContactSnapshot:
    contact = services.find_contact(piggy, contact_uuid=uuid) or Contact(uuid=uuid)
    return take_snapshot(piggy, contact=contact)


def _differences(
    plan: RepairPlan, made: ContactSnapshot, survivor: ContactSnapshot
) -> Iterator[str]:
    if (made.credits, survivor.credits) != (plan.credits, plan.now.credits - plan.credits):
        yield f"{credits(made.credits)} + {credits(survivor.credits)}"
    left = plan.now.prepaid_cents - plan.prepaid_cents
    if (made.prepaid_cents, survivor.prepaid_cents) != (plan.prepaid_cents, left):
        yield f"{cents(made.prepaid_cents)} + {cents(survivor.prepaid_cents)}"
    if missing := sorted(set(plan.cards) - {each.value or "" for each in made.identifiers}):
        yield ", ".join(missing)


def part_states(whole: Entry, plan: RepairPlan) -> tuple[PartState, ...]:
    """Say how far each step is."""
    return tuple(_part(whole, step) for step in steps_of(plan))


def _part(whole: Entry, step: RepairStep) -> PartState:
    last = last_attempt(whole, step)
    if last is None:
        return PartState(what=step.words, words=gettext("to be done"), is_done=False)
    page = reverse("ledger:entry", args=[last.submission_key])
    if last.state in HAPPENED:
        return PartState(what=step.words, words=gettext("done"), is_done=True, page=page)
    if last.state in NOT_HAPPENED:
        return PartState(what=step.words, words=gettext("not done"), is_done=False, page=page)
    return PartState(what=step.words, words=gettext("not known yet"), is_done=None, page=page)
