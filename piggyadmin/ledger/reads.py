"""Doing what changes nothing: it is counted, and look-ups of persons are kept."""

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import may, refuse
from piggyadmin.ledger.models import PersonLookUp, ReadCount
from piggyadmin.ledger.operations import Data, Operation, Words, find_operation
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.trace import current_trace_id


def read(piggy: PiggyClient, action: Operation[Any, Any], *, person: User, data: Data) -> Any:
    """Do an action that changes nothing, and give its result.

    It is done at once, in the request that has just looked up who the person is and what they may;
    that is not asked for again, as somebody waits.

    Raises:
        PermissionDenied: the person may not do it.
        PiggyError: as the services do.
        ValueError: it changes something.
    """
    if not action.is_read:
        raise ValueError("It changes something, and so has to be carried out.")
    if not may(person, action.permission):
        refuse(person, action.permission)
    return action.perform(piggy, data)


def count_read(action: Operation[Any, Any]) -> None:
    """Count one use of an action that changes nothing."""
    today = timezone.localdate()
    if not _add_one(action.slug, today):
        ReadCount.objects.get_or_create(day=today, action=action.slug)
        _add_one(action.slug, today)


def _add_one(slug: str, day: Any) -> int:
    return ReadCount.objects.filter(day=day, action=slug).update(number=F("number") + 1)


# Pages on which people are looked at; where else that is, is an action.
PAGES: dict[str, Words] = {
    "access-request": _("What we hold on this person"),
    "approval": _("Approval"),
    "contact-page": _("The customer's page"),
    "contact-panel": _("A part of the customer's page"),
    "credits": _("Credits"),
    "merge-page": _("Merging"),
    "peek": _("A form that asks for a customer"),
    "timeline": _("Timeline"),
}


def place_of(where: str) -> Words:
    """Say where somebody was looked at; a page or an action of old keeps its own word."""
    operation = find_operation(where)
    return operation.label if operation else PAGES.get(where, where)


def log_concerned(person: User, action: Operation[Any, Any], data: Data) -> None:
    """Keep whom an action that changes nothing concerned, before they are shown."""
    log_look_up(person, action.slug, *action.subjects(data, None).values())


def log_look_up(person: User, where: str, *contact_uuids: str) -> None:
    """Keep who looked at which contacts, and where."""
    given = {"person": person, "person_name": person.name, "action": where}
    rows = [
        PersonLookUp(contact_uuid=uuid, trace_id=current_trace_id(), **given)
        for uuid in contact_uuids
    ]
    if len(rows) == 1:
        rows[0].save()  # which takes no transaction
    else:
        PersonLookUp.objects.bulk_create(rows)
