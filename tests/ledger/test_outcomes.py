"""What a write came to is given again as it was the first time."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import (
    appending,
    entries,
    outcomes,
)
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Stored
from piggyadmin.piggy.errors import Maintenance, Rejected
from tests.ledger.making import make_entry
from tests.ledger.test_writes import give, kinds

CREDITS = get_action("create-credit-reception")
pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(piggy):
    return resolve_contact(piggy, query="mira.jansen@example.test")


def test_nothing_personal_is_in_what_cannot_be_removed(piggy, mira):
    outcome = give(piggy, mira)
    detail = outcome.entry.last_event.detail
    assert "mira.jansen" not in str(detail)
    assert detail["result"]["contact"]["uuid"] == mira.uuid
    Snapshot.objects.all().delete()
    result = outcomes.recall(CREDITS, entries.reread(outcome.entry)).result
    assert result.contact.email is None
    assert result.credits == 25


def test_rejected_and_told_to_the_second_as_well(piggy, mira, sandbox):
    sandbox.faults({"kind": "status", "status": 400, "path": "^credit-receptions$"})
    key = uuid4()
    first = give(piggy, mira, submission_key=key)
    second = give(piggy, mira, submission_key=key)
    assert isinstance(first.error, Rejected)
    assert kinds(first.entry) == ["intended", "sent", "rejected"]
    assert type(second.error) is type(first.error)
    assert second.error.message == first.error.message


# --- Errors, kept and made again --------------------------------------------------------------


def test_an_error_is_kept_without_addresses_and_made_again():
    error = Rejected(
        status=422,
        code=1003,
        trace_id="of the answer",
        piggy_message="The e-mail mira@example.test is taken.",
        field_errors={"email": ["mira@example.test is taken", "or boris@example.test"]},
        is_write=True,
    )
    kept = outcomes.describe(error)
    assert kept == {
        "error": "Rejected",
        "message": str(error.message),
        "piggy_message": "The e-mail … is taken.",
        "code": 1003,
        "status": 422,
        "field_errors": {"email": ["… is taken", "or …"]},
    }
    again = outcomes.error_of(Entry(trace_id="of the entry"), kept)
    assert (type(again), again.is_write, again.trace_id) == (Rejected, True, "of the entry")
    assert (again.status, again.code) == (422, 1003)
    assert again.piggy_message == "The e-mail … is taken."
    assert again.field_errors == {"email": ["… is taken", "or …"]}


def test_what_people_are_told_is_kept_without_addresses():
    error = SimpleNamespace(message="Ask mira@example.test.", piggy_message="", code=None)
    error.status, error.field_errors = None, {}
    assert outcomes.describe(error)["message"] == "Ask …"


def test_an_error_of_which_little_is_kept_is_made_again():
    again = outcomes.error_of(Entry(trace_id="t"), {"error": "Maintenance"})
    assert isinstance(again, Maintenance)
    assert (again.status, again.code, again.piggy_message, again.trace_id) == (None, None, "", "t")
    assert not again.field_errors


@pytest.mark.parametrize("kept", [{}, {"error": "Interrupted"}, {"error": "NOT_FOUND"}])
@pytest.mark.parametrize("more", [{}, {"error": "Any"}, {"error": "ErrorCode"}])
def test_what_is_no_error_of_piggys_is_none(kept, more):
    assert outcomes.error_of(Entry(), kept | more) is None


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("<mira@example.test>", "<…>"),
        ('"a.b@c.d" and x@y', '"…" and …'),
        ("nobody @ home", "nobody @ home"),
        ({"a": ("b@c.d", 7, None)}, {"a": ["…", 7, None]}),
        (True, True),
    ],
)
def test_addresses_are_taken_out_however_deep(words, bare):
    assert outcomes.without_addresses(words) == bare


# --- Results ---------------------------------------------------------------------------------


class Batch(Stored):
    size: int


def test_of_a_secret_nothing_is_kept():
    assert outcomes.kept_of(SimpleNamespace(result_type=None), Batch(size=3)) == ({}, [])
    kept = outcomes.kept_of(SimpleNamespace(result_type=Batch), Batch(size=3))
    assert kept == ({"result": {"size": 3}}, [])


def test_a_result_is_given_again_where_one_is_kept():
    entry, action = make_entry(EntryState.SENT), SimpleNamespace(result_type=Batch)
    assert outcomes.recall(action, entry).result is None
    appending.append(entry, EntryState.DONE, {"result": {"size": 3}})
    told = outcomes.recall(action, entry)
    assert (told.result, told.error, told.entry) == (Batch(size=3), None, entry)
    assert outcomes.recall(SimpleNamespace(result_type=None), entry).result is None


def test_of_an_entry_without_events_nothing_is_known():
    told = outcomes.recall(CREDITS, Entry(pk=999))
    assert (told.result, told.error) == (None, None)
