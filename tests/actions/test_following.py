"""Settling and following what stays open, what is over already and what takes too long."""

import pytest

from piggyadmin.actions import background, ledger, readback, registry
from piggyadmin.actions.base import Finding, Progress, Verdict
from piggyadmin.actions.models import Standing, State
from piggyadmin.actions.registry import get_action
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import Later
from tests.actions.making import make_entry

ACTION = get_action("create-contact-attribute")
pytestmark = pytest.mark.django_db


@pytest.fixture
def undecided(monkeypatch):
    """Let nobody find out what became of an entry."""
    finding = Finding(verdict=Verdict.UNDECIDED, words="Who knows.")
    monkeypatch.setattr(type(ACTION), "read_back", lambda *_: finding)


@pytest.fixture
def unfinished(monkeypatch):
    """Let Piggy be at it for ever."""
    progress = Progress(finished=False, words="Half way.")
    monkeypatch.setattr(type(ACTION), "watch", lambda *_: progress)


def run_for(entry):
    return Run(payload={"entry": entry.pk})


def followed():
    entry = make_entry(State.DONE)
    Standing.objects.filter(entry=entry).update(is_followed=True)
    return entry


def kinds(entry):
    return [event.kind for event in ledger.reread(entry).events.all()]


def test_an_action_that_is_gone_is_followed_no_longer(piggy, monkeypatch):
    entry = followed()
    monkeypatch.delitem(registry._actions, entry.action)
    background.follow_entry(run_for(entry))
    standing = Standing.objects.get(entry=entry)
    assert (standing.is_followed, standing.is_flagged) == (False, True)


def test_looks_again_later(piggy, undecided):
    entry = make_entry(State.UNKNOWN)
    with pytest.raises(Later):
        background.settle_entry(run_for(entry))
    assert ledger.reread(entry).state == State.UNKNOWN


def test_leaves_what_is_old_to_a_person(piggy, undecided, settings):
    settings.LEDGER_FOLLOW_SECONDS = 0
    entry = make_entry(State.UNKNOWN)
    background.recover_entries()
    assert not Run.objects.filter(name="settle-entry").exists()
    background.settle_entry(run_for(entry))
    assert ledger.reread(entry).state == State.UNKNOWN


def test_what_is_known_is_not_looked_for(piggy, undecided):
    entry = make_entry(State.DONE)
    before = kinds(entry)
    background.settle_entry(run_for(entry))
    assert kinds(entry) == before


def test_what_was_settled_meanwhile_stays_so(piggy, undecided):
    entry = make_entry(State.DONE)
    before = kinds(entry)
    assert readback.settle(piggy, entry).verdict == Verdict.UNDECIDED
    assert kinds(entry) == before


def test_what_is_over_is_not_followed(piggy, unfinished):
    entry = make_entry(State.DONE)
    before = kinds(entry)
    background.follow_entry(run_for(entry))
    assert kinds(entry) == before


def test_follows_on_later(piggy, unfinished):
    entry = followed()
    with pytest.raises(Later):
        background.follow_entry(run_for(entry))
    assert Standing.objects.get(entry=entry).is_followed


def test_flags_what_takes_too_long(piggy, unfinished, settings):
    settings.LEDGER_FOLLOW_SECONDS = 0
    entry = followed()
    background.follow_entry(run_for(entry))
    assert kinds(entry)[-1] == "flagged"
    assert not Standing.objects.get(entry=entry).is_followed
