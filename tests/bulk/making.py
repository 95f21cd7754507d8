"""Runs as people make them, and workers that carry them."""

import io
from typing import Any
from uuid import uuid4

from django.db.models.functions import Now

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.bulk import confirming, running
from piggyadmin.bulk.models import BulkRun
from piggyadmin.bulk.preparing import choose, keep_upload
from piggyadmin.sandbox import seed
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import UNFINISHED, Run

SHOP = "c0ffee00-0000-4000-8000-000000000101"
CREDITS = "create-credit-reception"


def uploaded(text: str, person: User, action: str = CREDITS, **chosen: Any) -> BulkRun:
    """Upload a list; what is `chosen` is so in all rows."""
    content = text.encode()
    name, done = "list.csv", get_action(action)
    run = keep_upload(io.BytesIO(content), size=len(content), name=name, action=done, person=person)
    choose(run, run.chosen | chosen)
    return run


def work(name: str, times: int = 50) -> None:
    """Do what a worker does, until nothing is left or so many times."""
    for _ in range(times):
        unfinished = Run.objects.filter(name=name, state__in=UNFINISHED)
        if not unfinished.update(due_at=Now(), lease_until=None, owner="", state="waiting"):
            return
        claimed = runs.claim(uuid4().hex, only=unfinished.latest("pk").pk)
        assert claimed
        runs.carry(claimed)


def checked(text: str, person: User, action: str = CREDITS, **chosen: Any) -> BulkRun:
    """Upload a list and have its rows checked."""
    run = uploaded(text, person, action, **chosen)
    running.start_check(run, by=person)
    work(running.CHECKER)
    run.refresh_from_db()
    return run


def confirmed(run: BulkRun, *, includes_repeats: bool = False) -> BulkRun:
    """Say yes to a run."""
    more = {"reason": "Goodwill", "comment": "", "includes_repeats": includes_repeats}
    confirming.confirm(run, person=run.person, **more)
    run.refresh_from_db()
    return run


def carried(run: BulkRun, times: int = 50) -> BulkRun:
    """Have a worker do the rows."""
    work(running.CARRIER, times)
    run.refresh_from_db()
    return run


def states(run: BulkRun) -> list[str]:
    """Give the states of all rows."""
    return list(run.rows.order_by("position").values_list("state", flat=True))


def balance(sandbox: Any, contact_uuid: str = seed.MIRA_UUID) -> int:
    """Give the credits that the sandbox says somebody has."""
    values = sandbox.api("GET", f"contacts/{contact_uuid}")["current_values"]
    return int(values["loyalty_balance"])


def emails(sandbox: Any, number: int) -> list[str]:
    """Give the addresses of so many contacts of the sandbox."""
    found: list[str] = []
    page = 1
    while len(found) < number:
        rows = sandbox.api("GET", f"contacts?page={page}&limit=100")
        found += [row["email"] for row in rows if row.get("email")]
        page += 1
    return found[:number]
