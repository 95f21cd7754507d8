"""What a merge of duplicates would do: who goes into whom, and which value each field will have."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from piggyadmin.contacts.values import WORDS, is_same
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.checks import Check, Checks, Level, checks
from piggyadmin.duplicates.merging.facts import Fact, address_of, facts_of
from piggyadmin.duplicates.merging.proposed_values import usual_of
from piggyadmin.duplicates.merging.subscriptions import SubscriptionChoice, differing_subscriptions
from piggyadmin.duplicates.merging.survivor import Proposal
from piggyadmin.duplicates.merging.swapped_names import NAMES, right_way_round, swapped
from piggyadmin.duplicates.models import Pair
from piggyadmin.ledger.operations import Preview

# Instead of whose value is kept: none.
NOBODY = ""


class FieldValue(NamedTuple):
    """One contact's value of a field, and whether the survivor will have it."""

    uuid: str
    holder: str
    shown: str
    is_there: bool
    is_kept: bool
    is_survivors: bool

    @property
    def can_be_kept(self) -> bool:
        """Whether it can be chosen: a value, or that the survivor has none."""
        return self.is_there or self.is_survivors

    @property
    def choice(self) -> str:
        """What is sent when it is chosen."""
        return self.uuid if self.is_there else NOBODY


class PlannedField(NamedTuple):
    """One field of the resulting contact: what each has, and what comes of it, in words."""

    name: str
    label: str
    options: tuple[FieldValue, ...]
    is_conflict: bool
    # Whether a person can choose: they differ, or the survivor has none.
    is_choice: bool
    words: str

    @property
    def is_undecided(self) -> bool:
        """Whether somebody has to choose first."""
        return not any(option.is_kept for option in self.options)


