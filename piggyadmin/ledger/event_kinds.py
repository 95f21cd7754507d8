"""What each kind of event of the ledger holds, what of it is personal, and how that is forgotten.

Events are never changed. So whatever of a customer has to be removable stands in snapshots, and an
event has its seal alone. `hash_chain.link` takes no event of a kind that is not declared here, and
tests take none that holds more than is declared.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

from piggyadmin.ledger.models import (
    ACKNOWLEDGED,
    FLAGGED,
    FORGOTTEN,
    LOOKED,
    RESUMED,
    VERIFIED,
    EntryState,
)


class PersonalContent(Enum):
    """What a part of an event says of somebody, and how that is forgotten."""

    NOTHING = "Figures, moments, keys and the console's own words: they name nobody."
    # In clear is what it was taken from: `Snapshot`, sealed in the database.
    SEAL = (
        "The seal of a snapshot. The snapshot is removed after LEDGER_SNAPSHOT_DAYS, or when its "
        "customer is erased; the seal says nothing without the salt, which goes with it."
    )
    PARTED = (
        "A preview or an answer of Piggy without what is personal: that stands in snapshots, and "
        "is forgotten with them."
    )
    CUSTOMER = (
        "The UUID of a customer. It stays, as the chain could not prove without it to whom "
        "something happened; once Piggy and the snapshots have forgotten them it names nobody."
    )
    COLLEAGUE = (
        "Who works here, by number and name. It stays as long as the ledger: that one can answer "
        "for what was done is what it is kept for."
    )
    WORDS = (
        "Words of somebody who works here, on why they decided so. They stay as long as the "
        "ledger, as whoever decides answers for it."
    )
    PIGGY = "Words of Piggy on why it refused; addresses are taken out before they are kept."


_BY = {
    "by": PersonalContent.COLLEAGUE,
    "person": PersonalContent.COLLEAGUE,
    "person_name": PersonalContent.COLLEAGUE,
}
_SNAPSHOTS = {"snapshots": PersonalContent.SEAL}
_REFUSED = {
    **dict.fromkeys(("error", "code", "status", "words"), PersonalContent.NOTHING),
    **dict.fromkeys(("message", "piggy_message", "field_errors"), PersonalContent.PIGGY),
}
_FOUND = {
    **_BY,
    **dict.fromkeys(("words", "verdict", "evidence"), PersonalContent.NOTHING),
    "why": PersonalContent.WORDS,
    "result": PersonalContent.PARTED,
}
_SURPRISE = {"words": PersonalContent.NOTHING, "after": PersonalContent.PARTED}
_DECIDED = {
    "person": PersonalContent.COLLEAGUE,
    "person_name": PersonalContent.COLLEAGUE,
    "comment": PersonalContent.WORDS,
}

# Any event of an entry may bring snapshots in.
_BY_ENTRY_KIND: Mapping[str, Mapping[str, PersonalContent]] = {
    EntryState.INTENDED: {
        **dict.fromkeys(("entry", "part_of", "fingerprint", "asked_at"), PersonalContent.NOTHING),
        "approval": PersonalContent.COLLEAGUE,
    },
    EntryState.SENT: {"reference": PersonalContent.NOTHING},
    EntryState.DONE: {"result": PersonalContent.PARTED},
    EntryState.REJECTED: {**_REFUSED, **_BY, "note": PersonalContent.WORDS},
    EntryState.UNKNOWN: {**_REFUSED, **_BY},
    EntryState.SETTLED_DONE: _FOUND,
    EntryState.SETTLED_NOT_DONE: {**_REFUSED, **_FOUND},
    LOOKED: _FOUND,
    VERIFIED: _SURPRISE,
    FLAGGED: _SURPRISE,
    ACKNOWLEDGED: _DECIDED,
    RESUMED: _DECIDED,
    FORGOTTEN: {
        "contact_uuid": PersonalContent.CUSTOMER,
        "seals": PersonalContent.SEAL,
        "taken_before": PersonalContent.NOTHING,
    },
}

OF_ENTRIES = {kind: {**_SNAPSHOTS, **holds} for kind, holds in _BY_ENTRY_KIND.items()}

# Of what happens to people, all events hold whom, by whom, and where.
OF_ALL_PEOPLE: Mapping[str, PersonalContent] = {
    **_BY,
    "by_name": PersonalContent.COLLEAGUE,
    "where": PersonalContent.NOTHING,
}

_declared: dict[str, Mapping[str, PersonalContent]] = dict(OF_ENTRIES)
declared: Mapping[str, Mapping[str, PersonalContent]] = MappingProxyType(_declared)


class Undeclared(LookupError):  # noqa: N818
    """Nobody has said what of a kind of event is personal."""


def declare(kinds: Mapping[str, Mapping[str, PersonalContent]]) -> None:
    """Say what kinds of events hold beside what all of theirs do."""
    _declared.update({kind: {**OF_ALL_PEOPLE, **holds} for kind, holds in kinds.items()})


def insist_on_declared(kind: str) -> None:
    """Take no event of a kind of which nobody has said what it holds.

    Raises:
        Undeclared: it is one.
    """
    if kind not in _declared:
        raise Undeclared(f"Declare in event_kinds.py what “{kind}” holds of people.")


def undeclared(kind: str, detail: Mapping[str, Any]) -> set[str]:
    """Name the parts of an event that its kind does not declare."""
    return set(detail) - set(_declared[kind])
