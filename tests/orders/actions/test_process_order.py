"""Processing and changing orders that are there."""

from types import SimpleNamespace
from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.sentences import Matter
from piggyadmin.orders import services
from piggyadmin.orders.actions import process_order, update_order
from piggyadmin.orders.actions.process_order import OrderToProcess
from piggyadmin.orders.types import Order, OrderResult
from piggyadmin.sandbox.seed import MIRA_UUID
from piggyadmin.sandbox.seed_dealings import ORDER_UUID
from piggyadmin.ui.states import status_word
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/process-order/"
CHANGE_URL = "/actions/update-order/"
SAMPLE = SAMPLES["process-order"]
CHANGE = SAMPLES["update-order"]


def process(client):
    return client.post(URL, confirmed(client.post(URL, SAMPLE), SAMPLE))


def test_what_it_gives_is_shown_and_given_once(staff, sandbox):
    page = text(staff.post(URL, SAMPLE))
    assert "Give 8 credits for order 1001?" in page
    response = process(staff)
    assert "The order is processed." in text(staff.get(response["Location"]))
    mira = sandbox.api("GET", f"contacts/{MIRA_UUID}")
    assert mira["credit_balance"]["balance"] == 128
    entry = Entry.objects.get()
    assert sentence_of(entry) == "Staff gave mira.jansen@example.test the credits for order 1001"
    assert "were given already, by Staff on" in text(staff.post(URL, SAMPLE))


def test_what_others_processed_is_refused_by_piggy(staff, sandbox):
    shown = staff.post(URL, SAMPLE)
    sandbox.api("POST", f"orders/{ORDER_UUID}/process")
    response = staff.post(URL, confirmed(shown, SAMPLE))
    assert "The order has already been processed." in text(response)


def test_a_cancelled_order_gives_nothing(staff, sandbox):
    sandbox.api("PUT", f"orders/{ORDER_UUID}", json={"status": "CANCELLED"})
    assert "This order was cancelled." in text(staff.post(URL, SAMPLE))


def test_a_lost_answer_is_for_a_person(staff, sandbox, piggy):
    shown = staff.post(URL, SAMPLE)
    sandbox.faults({"kind": "drop_after", "path": "process$"})
    staff.post(URL, confirmed(shown, SAMPLE))
    sandbox.faults()
    finding = get_action("process-order").read_back(piggy, Entry.objects.get())
    assert finding.verdict == Verdict.UNDECIDED
    assert "Piggy refuses to process it twice" in finding.words


def test_an_order_is_changed(staff, sandbox):
    response = staff.post(CHANGE_URL, CHANGE)
    assert "Saved." in text(staff.get(response["Location"]))
    order = sandbox.api("GET", f"orders/{ORDER_UUID}")
    assert (order["status"], order["payment_status"]) == ("PENDING", "UNPAID")
    assert sentence_of(Entry.objects.get()) == "Staff set an order to Pending, Not paid"


def test_nothing_to_change_is_said(staff, sandbox):
    page = text(staff.post(CHANGE_URL, CHANGE | {"status": "", "payment_status": ""}))
    assert "Nothing to change" in page


def lose(staff, sandbox, kind):
    sandbox.faults({"kind": kind, "method": "PUT"})
    staff.post(CHANGE_URL, CHANGE)
    sandbox.faults()
    return Entry.objects.get()


def read_back(piggy, entry):
    return get_action("update-order").read_back(piggy, entry).verdict


def test_a_lost_change_is_compared(staff, sandbox, piggy, request):
    entry = lose(staff, sandbox, "drop_before")
    assert read_back(piggy, entry) == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE
    sandbox.api("PUT", f"orders/{ORDER_UUID}", json={"status": "PENDING"})
    assert read_back(piggy, entry) == Verdict.NOT_DONE
    sandbox.api("PUT", f"orders/{ORDER_UUID}", json={"payment_status": "UNPAID"})
    assert read_back(piggy, entry) == Verdict.DONE


def test_what_somebody_changed_since_proves_nothing(staff, sandbox, piggy, later):
    entry = lose(staff, sandbox, "drop_after")
    staff.post(CHANGE_URL, CHANGE | {"status": "COMPLETED"})
    assert read_back(piggy, entry) == Verdict.UNDECIDED


# --- Without Piggy ----------------------------------------------------------------------------

GIVE, UPDATE = get_action("process-order"), get_action("update-order")


def to_process(**changed):
    facts = {"contact": None, "order_uuid": "o1", "number": "1001", "total": 850, "gives": 8}
    return OrderToProcess(**facts | {"new_balance": 128} | changed)


@pytest.mark.parametrize(
    ("gives", "button"),
    [(8, "Give 8 credits"), (1, "Give 1 credit"), (1200, "Give 1,200 credits")],
)
def test_what_it_gives_is_on_the_button(gives, button):
    preview = to_process(gives=gives)
    assert (preview.button, preview.decisive()) == (button, {"order": "o1", "gives": gives})


@pytest.mark.parametrize(
    ("known", "number"),
    [
        ({"reference": "1001", "external_identifier": "O-1"}, "1001"),
        ({"external_identifier": "O-1"}, "O-1"),
        ({}, "o1"),
    ],
)
def test_what_an_order_gives_is_simulated(monkeypatch, known, number):
    asked: Any
    mira, asked = Contact(uuid="c1"), []
    order = Order(uuid="o1", contact=mira, total_order_amount=850, **known)
    worth = OrderResult(type="t", points=8, new_balance=128)
    module = "piggyadmin.orders.actions.process_order"
    monkeypatch.setattr(f"{module}.services.get_order", lambda piggy, *, order_uuid: order)
    monkeypatch.setattr(f"{module}.simulated", lambda *what: asked.append(what) or worth)
    preview = GIVE.preview("piggy", {"order_uuid": "o1"})
    assert preview == to_process(contact=mira, number=number)
    assert asked == [("piggy", order)]
    assert GIVE.subjects({}, preview) == {"contact": "c1"}
    assert GIVE.subjects({}, None) == GIVE.subjects({}, to_process()) == {}
    assert GIVE.subjects({}, to_process(contact=Contact())) == {}
    worth, order = OrderResult(type="t"), Order(uuid="o1")
    bare = GIVE.preview("piggy", {"order_uuid": "o1"})
    assert (bare.gives, bare.total, bare.gives_unknown) == (None, 0, True)
    assert bare.button == "Process the order"
    assert not preview.gives_unknown


