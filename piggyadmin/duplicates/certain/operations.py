"""A run of certain pairs in the ledger: who asked for it, why, and who approved.

It sends nothing itself. Each merge is an entry of `merge-duplicates`, a step of this one.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from piggyadmin.duplicates.certain.rules import find_rule
from piggyadmin.duplicates.merging.operations import MergingOperation
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import (
    Data,
    Preview,
    Progress,
    Stored,
    add_operation,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.templatetags.ui import number

if TYPE_CHECKING:
    from piggyadmin.duplicates.models import CertainRun


class PairsToMerge(Preview):
    """What a run would do: so many pairs, and a digest of which they are and what comes of them."""

    pairs: int
    digest: str


class CertainRunBegun(Stored):
    """A run that was begun."""

    pairs: int


class MergeCertainPairs(MergingOperation[CertainRunBegun, PairsToMerge]):
    """Merge many certain pairs, one after another."""

    slug = "merge-certain-pairs"
    label = _("Merge certain pairs")
    result_type = CertainRunBegun
    labels = {
        "run": _("Run of certain pairs"),
        "rule": _("Rule"),
        "pairs": _("Pairs"),
        "digest": _("Fingerprint of the list"),
    }

    def deduplication_data(self, data: Data) -> list[Any]:
        """Every run is another one."""
        return [data["run"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many."""
        count = matter.asked("pairs") or 0
        words = ngettext("%(number)s certain pair", "%(number)s certain pairs", count)
        parts = {"pairs": words % {"number": number(count)}}
        return Sentence(_("%(who)s merged %(pairs)s"), _("merge %(pairs)s"), parts)

    def perform(self, piggy: PiggyClient, data: Data) -> CertainRunBegun:  # noqa: ARG002
        """Let it begin: the pairs are merged once this is done."""
        return CertainRunBegun(pairs=data["pairs"])

    def page_of_request(self, data: Data) -> str:
        """Lead to the run, on whose page a second person decides."""
        return reverse("duplicates:certain-run", args=[data["run"]])

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:  # noqa: ARG002
        """Begin the run where nobody has yet, and see how far it is."""
        from piggyadmin.duplicates.certain import running  # noqa: PLC0415  (it carries this)

        return running.progress_of(running.begin(entry))


class DailyPreview(Preview):
    """What is merged by itself from then on."""

    most_per_day: int


class DailyMergesBegun(Stored):
    """It was approved."""

    most_per_day: int


class MergeCertainPairsDaily(MergingOperation[DailyMergesBegun, DailyPreview]):
    """Have certain pairs merged daily by themselves, for 30 days."""

    slug = "merge-certain-pairs-daily"
    # Its end is kept by who ends it (`daily.end`): 30 days are too long to be followed.
    is_watched = False
    label = _("Merge certain pairs daily")
    result_type = DailyMergesBegun
    labels = {
        "standing": _("Approval"),
        "rule": _("Rule"),
        "most_per_day": _("Most pairs a day"),
        "approver": _("Named to approve"),
    }

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many."""
        parts = {"most": number(matter.asked("most_per_day") or 0)}
        return Sentence(
            _("%(who)s had up to %(most)s certain pairs a day merged"),
            _("merge up to %(most)s certain pairs a day"),
            parts,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> DailyMergesBegun:  # noqa: ARG002
        """Let it begin: runs follow once this is done."""
        return DailyMergesBegun(most_per_day=data["most_per_day"])

    def page_of_request(self, data: Data) -> str:  # noqa: ARG002
        """Lead to the page on which the named person decides."""
        return reverse("duplicates:certain-daily")


MERGE_CERTAIN, MERGE_DAILY = MergeCertainPairs(), MergeCertainPairsDaily()
# Without the pages of duplicates there is nowhere to see how far a run is, or to take it up.
if settings.DUPLICATES:  # pragma: no branch  (tests have them)
    add_operation(MERGE_CERTAIN)
    add_operation(MERGE_DAILY)


def asked(run: "CertainRun", plan: PairsToMerge) -> dict[str, Any]:
    """Give what the ledger keeps of what was asked; which pairs they are stands in each merge."""
    rule = str(find_rule(run.rule).words)
    return {"run": run.pk, "rule": rule, "pairs": plan.pairs, "digest": plan.digest}
