"""What a contact has, read side by side: for decisions that cannot be taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.types import PersonRecord

# How other apps count what a contact holds there, by the field of the snapshot.
counters: dict[str, Callable[[PiggyClient, str], int | None]] = {}


class ContactSnapshot(PersonRecord):
    """A contact at one moment, with its identifiers and how many vouchers it holds."""

    contact: Contact
    identifiers: list[ContactIdentifier]
    vouchers: int | None = None

    @property
    def person_uuid(self) -> str:
        """The contact's UUID."""
        return self.contact.person_uuid

    def figures(self) -> dict[str, Any]:
        """Give its figures, and how many identifiers and vouchers there are."""
        return {
            "contact": self.contact.figures(),
            "identifiers": [{} for _ in self.identifiers],
            "vouchers": self.vouchers,
        }

    @property
    def credits(self) -> int:
        """Its balance, in credits."""
        return self.contact.credits or 0

    @property
    def prepaid_cents(self) -> int:
        """Its prepaid balance, in cents."""
        return self.contact.prepaid_cents or 0


def take_snapshot(piggy: PiggyClient, *, contact: Contact) -> ContactSnapshot:
    """Read what belongs to a contact that was just read itself.

    Raises:
        PiggyError: as the services do.
    """
    uuid = contact.uuid or ""
    calls: list[Callable[[], Any]] = [partial(count, piggy, uuid) for count in counters.values()]
    identifiers, *numbers = gather(
        partial(services.list_contact_identifiers, piggy, contact_uuid=uuid), *calls
    )
    counted = dict(zip(counters, numbers, strict=True))
    return ContactSnapshot(contact=contact, identifiers=identifiers, **counted)
