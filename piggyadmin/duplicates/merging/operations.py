"""What operations over merges have in common, whose steps stand in entries of their own."""

from piggyadmin.actions.entities import ENTITIES
from piggyadmin.duplicates.merging.actions.merge_duplicates import MergeDuplicates
from piggyadmin.ledger.operations import (
    BackgroundOperation,
    Effect,
    PreviewModel,
    Result,
    Words,
)


class MergingOperation(BackgroundOperation[Result, PreviewModel]):
    """Begins merges, or takes one back: whoever may merge may have that done."""

    entity = "contacts"
    effect = Effect.IRREVERSIBLE

    @property
    def codename(self) -> str:
        """The permission of merging."""
        return MergeDuplicates().codename

    @property
    def entity_label(self) -> Words:
        """What the menu calls it."""
        return ENTITIES[self.entity].label
