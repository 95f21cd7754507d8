"""Processes that carry a write out as far as a given point, where they can be killed.

Run as `python -m tests.faults.nursery`: one process that has everything loaded, and forks one for
each line that it reads. Where to stop is hooked in here; the console knows nothing of it.
"""

import base64
import json
import os
import pickle
import sys
import time
from http.client import HTTPConnection
from typing import Any

# Before the intent becomes `sent`; after that, before the first byte; when all bytes are gone and
# no answer is there; when the answer is there and nothing of it is stored.
INTENDED, SENT, WAITING, ANSWERED = POINTS = ("intended", "sent", "waiting", "answered")
FOREVER_SECONDS = 600


def say(**words: Any) -> None:
    """Tell whoever started this."""
    os.write(1, json.dumps(words).encode() + b"\n")


def stop_here() -> None:
    """Tell that the point is reached, and wait to be killed."""
    say(reached=True)
    time.sleep(FOREVER_SECONDS)


def hook(point: str, *, is_read: bool) -> None:
    """Stop at a point of the first write, or of the first look-up where that is what is done."""
    from piggyadmin.actions import ledger  # noqa: PLC0415  (needs Django set up)
    from piggyadmin.piggy.client import Call, PiggyClient  # noqa: PLC0415

    exchange, send, get_response = (
        PiggyClient._exchange,
        PiggyClient._send,
        HTTPConnection.getresponse,
    )
    writing: list[Call] = []

    def exchanging(self: Any, call: Call, *rest: Any) -> Any:
        if call.is_write or is_read:
            if point == INTENDED:
                stop_here()
            writing.append(call)
        return exchange(self, call, *rest)

    def sending(self: Any, request: Any) -> Any:
        if writing and point == SENT:
            stop_here()
        return send(self, request)

    def waiting(self: Any) -> Any:
        if writing and point == WAITING:
            stop_here()  # whether the answer has come or not, it is not read any more
        return get_response(self)

    def concluding(*_: Any, **__: Any) -> None:
        stop_here()

    PiggyClient._exchange = exchanging  # type: ignore[method-assign, assignment]
    PiggyClient._send = sending  # type: ignore[method-assign]
    HTTPConnection.getresponse = waiting  # type: ignore[method-assign]
    if point == ANSWERED:
        ledger._conclude = concluding


def carry_out(point: str, job: dict[str, Any]) -> None:
    """Carry a write out as far as the point."""
    from piggyadmin.accounts.models import User  # noqa: PLC0415  (needs Django set up)
    from piggyadmin.actions import ledger  # noqa: PLC0415
    from piggyadmin.actions.registry import get_action  # noqa: PLC0415
    from piggyadmin.piggy.client import piggy_client  # noqa: PLC0415

    if "work" in job:
        hook(point, is_read=False)
        work(job["work"])
        return
    person = User.objects.get(pk=job.pop("person"))
    action = get_action(job.pop("action"))
    hook(point, is_read=action.is_read)
    if action.is_read:
        action.perform(piggy_client(), job["data"])
        return
    ledger.carry_out(piggy_client(), action, person=person, **job)


def work(pk: int) -> None:
    """Carry a background run, as a worker does."""
    from piggyadmin.tasks import runs  # noqa: PLC0415  (needs Django set up)

    run = runs.claim(f"nursery-{os.getpid()}", only=pk)
    assert run
    runs.carry(run)


def main() -> None:
    """Fork for each line, or tell how one ended."""
    import django  # noqa: PLC0415  (only here, so that tests can import the names)

    django.setup()
    say(ready=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        if "reap" in wanted:
            say(signal=-os.waitstatus_to_exitcode(os.waitpid(wanted["reap"], 0)[1]))
            continue
        pid = os.fork()
        if pid:
            say(pid=pid)
            continue
        try:
            job = pickle.loads(base64.b64decode(wanted["job"]))  # noqa: S301  (our own test's)
            carry_out(wanted["point"], job)
            say(reached=False)
        finally:
            os._exit(1)


if __name__ == "__main__":
    main()
