"""Taking back what came back of an order."""

from typing import Any
from uuid import UUID

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.sentences import Matter
from piggyadmin.orders import forms as order_forms
from piggyadmin.orders import services
from piggyadmin.orders.actions import create_and_process_order_return
from piggyadmin.orders.actions.create_and_process_order_return import OrderReturnToMake
from piggyadmin.orders.actions.create_order import LineToMake
from piggyadmin.orders.types import Order, OrderLine, OrderResult
from piggyadmin.piggy.errors import Maintenance
from piggyadmin.sandbox.seed import MIRA_UUID
from piggyadmin.sandbox.seed_dealings import ORDER_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
URL = "/actions/create-and-process-order-return/"
SAMPLE = SAMPLES["create-and-process-order-return"]


def take_back(client, **changed):
    form = SAMPLE | changed
    return client.post(URL, confirmed(client.post(URL, form), form))


def credits_of_mira(sandbox):
    return sandbox.api("GET", f"contacts/{MIRA_UUID}")["credit_balance"]["balance"]


def test_the_lines_of_the_order_stand_in_the_form(staff, sandbox):
    page = staff.get(f"{URL}?order_uuid={ORDER_UUID}").content.decode()
    assert 'value="Oat latte"' in page
    assert f'value="{ORDER_UUID}"' in page


def test_a_share_of_the_credits_is_taken_back(staff, sandbox):
    sandbox.api("POST", f"orders/{ORDER_UUID}/process")
    page = text(staff.post(URL, SAMPLE))
    assert "Take € 4.25 of order 1001 back?" in page
    assert "Take it back, and up to 4 credits" in page
    response = take_back(staff)
    assert credits_of_mira(sandbox) == 124
    assert "It is taken back." in text(staff.get(response["Location"]))
    words = "Staff took € 4.25 of order 1001 back from mira.jansen@example.test"
    assert sentence_of(Entry.objects.get()) == words


@pytest.mark.parametrize("line", ["LINE-1", "oat LATTE"])
def test_a_line_is_found_by_name_or_number(line, staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"line_items-0-label": line}))
    assert "Take € 4.25 of order 1001 back?" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"line_items-0-value": "3"},
            "Of “Oat latte” at most 2 can come back",
        ),
        ({"line_items-0-value": ""}, "Fill in how many came back."),
        ({"line_items-0-value": "one"}, "Row 1, How many came back: Enter a whole number"),
        ({"line_items-0-label": "Tea"}, "This order has no line “Tea”."),
        ({"order_uuid": "ORDER-9"}, "No order with this number or UUID at Piggy."),
        ({"line_items": "nonsense"}, "The options are not a list"),
    ],
)
def test_what_cannot_be_is_said(changed, words, staff, sandbox):
    assert words in text(staff.post(URL, SAMPLE | changed))
    assert not Entry.objects.exists()


def test_the_same_can_be_asked_once_more(staff, sandbox):
    take_back(staff)
    page = staff.get(f"{URL}?again={Entry.objects.get().submission_key}").content.decode()
    assert 'value="Oat latte"' in page


def test_twice_with_one_number_is_refused_by_piggy(staff, sandbox):
    take_back(staff, external_identifier="B-1")
    form = SAMPLE | {"external_identifier": "B-1", "line_items-0-value": "2"}
    response = staff.post(URL, confirmed(staff.post(URL, form), form))
    assert "has already been taken" in text(response)


def test_a_lost_answer_says_by_which_number_it_is_found(staff, sandbox, piggy):
    shown = staff.post(URL, SAMPLE)
    sandbox.faults({"kind": "drop_after", "path": "^order-returns"})
    staff.post(URL, confirmed(shown, SAMPLE))
    sandbox.faults()
    entry = Entry.objects.get()
    finding = get_action(entry.action).read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert [each.value for each in finding.evidence] == [str(entry.submission_key)]


def test_an_order_that_cannot_be_read_is_not_returned(piggy, monkeypatch):
    def away(*_args, **_more):
        raise Maintenance

    form = get_action("create-and-process-order-return").form_class(SAMPLE, piggy=piggy)
    monkeypatch.setattr(services, "get_order", away)
    with pytest.raises(Maintenance):
        form.is_valid()


# --- Without Piggy ----------------------------------------------------------------------------

EURO = "€\N{NO-BREAK SPACE}"
RETURN: Any = get_action("create-and-process-order-return")
NOTE: Any = get_action("create-order-return")
TEA = OrderLine(
    uuid="l1", external_identifier="L-1", name="Tea", quantity=3, price=200, total_amount=500
)
CAKE = OrderLine(uuid="l2", external_identifier="L-2", name="Cake", quantity=1, price=300)
OTHER_CAKE = OrderLine(uuid="l3", external_identifier="L-3", name="Cake", total_amount=300)
UNNAMED = OrderLine(uuid="l4", external_identifier="L-4")
BARE = OrderLine(uuid="l5")
ORDER = Order(
    uuid="o1",
    external_identifier="O-1",
    reference="1001",
    contact=Contact(uuid="c1"),
    line_items=[TEA, CAKE, OTHER_CAKE, UNNAMED, BARE],
)