def test_only_what_happened_here_to_this_order_is_refused(monkeypatch):
    refuse = process_order._refuse_processed
    for number, state in enumerate([EntryState.DONE, EntryState.REJECTED, EntryState.UNKNOWN]):
        make_entry(state, slug="process-order", data={"order_uuid": f"o{number}"})
    make_entry(EntryState.DONE, slug="update-order", data={"order_uuid": "o9"})
    for uuid in ("o1", "o2", "o9", "x"):
        refuse(uuid)
    with pytest.raises(Refused) as refused:
        refuse("o0")
    ((words,),) = refused.value.field_errors.values()
    assert list(refused.value.field_errors) == ["order_uuid"]
    assert words.startswith("The credits for this order were given already, by Sanne on ")


def test_a_cancelled_order_is_refused_beside_its_field(monkeypatch):
    order = Order(uuid="o1", status="CANCELLED")
    monkeypatch.setattr(services, "get_order", lambda *_piggy, order_uuid: order)
    with pytest.raises(Refused) as refused:
        GIVE.preview(None, {"order_uuid": "o1"})
    words = "This order was cancelled. No credits are given for it."
    assert refused.value.field_errors == {"order_uuid": [words]}


@pytest.mark.parametrize(("preview", "number"), [({"number": "1001"}, " 1001"), ({}, " ")])
def test_whose_order_it_was_is_told(preview, number):
    matter = Matter(data={}, preview=preview, customers={"contact": "Mira"})
    told = GIVE.sentence(matter).told("Sanne", "done")
    assert told == f"Sanne gave Mira the credits for order{number}"


def changed_entry(**asked):
    return Entry(data={"order_uuid": "o1", "status": "", "payment_status": ""} | asked)


@pytest.mark.parametrize(
    ("asked", "order", "is_done"),
    [
        ({"status": "PENDING"}, {"status": "PENDING"}, True),
        ({"payment_status": "PAID"}, {"payment_status": "PAID"}, True),
        ({"status": "PENDING"}, {"status": "CREATED"}, False),
        ({"status": "PENDING", "payment_status": "PAID"}, {"status": "PENDING"}, False),
        ({"payment_status": "PAID"}, {}, False),
    ],
)
def test_an_order_is_compared_with_what_was_asked(monkeypatch, asked, order, is_done):
    settled: Any
    later: Any
    known, settled, later = Order(uuid="o1", **order), [], []
    monkeypatch.setattr(
        services, "get_order", lambda piggy, *, order_uuid: {"o1": known}[order_uuid]
    )
    monkeypatch.setattr(update_order, "has_settled", lambda _entry: bool(settled))
    others = SimpleNamespace(exists=lambda: bool(later))
    monkeypatch.setattr(
        update_order, "changed_since", lambda _entry, field: {"order_uuid": others}[field]
    )
    entry = changed_entry(**asked)
    told = UPDATE.read_back(None, entry)
    names = ("status", "payment_status")
    assert [(each.what, each.value, each.fits) for each in told.evidence] == [
        (
            str(update_order.LABELS[name]),
            status_word(getattr(known, name)),
            name not in asked or asked[name] == getattr(known, name),
        )
        for name in names
    ]
    if is_done:
        words = "It is as it was asked to be."
        assert (told.verdict, told.words, told.result) == (Verdict.DONE, words, known)
        return
    words = "It is not so yet. Piggy may still be at it."
    assert (told.verdict, told.words) == (Verdict.UNDECIDED, words)
    settled.append(1)
    evidence = told.evidence
    told = UPDATE.read_back(None, entry)
    words = "It is not as it was asked to be."
    assert (told.verdict, told.words, told.evidence) == (Verdict.NOT_DONE, words, evidence)
    later.append(1)
    told = UPDATE.read_back(None, entry)
    words = "It is not so, but somebody may have changed it again since."
    assert (told.verdict, told.words, told.evidence) == (Verdict.UNDECIDED, words, evidence)


def test_only_what_was_chosen_is_sent(monkeypatch):
    sent = []
    monkeypatch.setattr(
        services, "update_order", lambda piggy, **asked: sent.append((piggy, asked))
    )
    UPDATE.perform("piggy", {"order_uuid": "o1", "status": "", "payment_status": "PAID"})
    UPDATE.perform("piggy", {"order_uuid": "o1", "status": "PENDING", "payment_status": ""})
    assert sent == [
        ("piggy", {"order_uuid": "o1", "status": None, "payment_status": "PAID"}),
        ("piggy", {"order_uuid": "o1", "status": "PENDING", "payment_status": None}),
    ]


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ({"status": "PENDING", "payment_status": "UNPAID"}, "Pending, Not paid"),
        ({"status": "", "payment_status": "UNPAID"}, "Not paid"),
        ({"status": "PENDING"}, "Pending"),
    ],
)
def test_what_it_was_set_to_is_told(asked, state):
    told = UPDATE.sentence(Matter(data=asked)).told("Sanne", "done")
    assert told == f"Sanne set an order to {state}"
