"""Merges as a person asks for them and as a worker carries them, for tests."""

import time
from typing import Any
from uuid import uuid4

from django.db.models.functions import Now

from piggyadmin.duplicates.models import MergeRun, Pair
from piggyadmin.sandbox import seed
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import UNFINISHED, Run
from tests.actions.test_views import hidden

MIRA, DUPLICATE, ANONYMOUS = seed.MIRA_UUID, seed.DUPLICATE_UUID, seed.ANONYMOUS_UUID
DUPLICATE_EMAIL = "m.jansen@example.test"
PAIR = f"/duplicates/pair/{MIRA}/{DUPLICATE}/"
PATIENCE_SECONDS = 120.0


def filled(response: Any, **more: str) -> dict[str, str]:
    """Give what a press of the button on a merge page sends; what differs is the survivor's."""
    form, plan = response.context["form"], response.context["preview"]
    return {
        "step": "confirm",
        "agreement": hidden(response, "agreement"),
        "submission_key": hidden(response, "submission_key"),
        "contact_uuids": str(form["contact_uuids"].value()),
        "survivor_contact_uuid": plan.survivor.uuid,
        "reason": "Double account",
        "confirmation": response.context["confirm_with"],
        **{f"keep_{name}": kept(plan, uuid) for name, uuid in plan.keep.items()},
        **more,
    }


def kept(plan: Any, uuid: str | None) -> str:
    """Give whose value is kept; what nobody has chosen yet is the survivor's."""
    return plan.survivor.uuid if uuid is None else uuid


def merge(client: Any, address: str = PAIR, **more: str) -> MergeRun:
    """Have contacts merged by a person who says yes to every warning; gives the run."""
    shown = client.get(address)
    agreed = {f"agreed_{each.code}": "yes" for each in shown.context["preview"].questions}
    response = client.post(address, filled(shown, **agreed, **more))
    assert response.status_code == 302, response.context["form"].errors
    return MergeRun.objects.get(submission_key=response["Location"].split("/")[-2])


def work_once() -> bool:
    """Do what a worker does next, without waiting until it is due; False with nothing to do."""
    Run.objects.filter(name="merge-run", state__in=UNFINISHED).update(due_at=Now())
    claimed = runs.claim(uuid4().hex)
    if claimed:
        runs.carry(claimed)
    return claimed is not None


def work(run: MergeRun, *, until: str = "") -> MergeRun:
    """Work until a run has ended, or has a status."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        work_once()
        run.refresh_from_db()
        if run.status == until or (not until and run.status != MergeRun.Status.RUNNING):
            return run
        time.sleep(0.02)
    raise AssertionError(f"{run.status}: {run.surprise}")


def make_pair(first: str, second: str, probability: float = 0.9, **more: Any) -> Pair:
    """Store a pair as the search would."""
    smaller, larger = sorted((first, second))
    return Pair.objects.create(first=smaller, second=larger, probability=probability, **more)