def came_back(line: OrderLine, quantity: int) -> dict[str, object]:
    """Give a row of the form as it is once its line was found."""
    return {"uuid": line.uuid, "external_identifier": line.external_identifier} | {
        "quantity": quantity,
        "label": line.name,
        "value": str(quantity),
    }


def to_make(**changed):
    line = LineToMake(name="Tea", quantity=2, price=200, total_amount=333)
    facts = {"contact": None, "order_uuid": "o1", "number": "1001", "lines": (line,)}
    return OrderReturnToMake(**facts | {"total": 333, "takes": 3} | changed)


@pytest.mark.parametrize(
    ("changed", "gives", "button"),
    [
        ({}, -3, "Take it back, and up to 3 credits"),
        ({"takes": 1}, -1, "Take it back, and up to 1 credit"),
        ({"takes": 1200}, -1200, "Take it back, and up to 1,200 credits"),
        ({"is_processed": False}, 0, "Note what came back"),
    ],
)
def test_what_it_takes_is_on_the_button(changed, gives, button):
    preview = to_make(**changed)
    assert (preview.gives, preview.button) == (gives, button)
    agreed = {"order": "o1", "lines": [("Tea", 2)], "takes": changed.get("takes", 3)}
    assert preview.decisive() == agreed


def test_lines_are_called_by_name_or_number_or_both():
    labels = ["Tea", "Cake (L-2)", "Cake (L-3)", " (L-4)", " ()"]
    made = create_and_process_order_return
    assert [made._label(ORDER, line) for line in ORDER.line_items] == labels
    assert made._named(ORDER) == {
        "tea": TEA,
        "cake": OTHER_CAKE,
        "l-1": TEA,
        "l-2": CAKE,
        "l-3": OTHER_CAKE,
        "l-4": UNNAMED,
        "cake (l-2)": CAKE,
        "cake (l-3)": OTHER_CAKE,
        " (l-4)": UNNAMED,
        " ()": BARE,
    }


def filled_in(monkeypatch, *rows, order=ORDER):
    """Fill the form in by hand, of an order that is there."""
    monkeypatch.setattr(services, "get_order", lambda _piggy, *, order_uuid: order)
    typed = {"order_uuid": "O-1", "external_identifier": ""}
    for place, (label, value) in enumerate(rows):
        typed |= {f"line_items-{place}-label": label, f"line_items-{place}-value": value}
    monkeypatch.setattr(order_forms, "resolve_order", lambda _piggy, *, query: order)
    return RETURN.form_class(typed, piggy=None)


def test_rows_find_their_lines(monkeypatch):
    form = filled_in(monkeypatch, ("TEA", "3"), ("l-2", "1"), ("Cake (L-3)", " "))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["line_items"] == [
        came_back(TEA, 3) | {"label": "TEA"},
        came_back(CAKE, 1) | {"label": "l-2"},
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("Milk", "1"), "This order has no line “Milk”."),
        (("Tea", "4"), "Of “Tea” at most 3 can come back: no more was bought."),
        (("L-3", "1"), "Of “L-3” at most 0 can come back: no more was bought."),
    ],
)
def test_what_was_not_bought_cannot_come_back(monkeypatch, row, words):
    form = filled_in(monkeypatch, row, ("Tea", "1"))
    assert not form.is_valid()
    assert form.errors == {"line_items": [words]}


def test_the_share_of_a_line_is_reckoned_in_whole_cents():
    data = {"line_items": [came_back(TEA, 1), came_back(CAKE, 5), came_back(TEA, 1)]}
    count, line = create_and_process_order_return._count, create_and_process_order_return._line
    assert [count(each, data) for each in ORDER.line_items] == [2, 5, 0, 0, 0]
    assert line(TEA, data) == LineToMake(name="Tea", quantity=2, price=200, total_amount=333)
    assert line(CAKE, data) == LineToMake(name="Cake", quantity=5, price=300, total_amount=0)
    bare = {"line_items": [came_back(BARE, 2)]}
    assert line(BARE, bare) == LineToMake(name="", quantity=2, price=0, total_amount=0)
    whole = {"line_items": [came_back(OTHER_CAKE, 2)]}
    assert line(OTHER_CAKE, whole).total_amount == 600


