"""What is said of an earlier entry of the same thing: who, what and how long ago."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import age
from piggyadmin.ledger.models import EntryState
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (1, "1 second ago"), (40, "40 seconds ago"), (130, "2 minutes ago")],
)
def test_age(seconds, words, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert age(now - timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("slug", "state", "data", "words"),
    [
        (
            "create-credit-reception",
            EntryState.DONE,
            {"credits": 50, "unit_value": None},
            "Sanne gave 50 credits to this contact 40 seconds ago.",
        ),
        (
            "create-credit-reception",
            EntryState.UNKNOWN,
            {"credits": None, "unit_value": "10.40"},
            "Sanne wanted to give credits for 10.40 to this contact 40 seconds ago.",
        ),
        (
            "create-vouchers-batch",
            EntryState.DONE,
            {"promotion_uuid": "p", "quantity": 5},
            "Sanne asked for 5 vouchers of this promotion 40 seconds ago.",
        ),
        (
            "create-booking",
            EntryState.DONE,
            {},
            "Sanne asked for the very same thing 40 seconds ago.",
        ),
    ],
)
def test_words(slug, state, data, words):
    entry = make_entry(state, slug=slug, data=data, contact="c1")
    assert get_action(slug).words_about(entry, "40 seconds ago") == words


def test_words_about_two_contacts():
    action = get_action("merge-contacts")
    entry = make_entry(EntryState.DONE)
    words = action.words_about(entry, "just now")
    assert words == "Sanne asked to merge these two contacts just now."
