"""Verifying the whole ledger in the background, for those who read it and have no command line."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.ledger.hash_chain import HEAD
from piggyadmin.ledger.head_seals import newest_seal, seal_faults
from piggyadmin.ledger.models import Head
from piggyadmin.ledger.verification import verify
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import start

NAME = "verify-ledger"
# So many findings are kept of those that there are: one is enough to begin looking.
MOST_FINDINGS = 100


def begin(by: User) -> Run:
    """Have the ledger verified, unless that is being done already."""
    return start(NAME, key="whole", payload={}, by=by)


def newest_run() -> Run | None:
    """Give the one that is under way, or else the last one; after a while it is forgotten."""
    return Run.objects.filter(name=NAME).order_by("-pk").first()


def carry(run: Run) -> None:
    """Verify it, and keep with the run what was found.

    Raises:
        Interrupted: the run has to stop here; it begins anew when it goes on.
    """
    found: dict[str, Any] = {"findings": [], "number": 0}
    for finding in (*verify(run.heartbeat), *seal_faults()):
        found["number"] += 1
        if len(found["findings"]) < MOST_FINDINGS:
            found["findings"].append(finding)
    seal = newest_seal()
    head = Head.objects.filter(pk=HEAD).first()
    found |= {"end": str(head or "0:"), "seals": seal.number if seal else 0}
    run.mine().update(payload=found)


class Verified(NamedTuple):
    """What a verification that has come to its end found."""

    at: datetime
    by: str
    seconds: float
    # How many events and entries were gone through.
    rows: int
    number: int
    findings: list[str]
    end: str
    seals: int


def result_of(run: Run) -> Verified | None:
    """Give what a run found; None where it has not come to its end."""
    if run.state != RunState.DONE or "number" not in run.payload:
        return None
    at = run.finished_at or timezone.now()
    began_at = run.started_at or at
    return Verified(
        at=at,
        by=run.asked_by_name,
        seconds=(at - began_at).total_seconds(),
        rows=run.progress,
        **run.payload,
    )
