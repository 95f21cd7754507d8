"""Noting what came back of an order, and taking the credits for it later."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.sentences import Matter
from piggyadmin.orders import services
from piggyadmin.orders.actions import process_order_return
from piggyadmin.orders.actions.process_order_return import OrderReturnToProcess
from piggyadmin.orders.known_returns import KnownReturn, waiting_returns
from piggyadmin.sandbox.seed import MIRA_UUID
from piggyadmin.sandbox.seed_dealings import ORDER_RETURN_UUID, ORDER_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
NOTE, PROCESS = "/actions/create-order-return/", "/actions/process-order-return/"
NOTED, ELSEWHERE = SAMPLES["create-order-return"], SAMPLES["process-order-return"]
WHY = {"reason": NOTED["reason"]}


def do(client, url: str, form: dict[str, str]):
    return client.post(url, confirmed(client.post(url, form), form), follow=True)


def noted(client) -> str:
    """Note a return, and give by what Piggy knows it."""
    page = text(do(client, NOTE, NOTED))
    assert "It is noted. The credits for it are not taken yet." in page
    (waiting,) = waiting_returns()
    return waiting.uuid


def credits_of_mira(sandbox) -> int:
    balance = sandbox.api("GET", f"contacts/{MIRA_UUID}")["credit_balance"]["balance"]
    assert isinstance(balance, int)
    return balance


def test_what_is_noted_takes_nothing_yet(staff, sandbox):
    sandbox.api("POST", f"orders/{ORDER_UUID}/process")
    page = text(staff.post(NOTE, NOTED))
    assert "Note that € 4.25 of order 1001 came back?" in page
    assert "Takes back when it is processed" in page
    noted(staff)
    assert credits_of_mira(sandbox) == 128
    words = "Staff noted that € 4.25 of order 1001 came back from mira.jansen@example.test"
    assert sentence_of(Entry.objects.get()) == words


def test_its_credits_are_taken_once_from_the_page_of_the_order(staff, sandbox):
    sandbox.api("POST", f"orders/{ORDER_UUID}/process")
    uuid = noted(staff)
    leads_to = f"{PROCESS}?order_return_uuid={uuid}"
    assert leads_to in staff.get(f"/orders/{ORDER_UUID}/").content.decode()
    form = {"order_return_uuid": uuid, **WHY}
    asked = text(staff.post(PROCESS, form))
    assert "Take the credits for € 4.25 of order 1001?" in asked
    assert "Take up to 4 credits" in asked
    assert "The credits for it are taken." in text(do(staff, PROCESS, form))
    assert credits_of_mira(sandbox) == 124
    words = "Staff took the credits for what came back of order 1001 from mira.jansen@example.test"
    assert sentence_of(Entry.objects.latest("pk")) == words
    assert "were taken already, by Staff on" in text(staff.post(PROCESS, form))
    assert waiting_returns() == []
    assert leads_to not in staff.get(f"/orders/{ORDER_UUID}/").content.decode()


def test_those_noted_here_are_offered(staff, sandbox):
    uuid = noted(staff)
    page = staff.get(PROCESS).content.decode()
    assert f'value="{uuid}"' in page
    assert "came back from" in page
    assert waiting_returns("another-order") == []


def test_one_noted_elsewhere_says_what_is_not_known(staff, sandbox):
    page = text(staff.post(PROCESS, ELSEWHERE))
    assert "This return was not made here" in page
    do(staff, PROCESS, ELSEWHERE)
    assert sentence_of(Entry.objects.get()) == (
        f"Staff took the credits for the return {ORDER_RETURN_UUID}"
    )


def test_what_others_processed_is_refused_by_piggy(staff, sandbox):
    shown = staff.post(PROCESS, ELSEWHERE)
    sandbox.api("POST", f"order-returns/{ORDER_RETURN_UUID}/process")
    page = text(staff.post(PROCESS, confirmed(shown, ELSEWHERE), follow=True))
    assert "The return has already been processed." in page
    assert Entry.objects.get().state is EntryState.REJECTED


def test_who_may_not_is_offered_nothing(staff, support, sandbox):
    uuid = noted(staff)
    page = support.get(f"/orders/{ORDER_UUID}/").content.decode()
    assert uuid not in page
    assert NOTE not in page


@pytest.mark.parametrize(("url", "form"), [(NOTE, NOTED), (PROCESS, ELSEWHERE)])
def test_a_lost_answer_is_for_a_person(url, form, staff, sandbox, piggy):
    shown = staff.post(url, form)
    sandbox.faults({"kind": "drop_after", "path": "order-returns"})
    staff.post(url, confirmed(shown, form))
    sandbox.faults()
    entry = Entry.objects.get()
    finding = get_action(entry.action).read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED


def test_without_a_number_of_its_own_it_gets_the_consoles(staff, sandbox, piggy):
    form = NOTED | {"external_identifier": ""}
    shown = staff.post(NOTE, form)
    sandbox.faults({"kind": "drop_after", "path": "order-returns"})
    staff.post(NOTE, confirmed(shown, form))
    sandbox.faults()
    entry = Entry.objects.get()
    finding = get_action(entry.action).read_back(piggy, entry)
    assert [each.value for each in finding.evidence] == [str(entry.submission_key)]


# --- Without Piggy ----------------------------------------------------------------------------

TAKE = get_action("process-order-return")


@pytest.mark.parametrize(
    ("known", "takes", "button"),
    [
        (True, 4, "Take up to 4 credits"),
        (True, 1, "Take up to 1 credit"),
        (True, 1200, "Take up to 1,200 credits"),
        (True, None, "Take the credits for it"),
        (False, None, "Take the credits for it"),
    ],
)
def test_what_it_takes_is_on_the_button(known, takes, button):
    preview = OrderReturnToProcess(order_return_uuid="r", is_known=known, takes=takes)
    assert (preview.button, preview.gives) == (button, -(takes or 0))
    assert preview.gives_unknown is (takes is None)


def test_whose_it_is_where_that_is_known():
    def preview(contact):
        return OrderReturnToProcess(order_return_uuid="r", contact=contact)

    assert TAKE.subjects({}, preview(Contact(uuid="c1"))) == {"contact": "c1"}
    assert TAKE.subjects({}, preview(Contact())) == TAKE.subjects({}, preview(None)) == {}
    assert TAKE.subjects({}, None) == {}


def test_what_was_noted_is_shown(monkeypatch):
    noted: dict[str, Any] = {
        "contact": {"uuid": "c1"},
        "order_uuid": "o1",
        "number": "1001",
        "lines": [],
    }
    noted |= {"total": 425, "takes": 4}
    asked: Any
    entry, asked = object(), []
    monkeypatch.setattr(process_order_return, "processing_of", asked.append)
    monkeypatch.setattr(process_order_return, "noting_of", {"r": entry, "x": None}.get)
    monkeypatch.setattr(process_order_return, "preview_of", lambda each: {entry: noted}[each])
    assert TAKE.preview(None, {"order_return_uuid": "r"}) == OrderReturnToProcess(
        order_return_uuid="r",
        is_known=True,
        contact=Contact(uuid="c1"),
        number="1001",
        total=425,
        takes=4,
    )
    unknown = TAKE.preview(None, {"order_return_uuid": "x"})
    assert unknown == OrderReturnToProcess(order_return_uuid="x")
    assert asked == ["r", "x"]


@pytest.mark.parametrize("state", EntryState)
def test_what_was_taken_from_here_is_not_taken_twice(monkeypatch, state):
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    before = SimpleNamespace(state=state, person_name="Boris", created_at=at)
    monkeypatch.setattr(process_order_return, "processing_of", lambda _uuid: before)
    if state not in {EntryState.DONE, EntryState.SETTLED_DONE}:
        process_order_return._refuse_processed("r")
        return
    with pytest.raises(Refused) as refused:
        process_order_return._refuse_processed("r")
    assert refused.value.field_errors == {
        "order_return_uuid": [
            "The credits for this return were taken already, by Boris on 4 Mar 2026 10:30."
        ]
    }


@pytest.mark.parametrize(
    ("preview", "words"),
    [
        (
            {"is_known": True, "number": 1001},
            "took the credits for what came back of order 1001 from Mira",
        ),
        ({"is_known": True}, "took the credits for what came back of order  from Mira"),
        ({}, "took the credits for the return r"),
    ],
)
def test_what_was_taken_is_told(preview, words):
    matter = Matter(data={"order_return_uuid": "r"}, preview=preview, customers={"contact": "Mira"})
    assert TAKE.sentence(matter).told("Sanne", "done") == f"Sanne {words}"


def test_a_return_of_which_nothing_is_known_is_told_without_a_name():
    assert TAKE.sentence(Matter(data={})).parts == {"uuid": ""}


def test_returns_are_offered_with_their_words_and_when(monkeypatch):
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    waiting = [KnownReturn("r", "It came back", at)]
    monkeypatch.setattr(process_order_return, "waiting_returns", lambda: waiting)
    assert process_order_return._choices() == [("r", "It came back · 4 Mar 2026 10:30")]


def test_the_very_return_is_processed(monkeypatch):
    monkeypatch.setattr(
        services,
        "process_order_return",
        lambda piggy, *, order_return_uuid: (piggy, order_return_uuid),
    )
    assert TAKE.perform("piggy", {"order_return_uuid": "r"}) == ("piggy", "r")