def test_what_comes_back_is_simulated_as_an_order_of_its_own(monkeypatch):
    asked: Any
    asked, worth = [], OrderResult(type="t", points=3)
    monkeypatch.setattr(services, "get_order", lambda *_piggy, order_uuid: ORDER)
    monkeypatch.setattr(
        services, "simulate_order", lambda piggy, *, order: asked.append((piggy, order)) or worth
    )
    data = {"order_uuid": "o1", "line_items": [came_back(TEA, 2)]}
    preview = RETURN.preview("piggy", data)
    assert preview == to_make(contact=ORDER.contact)
    assert [piggy for piggy, _order in asked] == ["piggy"]
    assert (asked[0][1].total_order_amount, asked[0][1].external_identifier) == (333, "O-1")
    assert RETURN.subjects(data, preview) == {"contact": "c1"}
    assert RETURN.subjects(data, None) == RETURN.subjects(data, to_make()) == {}
    assert RETURN.subjects(data, to_make(contact=Contact())) == {}
    worth = OrderResult(type="t")
    noted = NOTE.preview("piggy", data)
    assert (noted.takes, noted.is_processed, noted.gives_unknown) == (None, False, False)
    taken = RETURN.preview("piggy", data)
    assert (taken.gives_unknown, taken.gives, taken.button) == (True, 0, "Take it back")


@pytest.mark.parametrize(
    ("order", "number"),
    [
        ({"reference": "1001", "external_identifier": "O-1"}, "1001"),
        ({"external_identifier": "O-1"}, "O-1"),
        ({}, "o1"),
    ],
)
def test_an_order_is_called_by_what_people_know_it_by(monkeypatch, order, number):
    known = Order(uuid="o1", **order)
    monkeypatch.setattr(services, "get_order", lambda *_piggy, order_uuid: known)
    monkeypatch.setattr(services, "simulate_order", lambda *_piggy, order: OrderResult(type="t"))
    preview = RETURN.preview(None, {"order_uuid": "o1", "line_items": []})
    assert (preview.number, preview.lines, preview.total) == (number, (), 0)


@pytest.mark.parametrize("own", [None, "own-key"])
@pytest.mark.parametrize("typed", ["", "R-1"])
def test_a_return_has_a_number_whoever_gives_it(monkeypatch, own, typed):
    monkeypatch.setattr(own_reference, "take", lambda _piggy: own)
    data = {"order_uuid": "o1", "external_identifier": typed, "line_items": [came_back(TEA, 2)]}
    made = RETURN.as_new(None, data)
    expected = typed or own
    assert made.external_identifier == expected if expected else UUID(made.external_identifier)
    assert (made.order, made.status) == ("o1", "COMPLETED")
    line = {"uuid": "l1", "external_identifier": "L-1", "quantity": 2}
    assert made.line_items == [line]


def test_its_lines_stand_in_the_form_with_no_number(monkeypatch):
    asked: Any = []
    monkeypatch.setattr(
        services, "get_order", lambda piggy, *, order_uuid: asked.append(order_uuid) or ORDER
    )
    found = RETURN.look_up(None, {"order_uuid": "o1"})
    labels = ["Tea", "Cake (L-2)", "Cake (L-3)", " (L-4)", " ()"]
    rows = [{"label": label, "value": ""} for label in labels]
    assert (found.initial, found.found) == ({"order_uuid": "o1", "line_items": rows}, ORDER)
    assert asked == ["o1"]


def test_the_same_of_the_same_order_is_alike():
    data = {"order_uuid": "o1", "line_items": [came_back(TEA, 2)], "external_identifier": "R"}
    assert RETURN.deduplication_data(data) == ["o1", [("Tea", "2")]]


@pytest.mark.parametrize(
    ("typed", "written", "shown"), [("R-1", "own", ["R-1"]), ("", "own", ["own"]), ("", None, [])]
)
def test_by_which_number_it_would_be_found_is_shown(monkeypatch, typed, written, shown):
    monkeypatch.setattr(own_reference, "written", lambda _entry: written)
    finding = RETURN.read_back(None, Entry(data={"external_identifier": typed}))
    assert finding.verdict == Verdict.UNDECIDED
    assert [(each.what, each.value) for each in finding.evidence] == [
        ("Its number at Piggy", value) for value in shown
    ]
    assert finding.words == (
        "Piggy cannot be asked for returns. Look at the customer's credits and at Piggy's own "
        "pages, then decide."
    )


def test_sentences_name_how_much_and_of_what():
    matter = Matter(data={}, preview={"total": 425, "number": 1001}, customers={"contact": "Mira"})
    parts = {"amount": f"{EURO}4.25", "number": "1001", "customer": "Mira"}
    assert create_and_process_order_return.parts_of(matter) == parts
    unknown = create_and_process_order_return.parts_of(Matter(data={}))
    assert unknown["number"] == ""
    for action, words in (
        (RETURN, f"Sanne took {EURO}4.25 of order 1001 back from Mira"),
        (NOTE, f"Sanne noted that {EURO}4.25 of order 1001 came back from Mira"),
    ):
        assert action.sentence(matter).told("Sanne", "done") == words
