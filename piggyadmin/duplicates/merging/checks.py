"""What stops a merge, what needs an explicit yes, and what should be known before: said in words.

No check holds personal data: whom it is about is told by UUID.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from pydantic import AliasChoices, Field

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.values import is_same
from piggyadmin.duplicates.matching.normalisation import may_be_one_number, phone_number
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.survivor import is_named
from piggyadmin.duplicates.models import DecisionKind, Pair, PairStatus
from piggyadmin.duplicates.review import decisions
from piggyadmin.duplicates.review.evidence import Point, evidence_of
from piggyadmin.ledger import conflicts
from piggyadmin.ledger.operations import Stored
from piggyadmin.ui.templatetags.ui import cents

# Words with which bookings are over; Piggy does not fix them.
OVER = ("cancel", "complet", "no show", "no-show")
# So many of these differ, and none is the same: that is not what one person looks like.
IDENTIFYING = ("firstname", "lastname", "birthdate", "phonenumber")
TOO_MANY_DIFFERENCES = 3


class Level(StrEnum):
    """How much something is in the way."""

    STOP = "stop"
    ASK = "ask"
    TELL = "tell"


class Check(Stored):
    """Something to be said before; `about` is the UUID of a contact, where it is about one."""

    kind: str
    level: Level
    words: str
    about: str = ""

    @property
    def code(self) -> str:
        """What names it: the same thing about another contact is something else."""
        return f"{self.kind}:{self.about}"


# Checks within what the ledger keeps; entries of earlier versions call them notices.
Checks = Annotated[tuple[Check, ...], Field(validation_alias=AliasChoices("checks", "notices"))]


def checks(survivor: Candidate, sources: Sequence[Candidate]) -> tuple[Check, ...]:
    """Say what there is to say before these sources go into the survivor, the gravest first."""
    found = [*_of_all(survivor, sources)]
    pairs = [pair_of(survivor.uuid, source.uuid) for source in sources]
    for source, points in zip(sources, evidence_of(pairs), strict=True):
        found += _of_one(survivor, source, points)
    order = list(Level)
    return tuple(sorted(found, key=lambda check: order.index(check.level)))


def pair_of(one: str, other: str) -> Pair:
    """Give the pair of two contacts, made up where none was found: then it is not stored."""
    first, second = sorted((one, other))
    stored = Pair.objects.filter(first=first, second=second).select_related("cluster").first()
    return stored or Pair(first=first, second=second)


# --- About all of them -----------------------------------------------------------------------


def _of_all(survivor: Candidate, sources: Sequence[Candidate]) -> Iterator[Check]:
    candidates = [survivor, *sources]
    yield from _under_way(candidates)
    yield from _dismissed(candidates)
    if not is_named(survivor) and any(is_named(source) for source in sources):
        words = gettext(
            "The customer that survives is anonymous: the real e-mail address of the other one "
            "would be lost. Let the other one survive."
        )
        yield Check(kind="anonymous-survivor", level=Level.ASK, words=words, about=survivor.uuid)
    yield from _prepaid(survivor, sources)
    words = gettext(
        "Piggy does not tell which gift cards a customer was sent. A gift card is used by its own "
        "code, and no balance of it is in these figures; ask the customer where it matters."
    )
    yield Check(kind="gift-cards", level=Level.TELL, words=words)
    words = gettext(
        "Piggy does not tell which bookings a customer has: only those that were made or changed "
        "from here are known."
    )
    yield Check(kind="unknown-bookings", level=Level.TELL, words=words)


def _under_way(candidates: Sequence[Candidate]) -> Iterator[Check]:
    if busy := conflicts.busy_with([candidate.uuid for candidate in candidates]):
        about = busy.contact_uuid
        words = conflicts.words_about(busy)
        yield Check(kind="under-way", level=Level.STOP, words=words, about=about)


def _dismissed(candidates: Sequence[Candidate]) -> Iterator[Check]:
    uuids = [candidate.uuid for candidate in candidates]
    for pair in Pair.objects.between(uuids).with_status(PairStatus.DISMISSED):
        last = decisions.about(pair).filter(kind=DecisionKind.DISMISS).first()
        words = gettext("%(person)s has decided that two of these are not one person.")
        words %= {"person": last.person_name if last else gettext("Somebody")}
        about = pair.second if pair.first == uuids[0] else pair.first
        yield Check(kind="dismissed", level=Level.ASK, words=words, about=about)


def _prepaid(survivor: Candidate, sources: Sequence[Candidate]) -> Iterator[Check]:
    if not any(source.prepaid_cents for source in sources):
        return
    amounts = [candidate.prepaid_cents for candidate in (survivor, *sources)]
    words = gettext(
        "Prepaid money goes along: %(amounts)s, together %(sum)s. Piggy does not promise it, so "
        "it is checked afterwards."
    )
    listed = " + ".join(cents(amount) for amount in amounts)
    params = {"amounts": listed, "sum": cents(sum(amounts))}
    yield Check(kind="prepaid", level=Level.TELL, words=words % params)


# --- About one source ------------------------------------------------------------------------


def _of_one(survivor: Candidate, source: Candidate, points: Sequence[Point]) -> Iterator[Check]:
    if not is_named(source) and is_named(survivor):
        words = gettext(
            "This customer is anonymous. Claiming it for the address of the one that survives is "
            "what Piggy has for that, and does the same."
        )
        yield Check(kind="claim", level=Level.ASK, words=words, about=source.uuid)
    yield from _bookings(source)
    yield from _differences(survivor, source, points)
    yield from _subscriptions(survivor, source)


def _bookings(source: Candidate) -> Iterator[Check]:
    seen = SeenBooking.objects.filter(contact_uuid=source.uuid)
    number = sum(_is_open(booking) for booking in seen)
    if number:
        words = ngettext(
            "This customer has %(number)s open booking that this console knows of. Piggy does not "
            "say what a merge does to bookings, and they cannot be moved.",
            "This customer has %(number)s open bookings that this console knows of. Piggy does not "
            "say what a merge does to bookings, and they cannot be moved.",
            number,
        )
        words %= {"number": number}
        yield Check(kind="booking", level=Level.ASK, words=words, about=source.uuid)


def _is_open(booking: SeenBooking) -> bool:
    """Tell whether a booking is still to come, or may be."""
    end = booking.ends_at or booking.starts_at
    is_over = any(word in booking.status.lower() for word in OVER)
    return not is_over and (end is None or end > timezone.now())


def _differences(
    survivor: Candidate, source: Candidate, points: Sequence[Point]
) -> Iterator[Check]:
    speaks_against = sum(point.bits for point in points) < 0
    if not (speaks_against or _differ_too_much(survivor, source)):
        return
    words = gettext(
        "More speaks against than for these two being one person. Merging two people cannot be "
        "undone: each would see and spend what is the other's."
    )
    yield Check(kind="differences", level=Level.ASK, words=words, about=source.uuid)


def nothing_in_common(survivor: Candidate, source: Candidate) -> Check | None:
    """Ask about two of whom nothing that is known speaks for one person; None where something does.

    Whoever types two customers may have taken a wrong one; pairs that were found need no such look.
    """
    (points,) = evidence_of([pair_of(survivor.uuid, source.uuid)])
    if any(point.bits > 0 for point in points) or any(_compared(survivor, source)):
        return None
    words = gettext(
        "Nothing that is known speaks for these two being one person: neither name, date of birth "
        "nor telephone is the same. Merging two people cannot be undone."
    )
    return Check(kind="nothing-in-common", level=Level.ASK, words=words, about=source.uuid)


def _differ_too_much(survivor: Candidate, source: Candidate) -> bool:
    same = _compared(survivor, source)
    return not any(same) and len(same) >= TOO_MANY_DIFFERENCES


def _compared(survivor: Candidate, source: Candidate) -> list[bool]:
    """Tell of each thing that both have, and that tells people apart, whether it is the same."""
    both = [name for name in IDENTIFYING if survivor.values.get(name) and source.values.get(name)]
    return [_alike(name, survivor.values[name], source.values[name]) for name in both]


def _alike(name: str, one: object, other: object) -> bool:
    if name == "phonenumber":
        first, second = (phone_number(str(each)) for each in (one, other))
        return may_be_one_number(first, second)
    return is_same(str(one).casefold(), str(other).casefold())


def _subscriptions(survivor: Candidate, source: Candidate) -> Iterator[Check]:
    lost = sorted(set(source.subscriptions) - set(survivor.subscriptions))
    if lost:
        words = gettext(
            "It gets messages that the one that survives does not get: %(names)s. What shall hold "
            "after the merge is chosen above, as far as it can be set from here."
        )
        words %= {"names": ", ".join(lost)}
        yield Check(kind="subscriptions", level=Level.TELL, words=words, about=source.uuid)
