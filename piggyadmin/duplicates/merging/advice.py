"""What has to be known before two contacts become one, wherever somebody merges them."""

from piggyadmin.duplicates.merging.candidates import read_candidates
from piggyadmin.duplicates.merging.checks import Check, Checks, Level, nothing_in_common
from piggyadmin.duplicates.merging.plan import make_plan
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.ledger.operations import Stored
from piggyadmin.piggy.client import PiggyClient


class Advice(Stored):
    """The same that the page says on which both stand side by side; nothing of it is personal.

    Where it is not the one that was chosen, `reasons` say why the other one should survive;
    `differing` names the fields of which Piggy decides whose value stays.
    """

    is_proposed: bool
    reasons: tuple[str, ...]
    checks: Checks
    differing: tuple[str, ...]

    @property
    def warnings(self) -> list[Check]:
        """What is in the way, and what needs a yes."""
        return [check for check in self.checks if check.level is not Level.TELL]

    @property
    def hints(self) -> list[Check]:
        """What is good to know."""
        return [check for check in self.checks if check.level is Level.TELL]

    @property
    def codes(self) -> list[str]:
        """What names each warning that needs a yes; what is in the way is refused anyway."""
        return [check.code for check in self.checks if check.level is Level.ASK]


def advise(piggy: PiggyClient, source_uuid: str, survivor_uuid: str) -> Advice | None:
    """Read both, and say what there is to say; None where one of them has just gone.

    Raises:
        PiggyError: as the services do.
    """
    survivor, source = (candidates := read_candidates(piggy, [survivor_uuid, source_uuid])).found
    if survivor is None or source is None:
        return None
    proposal = propose([survivor, source])
    plan = make_plan(
        proposal, survivor=survivor, sources=[source], chosen={}, labels=candidates.labels
    )
    return Advice(
        is_proposed=plan.is_proposed,
        reasons=plan.reasons,
        checks=_with_doubt(plan.checks, nothing_in_common(survivor, source)),
        differing=tuple(row.label for row in plan.rows if row.is_conflict),
    )


def _with_doubt(checks: Checks, doubt: Check | None) -> Checks:
    """Add a doubt before what is only told, unless more speaks against than for it already."""
    if doubt is None or any(check.kind == "differences" for check in checks):
        return checks
    told = [check for check in checks if check.level is Level.TELL]
    graver = [check for check in checks if check.level is not Level.TELL]
    return (*graver, doubt, *told)
