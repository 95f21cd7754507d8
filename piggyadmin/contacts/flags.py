"""What has to be known of a contact at a glance: a few badges beside its name.

Each app registers what it knows in its `contact_panels.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext

from piggyadmin.contacts.traces import ENDINGS
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import HAPPENED, Subject
from piggyadmin.piggy.once import found_once

if TYPE_CHECKING:
    from piggyadmin.accounts.models import User

VERIFYING = "verify-contact-code"
# As what a contact stands in an entry by which another one went into it.
_SURVIVING = {action: into for action, (_role, into) in ENDINGS.items() if into}


class Flag(NamedTuple):
    """A few words about a contact, in the tone of a badge."""

    label: str
    tone: str = "neutral"
    icon: str = ""


_flags: list[Callable[[Contact, "User"], Iterable[Flag]]] = []


def register(flags: Callable[[Contact, "User"], Iterable[Flag]]) -> None:
    """Have these told of every contact."""
    _flags.append(flags)


def flags_of(contact: Contact, person: "User") -> list[Flag]:
    """List what is told of a contact to somebody."""
    return list(chain.from_iterable(flags(contact, person) for flags in _flags))


def own_flags(contact: Contact, _person: "User") -> Iterator[Flag]:
    """Tell what Piggy says of a contact, and what the ledger does."""
    if contact.is_anonymous:
        yield Flag(gettext("anonymous"))
    wanted = [each.is_wanted for each in contact.subscriptions]
    if wanted and not any(wanted):
        yield Flag(gettext("gets no messages"), icon="mail-x")
    done = {subject.entry.action: subject for subject in read_subjects(contact.person_uuid)}
    if VERIFYING in done and _is_theirs(done[VERIFYING]):
        yield Flag(gettext("address verified"), "success", "shield-check")
    if any(subject.role == _SURVIVING.get(action) for action, subject in done.items()):
        yield Flag(gettext("merged"), icon="merge")


@found_once
def read_subjects(contact_uuid: str) -> list[Subject]:
    """Read where a contact was verified, or where another one went into it."""
    actions = [VERIFYING, *_SURVIVING]
    about = Subject.objects.filter(
        contact_uuid=contact_uuid,
        entry__action__in=actions,
        entry__status__state__in=HAPPENED,
    )
    return list(about.select_related("entry").order_by("entry_id"))


def _is_theirs(subject: Subject) -> bool:
    event = subject.entry.last_event
    result = event.detail.get("result") if event else None
    return isinstance(result, dict) and result.get("is_theirs") is True


register(own_flags)
