"""How something ended is kept once, and what had stopped goes on."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import entries, following
from piggyadmin.ledger.appending import append
from piggyadmin.ledger.models import (
    FLAGGED,
    LOOKED,
    RESUMED,
    EntryState,
    EntryStatus,
)
from piggyadmin.ledger.operations import Progress
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db


def test_how_it_ended_is_kept_once():
    entry = make_entry(EntryState.DONE)
    for words in ("It is there.", "It is still there."):
        following.follow_up(entry, Progress(finished=True, words=words), as_expected=True)
    assert entries.reread(entry).follow_up.detail["words"] == "It is there."
    assert entry.events.filter(kind="verified").count() == 1


def test_how_it_ended_is_kept_once_where_two_look_at_the_same_moment(monkeypatch):
    entry = make_entry(EntryState.DONE, slug="delete-contact", contact="c1")
    looks = []

    def after_followed(*_):
        """The other one is quicker, after both have seen that it is not kept yet."""
        looks.append(1)
        if len(looks) == 1:
            following.follow_up(entry, Progress(finished=True, words="Seen by the other one."))

    monkeypatch.setattr(type(get_action("delete-contact")), "after_followed", after_followed)
    following.follow_up(entry, Progress(finished=True, words="Seen by this one."))
    assert entries.reread(entry).follow_up.detail["words"] == "Seen by the other one."
    assert entry.events.filter(kind="verified").count() == 1


def test_only_what_has_stopped_goes_on():
    entry = make_entry(EntryState.DONE, slug="delete-contact", contact="c1")
    following.resume(entry, person=somebody(), comment="Nothing has stopped.")
    assert not entry.events.filter(kind="resumed").exists()
    surprise = Progress(finished=True, words="It is still there.")
    following.follow_up(entry, surprise, as_expected=False)
    for comment in ("Mended.", "Pressed twice."):
        following.resume(entry, person=somebody(), comment=comment)
    assert [each.detail["comment"] for each in entry.events.filter(kind="resumed")] == ["Mended."]
    assert EntryStatus.objects.get(entry=entry).is_followed


def test_what_is_known_is_how_it_ended_unless_it_goes_on_or_else_what_was_seen_last():
    entry, other = make_entry(EntryState.UNKNOWN), make_entry(EntryState.UNKNOWN, number=1)
    append(other, LOOKED, {"words": "Something else."})
    told = []
    for kind, words in [
        (EntryState.UNKNOWN, ""),
        (LOOKED, "Not there yet."),
        (LOOKED, "“Still” not there."),
        (FLAGGED, "It is there twice."),
        (RESUMED, ""),
    ]:
        append(entry, kind, {"words": words} if words else {})
        needing: Any = following.needs_attention(somebody()).get(entry=entry)
        told.append(needing.known)
    assert told == [
        "",
        "Not there yet.",
        "“Still” not there.",
        "It is there twice.",
        "“Still” not there.",
    ]
