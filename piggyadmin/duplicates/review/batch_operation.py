"""Many pairs decided at once, in the ledger: one entry, with the pairs, the reason and who it was.

Nothing is sent for it. What it decides is kept in the console, by whoever finds its entry first:
the page on which it was asked for, or a worker where that died.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from piggyadmin.accounts.permissions import REVIEW_DUPLICATES
from piggyadmin.actions.entities import ENTITIES
from piggyadmin.duplicates.models import DecisionKind
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import (
    BackgroundOperation,
    Data,
    Effect,
    Preview,
    Progress,
    Stored,
    Words,
    add_operation,
)
from piggyadmin.ledger.sentences import Matter, Pattern, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.templatetags.ui import number

_TOLD: Mapping[str, tuple[Pattern, Pattern]] = {
    DecisionKind.DISMISS: (
        _("%(who)s took the customers of %(pairs)s for two people each"),
        _("take the customers of %(pairs)s for two people each"),
    ),
    DecisionKind.LATER: (
        _("%(who)s put off %(pairs)s of possible duplicates"),
        _("put off %(pairs)s of possible duplicates"),
    ),
    DecisionKind.REOPEN: (
        _("%(who)s opened %(pairs)s of possible duplicates again"),
        _("open %(pairs)s of possible duplicates again"),
    ),
}


class PairsToDecide(Preview):
    """On how many pairs somebody decides."""

    pairs: int


class BatchBegun(Stored):
    """It is being kept."""

    pairs: int


class DecideOnPairs(BackgroundOperation[BatchBegun, PairsToDecide]):
    """Dismiss many pairs, put them off, or open them again."""

    slug = "decide-on-pairs"
    entity = "contacts"
    label = _("Decide on many pairs")
    effect = Effect.WRITE
    result_type = BatchBegun
    labels = {
        "decision": _("Decision"),
        "pairs": _("Pair"),
        "until": pgettext_lazy("put off", "Until"),
        "of": _("Takes back"),
    }

    @property
    def codename(self) -> str:
        """The permission of reviewing."""
        return REVIEW_DUPLICATES.removeprefix("actions.")

    @property
    def entity_label(self) -> Words:
        """What the menu calls it."""
        return ENTITIES[self.entity].label

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many, and what was decided."""
        count = len(matter.asked("pairs") or ())
        words = ngettext("%(number)s pair", "%(number)s pairs", count)
        done, wanted = _TOLD[matter.asked("decision") or DecisionKind.DISMISS]
        return Sentence(done, wanted, {"pairs": words % {"number": number(count)}})

    def perform(self, piggy: PiggyClient, data: Data) -> BatchBegun:  # noqa: ARG002
        """Let it be: what it decides is kept once this is."""
        return BatchBegun(pairs=len(data["pairs"]))

    def page_of(self, entry: Entry) -> str:
        """Lead to the pairs, with what became of each since."""
        return reverse("duplicates:batch", args=[entry.submission_key])

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:  # noqa: ARG002
        """Keep what nobody has kept yet."""
        from piggyadmin.duplicates.review import batches  # noqa: PLC0415  (it asks for this)

        return batches.keep(entry)

    def deduplication_data(self, data: Data) -> Any:
        """Which pairs they are."""
        return [data["decision"], data["pairs"]]


DECIDE_ON_PAIRS = DecideOnPairs()
# Without the pages of duplicates there is nothing to decide on.
if settings.DUPLICATES:  # pragma: no branch  (tests have them)
    add_operation(DECIDE_ON_PAIRS)