class MergePlan(Preview):
    """Sources in the order in which they go into the survivor, and whose values are kept."""

    survivor: Candidate
    sources: tuple[Candidate, ...]
    # By attribute: the UUID of the contact whose value the survivor will have, or nobody's; None
    # as long as nobody has chosen between what differs.
    keep: dict[str, str | None]
    labels: dict[str, str]
    # First and last names stand in each other's field somewhere.
    is_swapped: bool = False
    subscriptions: tuple[SubscriptionChoice, ...] = ()
    checks: Checks
    proposed: str
    reasons: tuple[str, ...]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All of them, the survivor first."""
        return (self.survivor, *self.sources)

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        count = len(self.candidates)
        words = ngettext("Merge %(count)s customer", "Merge %(count)s customers", count)
        return words % {"count": count}

    @property
    def address(self) -> Fact:
        """Whose address is whose."""
        return address_of(self.candidates)

    @property
    def facts(self) -> list[Fact]:
        """What they have besides their values."""
        return facts_of(self.candidates)

    @property
    def is_proposed(self) -> bool:
        """Whether the one survives who was proposed."""
        return self.proposed == self.survivor.uuid

    @property
    def claims(self) -> list[Candidate]:
        """The anonymous sources that would better be claimed."""
        about = {check.about for check in self.checks if check.kind == "claim"}
        return [source for source in self.sources if source.uuid in about]

    @property
    def warnings(self) -> list[Check]:
        """What is in the way, and what needs an explicit yes."""
        return [*self.stops, *self.questions]

    @property
    def questions(self) -> list[Check]:
        """What needs an explicit yes."""
        return [check for check in self.checks if check.level is Level.ASK]

    @property
    def hints(self) -> list[Check]:
        """What is good to know."""
        return [check for check in self.checks if check.level is Level.TELL]

    @property
    def stops(self) -> list[Check]:
        """What is in the way."""
        return [check for check in self.checks if check.level is Level.STOP]

    @property
    def undecided(self) -> list[PlannedField]:
        """What differs, and nobody has chosen yet."""
        return [row for row in self.rows if row.is_undecided]

    @property
    def kept_values(self) -> dict[str, Any]:
        """What the survivor will have of each attribute, as Piggy has it; empty ones left out."""
        values = {candidate.uuid: candidate.values for candidate in self.candidates}
        kept = {name: values.get(uuid, {}).get(name) for name, uuid in self.keep.items() if uuid}
        return {name: value for name, value in kept.items() if value is not None}

    @property
    def rows(self) -> list[PlannedField]:
        """The resulting contact, field by field."""
        return [self._row(name) for name in self.keep]

    def _row(self, name: str) -> PlannedField:
        options = tuple(self._option(name, candidate) for candidate in self.candidates)
        label = str(WORDS.get(name) or self.labels.get(name) or name)
        is_conflict = _differ(
            [candidate.values[name] for candidate in self.candidates if name in candidate.values]
        )
        words = self._words(name, options, is_conflict=is_conflict)
        is_choice = is_conflict or not options[0].is_there
        return PlannedField(name, label, options, is_conflict, is_choice, words)

    def _option(self, name: str, candidate: Candidate) -> FieldValue:
        kept, is_survivors = self.keep[name], candidate is self.survivor
        is_kept = kept == candidate.uuid or (is_survivors and kept == NOBODY)
        shown = candidate.shown.get(name, "")
        return FieldValue(candidate.uuid, candidate.name, shown, bool(shown), is_kept, is_survivors)

    def _words(self, name: str, options: Sequence[FieldValue], *, is_conflict: bool) -> str:
        kept = next((option for option in options if option.is_kept), options[0])
        if is_conflict and self.is_swapped and name in NAMES:
            return gettext("First and last name are swapped: choose the right way round")
        if is_conflict:
            return gettext("They differ: choose")
        if not kept.is_there:
            return gettext("Left empty")
        if kept.is_survivors:
            others = [option for option in options if option.is_there]
            return gettext("Same") if len(others) > 1 else gettext("The survivor's")
        return gettext("From the other one")

    def decisive(self) -> dict[str, Any]:
        """Agree to who goes into whom and to what each of them has, not to what was chosen."""
        return {
            "survivor": self.survivor.uuid,
            "sources": [source.uuid for source in self.sources],
            "sides": [_decisive(candidate) for candidate in self.candidates],
            "notices": [check.code for check in self.checks],
            "subscriptions": [choice.agreed for choice in self.subscriptions],
        }


def _decisive(candidate: Candidate) -> list[Any]:
    identifiers = sorted(each.value or "" for each in candidate.identifiers)
    return [
        candidate.credits,
        candidate.prepaid_cents,
        identifiers,
        candidate.vouchers,
        candidate.values,
    ]


def _differ(values: Sequence[Any]) -> bool:
    return any(not is_same(value, values[0]) for value in values)


def make_plan(
    proposal: Proposal,
    *,
    survivor: Candidate,
    sources: Sequence[Candidate],
    chosen: Mapping[str, str],
    labels: Mapping[str, str],
    subscribed: Mapping[str, str] | None = None,
) -> MergePlan:
    """Plan a merge, with what a person has chosen to keep and, of the rest, what is usual."""
    ordered = in_safe_order(survivor, sources)
    candidates = (survivor, *ordered)
    contacts = [candidate.contact for candidate in candidates]
    return MergePlan(
        survivor=survivor,
        sources=tuple(ordered),
        keep=what_to_keep(candidates, chosen),
        is_swapped=any(swapped(candidates)),
        subscriptions=differing_subscriptions(contacts, subscribed or {}),
        labels=dict(labels),
        checks=checks(survivor, ordered),
        proposed=proposal.survivor.uuid,
        reasons=proposal.reasons,
    )


def what_to_keep(
    candidates: Sequence[Candidate], chosen: Mapping[str, str]
) -> dict[str, str | None]:
    """Say whose value is kept of each attribute; None where they differ and nobody has chosen.

    A person's choice goes before, as long as that contact has a value.
    """
    right = right_way_round(candidates)
    names = dict.fromkeys(chain(WORDS, *(candidate.values for candidate in candidates)))
    return {
        name: _whose(
            name, holders, candidates, chosen.get(name), right if name in NAMES else candidates
        )
        for name in names
        if (holders := [candidate for candidate in candidates if name in candidate.values])
    }


def _whose(
    name: str,
    holders: Sequence[Candidate],
    candidates: Sequence[Candidate],
    chosen: str | None,
    right: Sequence[Candidate] | None,
) -> str | None:
    """Choose whose value is kept; the survivor's own cannot be emptied."""
    if chosen == NOBODY and candidates[0] not in holders:
        return NOBODY
    if chosen in {candidate.uuid for candidate in holders}:
        return chosen
    if right is None:
        return None
    usual = usual_of(name, [candidate for candidate in holders if candidate in right] or holders)
    return usual.uuid if usual else None


def in_safe_order(survivor: Candidate, sources: Sequence[Candidate]) -> list[Candidate]:
    """Put the strongest links first: each is joined by whichever is the surest of the rest."""
    if len(sources) == 1:  # as on the page of a pair, which need not ask for links then
        return list(sources)
    rest = {source.uuid: source for source in sources}
    known = Pair.objects.between([survivor.uuid, *rest])
    links = {frozenset((pair.first, pair.second)): pair.probability for pair in known}
    joined, ordered = {survivor.uuid}, []
    while rest:
        strength = {
            uuid: max(links.get(frozenset((uuid, other)), 0.0) for other in joined) for uuid in rest
        }
        surest = max(rest, key=lambda uuid: strength[uuid])
        joined.add(surest)
        ordered.append(rest.pop(surest))
    return ordered
