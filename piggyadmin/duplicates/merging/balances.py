"""The books of a merge run: what its contacts had before, and what the survivor has now.

All of it comes from the entries of its steps, which were verified at Piggy one after another. No
personal data: figures and UUIDs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from piggyadmin.duplicates.models import MergeRun
from piggyadmin.ledger.models import Entry


class Figures(NamedTuple):
    """What a contact had at one moment: credits, cents, and how many of the rest."""

    uuid: str
    credits: int
    prepaid_cents: int
    identifiers: int
    vouchers: int | None


class Step(NamedTuple):
    """One merge: both before it, and the survivor after it, as far as that is known."""

    source: Figures
    survivor: Figures
    after: Figures | None


class Balances(NamedTuple):
    """The whole: the survivor before and after, and the sources that went into it."""

    before: Figures | None
    sources: Sequence[Figures]
    after: Figures | None

    @property
    def credits_reunited(self) -> int:
        """The credits that were elsewhere, and are with the survivor now."""
        return sum(source.credits for source in self.sources)

    @property
    def prepaid_reunited(self) -> int:
        """The cents that were elsewhere, and are with the survivor now."""
        return sum(source.prepaid_cents for source in self.sources)

    @property
    def expected(self) -> Figures | None:
        """What the survivor should have: what all of them had."""
        if self.before is None:
            return None
        everyone = (self.before, *self.sources)
        return Figures(
            uuid=self.before.uuid,
            credits=sum(each.credits for each in everyone),
            prepaid_cents=sum(each.prepaid_cents for each in everyone),
            identifiers=sum(each.identifiers for each in everyone),
            vouchers=sum(each.vouchers or 0 for each in everyone),
        )

    @property
    def agrees(self) -> bool:
        """Whether the survivor has what all had before."""
        return self.after is not None and self.after == self.expected

    def report(self) -> dict[str, Any]:
        """Write it down, for figures over many runs."""
        return {
            "before": self.before and self.before._asdict(),
            "sources": [source._asdict() for source in self.sources],
            "after": self.after and self.after._asdict(),
            "credits_reunited": self.credits_reunited,
            "prepaid_reunited": self.prepaid_reunited,
        }


def balances_of(run: MergeRun) -> Balances:
    """Draw up the books of a run, of the merges that are done."""
    done = [step for step in run.steps.all() if step.source and step.is_done]
    keys = [step.submission_key for step in done]
    entries = Entry.objects.filter(submission_key__in=keys).prefetch_related("events")
    by_key = {entry.submission_key: entry for entry in entries}
    steps = [_step(by_key[key]) for key in keys]
    return Balances(
        before=steps[0].survivor if steps else None,
        sources=[step.source for step in steps],
        after=steps[-1].after if steps else None,
    )


def _step(entry: Entry) -> Step:
    preview, followed = entry.preview or {}, entry.follow_up
    after = followed.detail["after"] if followed else None
    return Step(
        source=_figures(preview["source"]),
        survivor=_figures(preview["destination"]),
        after=_figures(after) if after else None,
    )


def _figures(bare: dict[str, Any]) -> Figures:
    """Read what the ledger keeps of a snapshot."""
    contact = bare["contact"]
    return Figures(
        uuid=contact["uuid"],
        credits=contact["credits"] or 0,
        prepaid_cents=contact["prepaid_cents"] or 0,
        identifiers=len(bare["identifiers"]),
        vouchers=bare["vouchers"],
    )
