"""Contacts that may be one person, read live and side by side: what each of them has."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from piggyadmin.contacts import services, values
from piggyadmin.contacts.snapshot import ContactSnapshot
from piggyadmin.contacts.types import ContactAttribute, ContactIdentifier, FullContact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.piggy.types import Page
from piggyadmin.vouchers.services import list_vouchers
from piggyadmin.vouchers.types import Voucher

# The most vouchers that are looked at; it is one call, and the most that Piggy gives in one.
VOUCHERS_READ = 500
CODES_SHOWN = 12
# How a double opt-in is called; whoever has gone through it has shown that the address is theirs.
DOUBLE_OPT_IN, SUBSCRIBED = "DOUBLE_OPT_IN", "SUBSCRIBED"


class Candidate(ContactSnapshot):
    """One of the contacts, with all that a merge is about."""

    # Of writable attributes by name, as Piggy has them and as people read them.
    values: dict[str, Any] = {}
    shown: dict[str, str] = {}
    # Of the newest `VOUCHERS_READ` at most: how many of each status, and codes that can be used.
    vouchers_by_status: dict[str, int] = {}
    codes: tuple[str, ...] = ()

    @property
    def uuid(self) -> str:
        """Its UUID."""
        return self.contact.uuid or ""

    @property
    def name(self) -> str:
        """What to call it: its name, its address, its card, or its UUID."""
        return self.contact.name or self.word

    @property
    def word(self) -> str:
        """What a person types who means this one: its address, its card, or its UUID."""
        return self.contact.own_email or next(iter(self.cards), self.uuid)

    @property
    def cards(self) -> list[str]:
        """What its identifiers say."""
        return [each.value for each in self.identifiers if each.value]

    @property
    def has_confirmed_address(self) -> bool:
        """Whether it has shown by a double opt-in that its address is its own."""
        return any(
            each.status == SUBSCRIBED
            and each.subscription_type is not None
            and each.subscription_type.strategy == DOUBLE_OPT_IN
            for each in self.contact.subscriptions
        )

    @property
    def subscriptions(self) -> list[str]:
        """The kinds of messages that it gets."""
        return [
            each.subscription_type.name or ""
            for each in self.contact.subscriptions
            if each.is_subscribed and each.subscription_type
        ]


class Candidates(NamedTuple):
    """Contacts as they were read; None for one that is not there. `labels` name attributes."""

    found: list[Candidate | None]
    labels: dict[str, str]


def read_candidates(piggy: PiggyClient, uuids: Sequence[str]) -> Candidates:
    """Read contacts by their UUIDs, everything of all of them at the same time.

    Raises:
        PiggyError: as the services do.
    """
    calls: list[Callable[[], Any]] = [partial(values.writable_attributes, piggy)]
    for uuid in uuids:
        calls += (
            partial(_or_none, partial(services.get_full_contact, piggy, contact_uuid=uuid)),
            partial(_or_none, partial(services.list_contact_identifiers, piggy, contact_uuid=uuid)),
            partial(
                _or_none, partial(list_vouchers, piggy, contact_uuid=uuid, limit=VOUCHERS_READ)
            ),
        )
    attributes, *answers = gather(*calls)
    threes = zip(answers[::3], answers[1::3], answers[2::3], strict=True)
    found = [None if None in three else _candidate(attributes, *three) for three in threes]
    return Candidates(found, {each.name or "": values.label_of(each) for each in attributes})


def _or_none(call: Callable[[], Any]) -> Any:
    """Call; None where Piggy says that there is no such contact, and nothing else will do."""
    try:
        return call()
    except NotFound as error:
        if error.code != ErrorCode.CONTACT_NOT_FOUND:
            raise
        return None


def _candidate(
    attributes: list[ContactAttribute],
    contact: FullContact,
    identifiers: list[ContactIdentifier],
    vouchers: Page[Voucher],
) -> Candidate:
    known = contact.values_of(attributes)
    by_name = {each.name: each for each in attributes}
    usable = [each.code for each in vouchers.items if each.status == "ACTIVE" and each.code]
    return Candidate(
        contact=contact,
        identifiers=identifiers,
        vouchers=len(vouchers.items) if vouchers.total is None else vouchers.total,
        values=known,
        shown={name: values.displayed(by_name[name], value) for name, value in known.items()},
        vouchers_by_status=Counter(each.status or "" for each in vouchers.items),
        codes=tuple(usable[:CODES_SHOWN]),
    )
