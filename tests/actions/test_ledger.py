import time
from uuid import uuid4

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.actions import ledger
from piggyadmin.actions.models import Entry, State
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import find_contact_by_email

MIRA = "mira.jansen@example.test"


@pytest.fixture
def person(db):
    return User.objects.create_user("daan", first_name="Daan")


@pytest.fixture
def give(piggy, person, sandbox):
    """Give a function that carries one and the same form out."""
    action = get_action("create-credit-reception")
    shop = sandbox.api("GET", "shops")[0]["uuid"]
    data = {
        "contact_uuid": find_contact_by_email(piggy, email=MIRA),
        "shop_uuid": shop,
        "credits": 5,
        "unit_value": None,
        "unit_name": "",
    }

    def carry_out(key=None, client=piggy):
        return ledger.carry_out(
            client, action, person=person, data=data, submission_key=key or uuid4()
        )

    return carry_out


def test_keeps_what_was_asked_and_what_came_of_it(give, person):
    outcome = give()
    assert outcome.result.credits == 5
    entry = Entry.objects.get()
    assert entry == outcome.entry
    assert entry.data["credits"] == 5
    assert entry.last_event
    assert entry.last_event.detail["result"]["credits"] == 5
    assert str(entry) == f"create-credit-reception {entry.submission_key}"
    assert str(entry.last_event).startswith("done ")
    person.delete()
    assert Entry.objects.get().person_name == "Daan"


def test_the_same_key_recalls_the_first_outcome(give, sandbox):
    key = uuid4()
    first, second = give(key), give(key)
    assert first.entry == second.entry
    assert first.result == second.result
    assert len(sandbox.calls("POST")) == 1


def test_second_press_waits_for_the_first(give, monkeypatch, person):
    """The first one's outcome arrives while the second one waits."""
    key = uuid4()
    outcome = give(key)
    entry = outcome.entry
    done = entry.events.get(kind="done")
    detail = done.detail
    entry.events.filter(pk=done.pk).delete()
    monkeypatch.setattr(time, "sleep", lambda _seconds: ledger.append(entry, State.DONE, detail))
    assert give(key).result == outcome.result


def test_second_press_gives_up_waiting(give, monkeypatch):
    monkeypatch.setattr(ledger, "WAIT_FOR_FIRST_SECONDS", 0)
    key = uuid4()
    entry = give(key).entry
    entry.events.all().delete()
    outcome = give(key)
    assert outcome.result is None
    assert outcome.entry.state is State.INTENDED


def test_what_breaks_in_between_is_unknown(give, monkeypatch):
    action = get_action("create-credit-reception")
    monkeypatch.setattr(type(action), "perform", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        give()
    assert Entry.objects.get().state is State.UNKNOWN


def test_what_breaks_after_it_was_done_is_done(give, monkeypatch):
    action = get_action("create-credit-reception")
    monkeypatch.setattr(type(action), "after_done", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        give()
    assert Entry.objects.get().state is State.DONE


def test_follow_up_is_kept_once(give):
    entry = give().entry
    ledger.follow_up(entry, as_expected=True, words="fine")
    ledger.follow_up(entry, as_expected=False, words="no")
    assert entry.follow_up
    assert entry.follow_up.detail == {"words": "fine"}
    assert entry.state is State.DONE
