"""`manage.py duplicates_sweep`."""

import signal
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from piggyadmin.duplicates.management.commands import duplicates_sweep
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.piggy.errors import Rejected
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.workers import close_connections
from tests.duplicates.moving import MovingList, moving
from tests.duplicates.test_tasks import piggy_of

__all__ = ["piggy_of"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Look often, and say everything."""
    monkeypatch.setattr(duplicates_sweep, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(duplicates_sweep, "TELL_SECONDS", 0)


def told() -> str:
    """Call the command, and give what it said."""
    out = StringIO()
    call_command("duplicates_sweep", stdout=out)
    return out.getvalue()


def test_reads_all_and_says_how_far_it_is(piggy_of):
    piggy_of(moving(550))
    words = told()
    assert words.startswith("496 of 550\n550 of 550\n550 contacts in ")
    assert "550 new, 0 changed, 0 gone." in words
    assert MirroredContact.objects.count() == 550


def test_follows_a_worker_that_is_at_it(piggy_of):
    piggy_of(moving(250))
    run = runs.start(store.SWEEP, key="contacts", payload={})
    claimed = runs.claim("worker", only=run.pk)

    def work():
        runs.carry(claimed)
        close_connections()

    worker = threading.Timer(0.3, work)
    worker.start()
    words = told()
    worker.join()
    assert "250 new" in words
    assert Run.objects.get().attempts == 1


def test_hands_back_on_ctrl_c(piggy_of):
    piggy = piggy_of(moving(450))

    def press(these: MovingList) -> None:
        if len(these.pages) == 2:
            signal.raise_signal(signal.SIGINT)

    piggy.meanwhile = press
    assert "Handed back" in told()
    assert Run.objects.get().state == RunState.WAITING
    piggy.meanwhile = lambda _: None
    assert "450 contacts in" in told()


def test_keeps_its_lease(piggy_of, settings):
    settings.TASKS_LEASE_SECONDS = 0.03
    renewed = threading.Event()
    renew = runs.renew
    piggy = piggy_of(moving(50))
    piggy.meanwhile = lambda _: renewed.wait(10)

    def renew_and_tell(owners: list[str]) -> None:
        renew(owners)
        renewed.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "renew", renew_and_tell)
        assert "50 contacts in" in told()


def test_what_is_given_up(piggy_of, settings, monkeypatch):
    settings.TASKS_BACKOFF_SECONDS = 0.001
    monkeypatch.setattr(runs, "MAX_FAILURES", 2)
    piggy = piggy_of(moving(50))

    def refuse(_):
        raise Rejected(status=403)

    piggy.meanwhile = refuse
    with pytest.raises(CommandError, match="failed"):
        told()


def test_switched_off(settings):
    settings.DUPLICATES = False
    with pytest.raises(CommandError, match="switched off"):
        told()
