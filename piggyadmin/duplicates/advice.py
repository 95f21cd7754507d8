"""What has to be known before two contacts become one, wherever somebody merges them."""

from piggyadmin.actions.base import Stored
from piggyadmin.duplicates.notices import Level, Notice
from piggyadmin.duplicates.plan import make_plan
from piggyadmin.duplicates.sides import read_sides
from piggyadmin.duplicates.survivor import propose
from piggyadmin.piggy.client import PiggyClient


class Advice(Stored):
    """The same that the page says on which both stand side by side; nothing of it is personal.

    Where it is not the one that was chosen, `reasons` say why the other one should survive;
    `differing` names the fields of which Piggy decides whose value stays.
    """

    is_proposed: bool
    reasons: tuple[str, ...]
    notices: tuple[Notice, ...]
    differing: tuple[str, ...]

    @property
    def warnings(self) -> list[Notice]:
        """What is in the way, and what needs an explicit yes."""
        return [notice for notice in self.notices if notice.level is not Level.TELL]

    @property
    def hints(self) -> list[Notice]:
        """What is good to know."""
        return [notice for notice in self.notices if notice.level is Level.TELL]

    @property
    def codes(self) -> list[str]:
        """What names each warning."""
        return [notice.code for notice in self.warnings]


def advise(piggy: PiggyClient, source_uuid: str, survivor_uuid: str) -> Advice | None:
    """Read both, and say what there is to say; None where one of them has just gone.

    Raises:
        PiggyError: as the services do.
    """
    survivor, source = (sides := read_sides(piggy, [survivor_uuid, source_uuid])).found
    if survivor is None or source is None:
        return None
    proposal = propose([survivor, source])
    plan = make_plan(proposal, survivor=survivor, sources=[source], chosen={}, labels=sides.labels)
    return Advice(
        is_proposed=plan.is_proposed,
        reasons=plan.reasons,
        notices=plan.notices,
        differing=tuple(row.label for row in plan.rows if row.is_conflict),
    )
