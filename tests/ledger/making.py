"""Entries in any state, made through the ledger itself."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending, writes
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.writes import WriteRequest
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.sandbox import seed


def somebody(name: str = "sanne") -> User:
    """Get a person of this name, who may do everything."""
    user, is_new = User.objects.get_or_create(username=name, defaults={"first_name": name.title()})
    if is_new:
        user.groups.add(Group.objects.get(name=Role.ADMIN.value))
    return user


def make_entry(
    *states: EntryState,
    slug: str = "create-contact-attribute",
    number: int = 0,
    data: dict[str, Any] | None = None,
    preview: Any = None,
    contact: str = "",
    person: User | None = None,
    **wish: Any,
) -> Entry:
    """Make an entry that went through `sent` to the given states."""
    data = {"n": number} if data is None else data
    if contact:
        data = data | {"contact_uuid": Contact(uuid=contact)}
    request = WriteRequest(
        action=get_action(slug),
        person=person or somebody(),
        data=data,
        submission_key=uuid4(),
        preview=preview,
        **wish,
    )
    entry, _is_new = writes._intend(request)
    for state in (EntryState.SENT, *states) if states else ():
        appending.append(entry, state)
    return entry


def credits_for(contact: Contact, number: int = 25) -> dict[str, Any]:
    """Give what is filled in to give somebody credits."""
    return {
        "contact_uuid": contact,
        "shop_uuid": seed.AMSTERDAM_UUID,
        "credits": number,
        "unit_value": None,
        "unit_name": "",
    }


def left_behind(*states: EntryState, owner: str = "elsewhere|1|1") -> Entry:
    """Make an entry as a process leaves it that dies."""
    entry = make_entry(slug="create-credit-reception", data=credits_for(Contact(uuid="c1")))
    for state in states:
        appending.append(entry, state)
    EntryStatus.objects.filter(entry=entry).update(owner=owner)
    return entry


def verdict(piggy: PiggyClient, entry: Entry) -> Verdict:
    """Read an entry back."""
    return get_action(entry.action).read_back(piggy, entry).verdict
