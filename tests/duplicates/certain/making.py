"""Certain pairs at the sandbox and in the mirror, and workers that carry runs of them."""

import time
from typing import Any
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.certain import checking, confirming, running
from piggyadmin.duplicates.certain.rules import RULES
from piggyadmin.duplicates.models import CertainPair, CertainRun, Pair
from piggyadmin.duplicates.review import decisions, rows
from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import UNFINISHED, Run
from tests.duplicates.pairs import make_contact, make_pair
from tests.ledger.making import somebody

SAME_PHONE, SAME_BIRTH = Point("phone-same", "same phone", 14.0), Point("born-same", "born", 12.0)
OTHER_MAIL = Point("mail-other", "different e-mail addresses", -2.0)
CERTAIN = [SAME_PHONE, SAME_BIRTH, OTHER_MAIL]
PATIENCE_SECONDS = 120.0


def speak(patch: pytest.MonkeyPatch, points: list[Point]) -> None:
    """Have every pair speak of the same."""
    for module in (checking, rows, decisions):
        patch.setattr(module, "evidence_of", lambda pairs, *_: [points for _pair in pairs])


def twins(sandbox: Any, number: int, probability: float = 0.999, **more: Any) -> Pair:
    """Make one person twice at the sandbox, and have the mirror and the search know."""
    values = {
        "firstname": f"Anna{number}",
        "lastname": "de Boer",
        "phonenumber": f"061234567{number}",
        "birthdate": "1984-03-25",
    }
    both = []
    for side in ("one", "two"):
        email = f"anna{number}.{side}.{uuid4().hex[:6]}@example.test"
        made = sandbox.api("POST", "contacts", json={"email": email})
        sandbox.api("PUT", f"contacts/{made['uuid']}", json={"attributes": values})
        both.append(make_contact(uuid=made["uuid"], email=email, **values))
    return make_pair(*both, probability=probability, rank=probability, **more)


def work(*names: str, times: int = 50) -> None:
    """Do what a worker does, until nothing is left of these or so many times."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    for _ in range(times):
        unfinished = Run.objects.filter(name__in=names, state__in=UNFINISHED)
        if not unfinished.update(due_at=Now(), lease_until=None, owner="", state="waiting"):
            return
        for pk in unfinished.values_list("pk", flat=True):
            if claimed := runs.claim(uuid4().hex, only=pk):
                runs.carry(claimed)
        assert time.monotonic() < give_up_at


def checked(person: User | None = None, rule: int = 0) -> CertainRun:
    """Have pairs chosen and looked at."""
    run = running.start_check(RULES[rule], by=person or somebody())
    work(running.CHECKER)
    return fresh(run)


def seen(run: CertainRun, *, but: int = 0) -> CertainRun:
    """Have somebody look at all pairs, and leave all ticked but so many."""
    ready = run.pairs.filter(state="ready")
    ready.update(is_seen=True)
    unwanted = list(ready.values_list("pk", flat=True)[:but])
    CertainPair.objects.filter(pk__in=unwanted).update(is_wanted=False)
    return fresh(run)


def confirmed(run: CertainRun, person: User | None = None) -> CertainRun:
    """Say yes to all that were seen."""
    who = person or somebody()
    confirming.confirm(seen(run), person=who, reason="Double account", comment="")
    return fresh(run)


def carried(run: CertainRun, times: int = 400) -> CertainRun:
    """Have workers carry it, and the merges that it begins."""
    work(running.CARRIER, "merge-run", times=times)
    return fresh(run)


def fresh(run: CertainRun) -> CertainRun:
    """Read a run anew."""
    return CertainRun.objects.get(pk=run.pk)


def states(run: CertainRun) -> list[str]:
    """Give the states of all pairs."""
    return list(run.pairs.order_by("position").values_list("state", flat=True))
