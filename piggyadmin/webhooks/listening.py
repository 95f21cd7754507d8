"""The subscriptions by which Piggy tells this console of events: which are wanted, which are there.

They are made and mended by the ledger's own actions, each an entry of its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import approvals, conflicts, writes
from piggyadmin.ledger.models import HAPPENED
from piggyadmin.ledger.operations import Refused, Words
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.webhooks.events import CONTACT_UPDATED, EVENTS
from piggyadmin.webhooks.models import WebhookDelivery
from piggyadmin.webhooks.services import get_webhook_subscription, list_webhook_subscriptions
from piggyadmin.webhooks.signing import console_secret
from piggyadmin.webhooks.types import WebhookSubscription

CREATE, UPDATE = "create-webhook-subscription", "update-webhook-subscription"
# What keeps something here fresh: the copy of contacts by whom they concern, and open pages.
WANTED = (
    *("contact_created", "contact_updated", "contact_identifier_created"),
    *("credit_reception_created", "prepaid_transaction_created"),
    *("voucher_created", "voucher_updated", "voucher_redeemed"),
)
# By these, changes of a contact are of what this console keeps a copy of.
ATTRIBUTES = ("address", "birthdate", "email", "firstname", "lastname", "phonenumber")
ON, OFF, ELSEWHERE, INCOMPLETE, MISSING = "on", "off", "elsewhere", "incomplete", "missing"


class WantedEvent(NamedTuple):
    """An event that this console wants to be told of, and whether it is."""

    event_type: str
    state: str
    subscription: WebhookSubscription | None = None
    heard_at: Any = None

    @property
    def label(self) -> Words:
        """What it is called."""
        return EVENTS[self.event_type]

    @property
    def is_in_order(self) -> bool:
        """Whether nothing has to be done."""
        return self.state == ON


class MendResult(NamedTuple):
    """What came of one subscription that was to be made or mended."""

    event_type: str
    # Why it is not done; empty where it is.
    why: str = ""


def wanted_events(piggy: PiggyClient, address: str) -> list[WantedEvent]:
    """Tell of each event whether Piggy tells this address of it.

    Raises:
        PiggyError: as the services do.
    """
    found = list_webhook_subscriptions(piggy)
    rows = WebhookDelivery.objects.filter(event_type__in=WANTED).values("event_type")
    heard = dict(rows.annotate(at=Max("arrived_at")).values_list("event_type", "at"))
    return [
        _wanted(piggy, kind, found, address)._replace(heard_at=heard.get(kind)) for kind in WANTED
    ]


def _wanted(
    piggy: PiggyClient, kind: str, found: list[WebhookSubscription], address: str
) -> WantedEvent:
    """Judge the subscription that is nearest to what is wanted."""
    judged = [(_state(each, address), each) for each in found if each.event_type == kind]
    for state in (ON, OFF, ELSEWHERE):
        here = next((each for got, each in judged if got == state), None)
        if here and state == ON and kind == CONTACT_UPDATED:
            return _with_attributes(piggy, here)
        if here:
            return WantedEvent(kind, state, here)
    return WantedEvent(kind, MISSING)


def _state(subscription: WebhookSubscription, address: str) -> str:
    """Tell of a subscription whether it is this console's, or was at an earlier address."""
    url = subscription.url or ""
    if url == address:
        return ON if subscription.status == "ACTIVE" else OFF
    # A webhook of something else may end alike: the name is what this console gave it.
    is_ours = subscription.name == name_of(subscription.event_type or "")
    return ELSEWHERE if is_ours and _path(url) == _path(address) else ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _with_attributes(piggy: PiggyClient, subscription: WebhookSubscription) -> WantedEvent:
    """Look whether it tells of all that matters: the list does not say."""
    uuid = subscription.uuid or ""
    whole = get_webhook_subscription(piggy, webhook_subscription_uuid=uuid)
    state = ON if set(ATTRIBUTES) <= set(whole.properties) else INCOMPLETE
    return WantedEvent(CONTACT_UPDATED, state, whole)


def name_of(event_type: str) -> str:
    """Give what a subscription is called that the console makes; by that it knows it later."""
    return f"piggyadmin {event_type}"


# --- Making and mending ----------------------------------------------------------------------


def mend(piggy: PiggyClient, person: User, address: str, key: UUID) -> Iterator[MendResult]:
    """Make what is missing, and put right what is not as it should be, each as an action.

    The same key again does nothing twice.

    Raises:
        PiggyError: it could not even be found out what is there.
    """
    for wanted in wanted_events(piggy, address):
        if not wanted.is_in_order:
            why = _mended(piggy, person, wanted, address, uuid5(key, wanted.event_type))
            yield MendResult(wanted.event_type, why)


def _mended(piggy: PiggyClient, person: User, wanted: WantedEvent, address: str, key: UUID) -> str:
    """Do what one subscription needs; give why that is not done, or nothing."""
    action = get_action(UPDATE if wanted.subscription else CREATE)
    form = action.form_class(_typed(wanted, address, person), piggy=piggy)
    try:
        if not form.is_valid():
            return " ".join(str(words) for several in form.errors.values() for words in several)
        return _why_not(_carry_out(piggy, person, action, form, key))
    except PiggyError as error:
        return str(error.message)
    except Refused as refused:
        return refused.words
    except (PermissionDenied, conflicts.DuplicateRequest, approvals.SecondPersonNeeded) as held:
        return _why_held(held)


def _why_held(held: Exception) -> str:
    """Say why the console itself did not send something."""
    if isinstance(held, PermissionDenied):
        return str(held)
    if isinstance(held, conflicts.DuplicateRequest):
        return gettext("The same was asked for a moment ago.")
    return gettext("A second person has to approve this. Do it on its own page.")


def _typed(wanted: WantedEvent, address: str, person: User) -> dict[str, str]:
    """Fill in the form of what is to be done."""
    kind = wanted.event_type
    typed = {"url": address}
    if kind == CONTACT_UPDATED:
        held = wanted.subscription.properties if wanted.subscription else []
        typed["attributes"] = "\n".join(sorted({*ATTRIBUTES, *held}))
    if wanted.subscription:
        uuid = wanted.subscription.uuid or ""
        return typed | {"webhook_subscription_uuid": uuid, "status": "ACTIVE"}
    return typed | {"event_type": kind, "name": name_of(kind), "secret": console_secret(person)}


def _carry_out(
    piggy: PiggyClient, person: User, action: Action[Any, Any], form: ActionForm, key: UUID
) -> Outcome:
    data = form.action_data
    request = writes.WriteRequest(
        action=action,
        person=person,
        data=data,
        submission_key=key,
        preview=action.preview(piggy, data) if action.has_preview else None,
    )
    try:
        return writes.carry_out(piggy, request)
    except conflicts.DuplicateRequest as held:
        if held.alike.state not in HAPPENED:
            raise
        # It was made, and is gone again: Piggy was asked just now.
        return writes.carry_out(piggy, replace(request, repeat_of=held.alike.submission_key))


def _why_not(outcome: Outcome) -> str:
    if outcome.entry.state in HAPPENED:
        return ""
    if outcome.error:
        return str(outcome.error.message)
    return gettext("It is not known yet what came of it: the ledger tells.")
