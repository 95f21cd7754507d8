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
    alike_since,
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
            return not_done(gettext("Piggy has no such customer."))
        return undecided(gettext("Piggy has no such customer yet. It may still be at it."))
    evidence = Evidence(what=gettext("Customer"), value=found.uuid, at=found.created_at)
    is_ours, words = _is_ours(piggy, entry, found)
    if is_ours is None:
        return undecided(words, evidence)
    if not is_ours:
        return not_done(words, evidence)
    return done(words, evidence, result=CreatedContact(uuid=found.uuid))


def _is_ours(piggy: PiggyClient, entry: Entry, found: Contact) -> tuple[bool | None, str]:
    """Tell whether an entry has made a contact, None where nobody can, and why."""
    clock = difference(piggy.account)
    if not clock.is_trusted:
        return None, clocks_differ(clock)
    if found.created_at is None:
        return None, gettext("There is such a customer, but Piggy does not tell since when.")
    begin, end = window(entry, clock)
    if not begin <= found.created_at <= end or found.uuid in accounted_for(entry):
        return False, gettext("Somebody else has made this customer.")
    if alike_since(entry).exists():
        words = gettext("Piggy has this customer, but it may be what somebody else asked for.")
        return None, words
    return True, gettext("Piggy has this customer, made at that time.")
