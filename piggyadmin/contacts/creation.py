"""Finding out whether a contact was made whose answer was lost: by its address, and by when.

An address or a card stands for one contact alone, so that there is at most one to be looked at.
"""

from django.utils.translation import gettext

from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Evidence, Finding, Stored
from piggyadmin.ledger.reconciliation_evidence import (
    accounted_for,
    clocks_differ,
    done,
    has_settled,
    not_done,
    undecided,
    window,
)
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.errors import ErrorCode, NotFound


class CreatedContact(Stored):
    """A contact that was made; all else of it follows by an update."""

    uuid: str


def by_address(piggy: PiggyClient, email: str) -> Contact | None:
    """Find whose an address is; None where it is nobody's, or Piggy gave another one's.

    Raises:
        PiggyError: any other kind of "not found" proves nothing.
    """
    try:
        found = services.find_contact_by_email(piggy, email=email)
    except NotFound as error:
        if error.code != ErrorCode.CONTACT_NOT_FOUND:
            raise
        return None
    return found if (found.email or "").casefold() == email.casefold() else None


def judge_created(piggy: PiggyClient, entry: Entry, found: Contact | None) -> Finding:
    """Say whether the contact that has what was asked for is the one that an entry made."""
    if found is None or not found.uuid:
        if has_settled(entry):
            return not_done(gettext("Piggy has no such contact."))
        return undecided(gettext("Piggy has no such contact yet. It may still be at it."))
    clock = difference(piggy.account)
    evidence = Evidence(what=gettext("Contact"), value=found.uuid, at=found.created_at)
    if not clock.is_trusted:
        return undecided(clocks_differ(clock), evidence)
    if found.created_at is None:
        words = gettext("There is such a contact, but Piggy does not tell since when.")
        return undecided(words, evidence)
    begin, end = window(entry, clock)
    is_ours = begin <= found.created_at <= end and found.uuid not in accounted_for(entry)
    if not is_ours:
        return not_done(gettext("Somebody else has made this contact."), evidence)
    words = gettext("Piggy has this contact, made at that time.")
    return done(words, evidence, result=CreatedContact(uuid=found.uuid))
