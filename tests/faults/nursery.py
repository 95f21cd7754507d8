"""Processes that carry a write out as far as a given point, where they can be killed.

Run as `python -m tests.faults.nursery`: one process that has everything loaded, and forks one for
each line that it reads. Where to stop is hooked in here; the console knows nothing of it.
"""

import base64
import json
import os
import pickle
import re
import sys
import time
import traceback
from collections.abc import Callable
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


class Hooks:
    """Stops at a point of the first write, or of the first look-up where that is what is done.

    Of several writes `path` is that of the one that is meant.
    """

    def __init__(self, point: str, *, is_read: bool, path: str = "") -> None:
        from piggyadmin.ledger import writes  # noqa: PLC0415  (needs Django set up)
        from piggyadmin.piggy.client import PiggyClient  # noqa: PLC0415

        self.point, self.is_read, self.has_begun = point, is_read, False
        self.path = re.compile(path)
        self._wrap(PiggyClient, "_exchange", self.exchange)
        self._wrap(PiggyClient, "_send", self.send)
        self._wrap(HTTPConnection, "getresponse", self.wait)
        self._wrap(writes, "_conclude", self.conclude)

    @staticmethod
    def _wrap(where: Any, name: str, hook: Callable[..., Any]) -> None:
        original = getattr(where, name)
        setattr(where, name, lambda *args, **more: hook(original, *args, **more))

    def stop_at(self, point: str, *, if_: bool = True) -> None:
        """Stop where that is the point."""
        if if_ and point == self.point:
            stop_here()

    def exchange(self, original: Callable[..., Any], client: Any, call: Any, *rest: Any) -> Any:
        """The request is not made yet."""
        is_it = (call.is_write and bool(self.path.search(call.path))) or self.is_read
        self.stop_at(INTENDED, if_=is_it)
        self.has_begun |= is_it
        return original(client, call, *rest)

    def send(self, original: Callable[..., Any], *args: Any) -> Any:
        """The request is about to leave; then the answer is there."""
        self.stop_at(SENT, if_=self.has_begun)
        answer = original(*args)
        self.stop_at(ANSWERED, if_=self.is_read)  # nothing of a look-up is stored in the ledger
        return answer

    def wait(self, original: Callable[..., Any], *args: Any) -> Any:
        """Whether the answer has come or not, it is not read any more."""
        self.stop_at(WAITING, if_=self.has_begun)
        return original(*args)

    def conclude(self, original: Callable[..., Any], *args: Any) -> Any:
        """The answer is there and nothing of it is stored."""
        self.stop_at(ANSWERED)
        return original(*args)


def die_at(point: str, job: dict[str, Any]) -> None:
    """Carry a write out as far as the point."""
    from piggyadmin.accounts.models import User  # noqa: PLC0415  (needs Django set up)
    from piggyadmin.actions.registry import get_action  # noqa: PLC0415
    from piggyadmin.ledger import reads, writes  # noqa: PLC0415
    from piggyadmin.piggy.client import piggy_client  # noqa: PLC0415

    if "work" in job:
        Hooks(point, is_read=False)
        work(job["work"])
        return
    person = User.objects.get(pk=job.pop("person"))
    action = get_action(job.pop("action"))
    Hooks(point, is_read=action.is_read, path=job.pop("path", ""))
    if action.is_read:
        reads.read(piggy_client(), action, person=person, data=job["data"])
        return
    writes.carry_out(piggy_client(), writes.WriteRequest(action=action, person=person, **job))


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
            die_at(wanted["point"], job)
        except BaseException:
            # Into the log, as nobody waits for what a process says that has ended.
            traceback.print_exc()
            raise
        finally:
            say(reached=False)
            os._exit(1)


if __name__ == "__main__":
    main()
