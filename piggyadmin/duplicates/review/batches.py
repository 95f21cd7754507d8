"""Many pairs decided at once: chosen ones, or all that a filter leaves; and what is kept of it.

Each pair is named with a mark of the data that were shown, and is left as it is where they are
others by now. What is decided stands in the ledger as one entry before anything is kept; each
decision has the key of that entry, so that whoever keeps it again keeps nothing twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import REVIEW_DUPLICATES, RUN_IN_BULK
from piggyadmin.bulk_insert import batches
from piggyadmin.duplicates.models import Decision, DecisionKind, Pair, PairStatus
from piggyadmin.duplicates.review import clustering, decisions, queue
from piggyadmin.duplicates.review.evidence import evidence_of
from piggyadmin.ledger import following
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Progress
from piggyadmin.ui.converters import LAST_NUMBER
from piggyadmin.ui.templatetags.ui import number

# More at once, nobody has thought about.
MOST_PAIRS = 1000
# So many are decided at a time, so that nobody waits long for the database.
CHUNK = 100
# Who decides on many needs both.
PERMISSIONS = (REVIEW_DUPLICATES, RUN_IN_BULK)
_STATUS = {DecisionKind.DISMISS: PairStatus.DISMISSED, DecisionKind.LATER: PairStatus.LATER}
# Between the number of a pair and the mark of its data.
_BETWEEN = "."
LONGEST_NUMBER = 19  # figures


# --- What is chosen --------------------------------------------------------------------------


class LeftPair(NamedTuple):
    """A pair that is left as it is, and why."""

    pair: Pair
    words: str


@dataclass(frozen=True)
class ChosenPairs:
    """The pairs that would be decided on, and those that are left as they are."""

    pairs: Sequence[Pair]
    left: Sequence[LeftPair] = ()
    # Of those that were chosen, so many are no pairs any more.
    gone: int = 0
    # Whether the filter leaves more than can be decided on at once.
    has_more: bool = False

    @property
    def text(self) -> str:
        """Name the pairs, each with a mark of the data that were shown."""
        return " ".join(token(pair) for pair in self.pairs)

    @property
    def reasons(self) -> Sequence[tuple[str, int]]:
        """Say why pairs are left as they are, and how many for that."""
        return Counter(each.words for each in self.left).most_common()

    @property
    def likely(self) -> int:
        """How many are more likely one person than not, by the search."""
        return sum(pair.probability >= LIKELY for pair in self.pairs)


# From so sure on, dismissing many at once deserves a second look.
LIKELY = 0.95


def token(pair: Pair) -> str:
    """Name a pair, with a mark of its data."""
    return f"{pair.pk}{_BETWEEN}{pair.mark}"


def selected(text: str, person: User) -> ChosenPairs:
    """Find the pairs that were chosen, as they were shown to somebody."""
    seen = dict(islice(tokens(text), MOST_PAIRS))
    stored = {
        pair.pk: pair for pks in batches(list(seen)) for pair in Pair.objects.filter(pk__in=pks)
    }
    pairs = [stored[pk] for pk in seen if pk in stored]
    return _parted(pairs, person, seen, gone=len(seen) - len(pairs))


def tokens(text: str) -> Iterator[tuple[int, str]]:
    """Read what names pairs: their numbers and marks; nonsense is passed over."""
    for each in text.split():
        pk, _dot, mark = each.partition(_BETWEEN)
        is_number = len(pk) <= LONGEST_NUMBER and pk.isascii() and pk.isdecimal()
        if is_number and int(pk) <= LAST_NUMBER:
            yield int(pk), mark


def selected_by(rows: Any, person: User) -> ChosenPairs:
    """Take all pairs that a filter leaves, in its order."""
    pairs = list(rows[: MOST_PAIRS + 1])
    return _parted(pairs[:MOST_PAIRS], person, {}, has_more=len(pairs) > MOST_PAIRS)


def _parted(
    pairs: Sequence[Pair], person: User, seen: Mapping[int, str], **about: Any
) -> ChosenPairs:
    """Part what can be decided on from what is left as it is."""
    busy: set[str] = set()
    for some in batches(pairs):
        busy |= queue.busy_among(uuid for pair in some for uuid in (pair.first, pair.second))
    can_be: list[Pair] = []
    left: list[LeftPair] = []
    for pair in pairs:
        words = _why_left(pair, person, seen.get(pair.pk, ""), busy)
        if words:
            left.append(LeftPair(pair, words))
        else:
            can_be.append(pair)
    return ChosenPairs(can_be, left, **about)


def _why_left(pair: Pair, person: User, mark: str, busy: set[str]) -> str:
    """Say why a pair is left as it is; nothing where it is not."""
    if pair.status not in Pair.UNDECIDED:
        return gettext("Decided already: %(status)s") % {"status": pair.get_status_display()}
    if mark and mark != pair.mark:
        return gettext("Their data changed since they were shown")
    if name := pair.holder_beside(person.pk):
        return gettext("%(name)s is looking at it now") % {"name": name}
    if not busy.isdisjoint((pair.first, pair.second)):
        return gettext("Something else is under way with one of the two")
    return ""


# --- Keeping what was decided ------------------------------------------------------------------


def still_standing(key: UUID) -> list[Decision]:
    """List what of many decisions is still the last word, and can be taken back."""
    made = Decision.objects.filter(batch=key, kind__in=_STATUS)
    return list(made.filter(pk__in=decisions.latest_per_pair().values("pk")).order_by("pk"))


def keep(entry: Entry) -> Progress:
    """Keep each decision that an entry asks for, once; gives what came of it."""
    rows = [row.split(" ") for row in entry.data["pairs"]]
    person = following.answers_for(entry)
    for at in range(0, len(rows), CHUNK):
        _keep_some(entry, rows[at : at + CHUNK], person)
    kept = Decision.objects.filter(batch=entry.submission_key)
    if entry.data["decision"] != DecisionKind.LATER:
        contacts = {uuid for each in kept.values_list("first", "second") for uuid in each}
        clustering.regroup(contacts)
    return Progress(finished=True, words=_words(kept.count(), len(rows)))


def _words(kept: int, asked: int) -> str:
    words = ngettext("%(kept)s pair was decided on.", "%(kept)s pairs were decided on.", kept)
    words %= {"kept": number(kept)}
    if kept == asked:
        return words
    left = asked - kept
    rest = ngettext(
        "%(left)s was left as it is: somebody was faster, or its data changed.",
        "%(left)s were left as they are: somebody was faster, or their data changed.",
        left,
    )
    return f"{words} {rest % {'left': number(left)}}"


def _keep_some(entry: Entry, rows: Sequence[Sequence[str]], person: User) -> None:
    with transaction.atomic():
        pairs = _to_keep(entry, rows, person)
        Pair.objects.filter(pk__in=[pair.pk for pair in pairs]).update(**_changes(entry))
        made = [
            decisions.made_of(
                pair,
                DecisionKind(entry.data["decision"]),
                person,
                comment=entry.comment,
                evidence=evidence,
                batch=entry.submission_key,
            )
            for pair, evidence in zip(pairs, evidence_of(pairs), strict=True)
        ]
        Decision.objects.bulk_create(made)


def _to_keep(entry: Entry, rows: Sequence[Sequence[str]], person: User) -> list[Pair]:
    """Lock pairs until this is over, and give those that are as somebody decided on them."""
    marks = {(first, second): "".join(mark) for first, second, *mark in rows}
    found = Pair.objects.named(marks.keys()).order_by("pk")
    pairs = [pair for pair in found.select_for_update() if pair.contacts in marks]
    if entry.data["decision"] == DecisionKind.REOPEN:
        standing = {each.contacts for each in still_standing(UUID(entry.data["of"]))}
        put_back = set(_STATUS.values())
        return [pair for pair in pairs if pair.status in put_back and pair.contacts in standing]
    made = Decision.objects.filter(batch=entry.submission_key)
    kept = set(made.values_list("first", "second"))
    return [
        pair
        for pair in pairs
        if pair.status in Pair.UNDECIDED
        and pair.mark == marks[pair.contacts]
        and pair.contacts not in kept
        and not pair.holder_beside(person.pk)
    ]


def _changes(entry: Entry) -> dict[str, Any]:
    """Give what becomes of the pairs."""
    status = _STATUS.get(DecisionKind(entry.data["decision"]), PairStatus.OPEN)
    until = parse_datetime(entry.data.get("until", ""))
    return {"status": status, "put_off_until": until, **queue.NOT_HELD}
