"""Making orders: simulated first, made once, found again by their number."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.sentences import Matter
from piggyadmin.orders import services
from piggyadmin.orders.actions import create_order
from piggyadmin.orders.actions.create_order import LineToMake, OrderToMake
from piggyadmin.orders.forms import _named_products, _offers
from piggyadmin.orders.types import NewOrder, Order, OrderLine, OrderResult, ProcessedOrder
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.sandbox.seed import MIRA_UUID
from piggyadmin.shops.types import Shop
from piggyadmin.ui.templatetags.ui import cents
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
URL = "/actions/create-and-process-order/"
LATER_URL = "/actions/create-order/"
SAMPLE = SAMPLES["create-order"]


def make(client, url=URL, **changed):
    form = SAMPLE | changed
    return client.post(url, confirmed(client.post(url, form), form))


def orders(sandbox):
    return [o for o in sandbox.api("GET", "orders") if o["external_identifier"] != "ORDER-0001"]


def credits_of_mira(sandbox):
    return sandbox.api("GET", f"contacts/{MIRA_UUID}")["credit_balance"]["balance"]


def test_it_is_simulated_made_and_gives_its_credits(staff, sandbox):
    page = text(staff.post(URL, SAMPLE))
    assert "Make an order of € 8.50 for Mira Jansen?" in page
    assert "Make the order and give 8 credits" in page
    assert "128 credits" in page
    assert orders(sandbox) == []
    assert credits_of_mira(sandbox) == 120
    response = make(staff)
    (order,) = orders(sandbox)
    assert (order["total_order_amount"], order["line_items"][0]["name"]) == (850, "Oat latte")
    assert credits_of_mira(sandbox) == 128
    assert "+8 credits" in text(staff.get(response["Location"]))
    entry = Entry.objects.get()
    assert order["external_identifier"] == str(entry.submission_key)
    words = (
        "Staff made an order of € 8.50 for mira.jansen@example.test at Amsterdam, with its credits"
    )
    assert sentence_of(entry) == words


def test_without_processing_it_gives_nothing_yet(staff, sandbox):
    assert "Gives when it is processed" in text(staff.post(LATER_URL, SAMPLE))
    response = make(staff, LATER_URL)
    assert "The order is there." in text(staff.get(response["Location"]))
    assert credits_of_mira(sandbox) == 120
    words = "Staff made an order of € 8.50 for mira.jansen@example.test at Amsterdam"
    assert sentence_of(Entry.objects.get()) == words


def test_a_discount_and_a_number_of_ones_own(staff, sandbox):
    make(staff, total_discount_amount="1,50", external_identifier="R-7", status="CREATED")
    (order,) = orders(sandbox)
    assert (order["external_identifier"], order["status"]) == ("R-7", "CREATED")
    assert (order["total_order_amount"], order["total_discount_amount"]) == (700, 150)


def test_a_product_can_be_typed_by_name(staff, sandbox):
    make(staff, **{"line_items-0-product": "oat latte"})
    (order,) = orders(sandbox)
    assert order["line_items"][0]["product"] == {"external_identifier": "SKU-OAT-LATTE"}


def test_products_are_offered_by_name_and_those_of_one_name_by_number():
    choices = [("A", "Tea"), ("B", "Tea"), ("C", "Cake")]
    assert _offers(choices) == [("A", "Tea"), ("B", "Tea"), ("Cake", "C")]
    assert _named_products(choices).keys() == {"a", "b", "c", "cake"}


def test_a_product_that_is_not_offered_is_asked_for(staff, sandbox, monkeypatch):
    monkeypatch.setattr("piggyadmin.orders.forms.offered", lambda _choices: [])
    make(staff)
    (order,) = orders(sandbox)
    assert order["line_items"][0]["name"] == "Oat latte"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"line_items-0-product": "Tee"}, "Row 1: there is no product “Tee”."),
        ({"line_items-0-quantity": ""}, "Row 1, Quantity: This field is required."),
        ({"line_items-0-quantity": "1.5"}, "Row 1, Quantity: Enter a whole number"),
        ({"line_items-0-price": "-1"}, "Row 1, Price of one: Enter an amount from 0"),
        ({"total_discount_amount": "8,51"}, "This is more than all of it costs."),
        ({"external_identifier": "ORDER-0001"}, "There is an order with this number already."),
        ({"line_items": "nonsense"}, "The lines are not a list"),
        ({"line_items": '[{"product": "x"}, 5]'}, "The lines are not a list"),
        ({"line_items": "[" + ",".join(['{"product": "x"}'] * 201) + "]"}, "At most 200 lines"),
        ({f"line_items-0-{part}": "" for part in ("product", "quantity", "price")}, "required"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changed, words, staff, sandbox):
    assert words in text(staff.post(URL, SAMPLE | changed))
    assert orders(sandbox) == []


def test_a_product_that_nobody_knows_is_told_by_the_number_of_its_row(staff, sandbox):
    row = {"product": "Tee", "quantity": "1", "price": "1"}
    moved = {f"line_items-3-{part}": value for part, value in row.items()}
    first = {f"line_items-0-{part}": "" for part in row}
    page = staff.post(URL, SAMPLE | first | moved).content.decode()
    assert "Row 2: there is no product “Tee”." in page
    (wrong,) = re.findall(r'<input[^>]*aria-invalid="true"[^>]*>', page)
    assert 'name="line_items-1-product"' in wrong
    assert 'aria-describedby="id_line_items_error"' in wrong


def test_a_row_more(staff, sandbox):
    page = staff.post(URL, SAMPLE | {"add_row": "1"}).content.decode()
    assert "line_items-1-product" in page
    assert 'value="SKU-OAT-LATTE"' in page


def test_the_same_can_be_asked_once_more(staff, sandbox):
    make(staff)
    page = staff.get(f"{URL}?again={Entry.objects.get().submission_key}").content.decode()
    assert 'value="SKU-OAT-LATTE"' in page
    assert 'value="4.25"' in page


def lose(staff, sandbox, kind, **changed):
    form = SAMPLE | changed
    shown = staff.post(URL, form)
    sandbox.faults({"kind": kind, "path": "^orders/create-and-process$"})
    staff.post(URL, confirmed(shown, form))
    sandbox.faults()
    entry = Entry.objects.get()
    assert entry.state == EntryState.UNKNOWN
    return entry


def read_back(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry)


@pytest.mark.parametrize("number", ["", "R-7"])
def test_a_lost_order_is_found_by_its_number(number, staff, sandbox, piggy):
    entry = lose(staff, sandbox, "drop_after", external_identifier=number)
    found = read_back(piggy, entry)
    assert found.verdict == Verdict.DONE
    assert found.result.order.total_order_amount == 850


def test_what_was_found_says_that_its_credits_are_not_told(staff, sandbox, piggy):
    entry = lose(staff, sandbox, "drop_after")
    staff.post(f"/ledger/{entry.submission_key}/look/")
    page = text(staff.get(f"{URL}{entry.submission_key}/"))
    assert "Piggy does not tell any more how many credits it gave." in page


def test_what_is_not_there_was_not_done(staff, sandbox, piggy, request):
    entry = lose(staff, sandbox, "drop_before")
    assert read_back(piggy, entry).verdict == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry).verdict == Verdict.NOT_DONE


def test_another_order_with_this_number_is_for_a_person(staff, sandbox, piggy):
    entry = lose(staff, sandbox, "drop_before", external_identifier="R-7")
    make(staff, external_identifier="R-7", **{"line_items-0-quantity": "3"})
    assert read_back(piggy, entry).verdict == Verdict.UNDECIDED


def test_without_any_number_nothing_can_be_found(staff, sandbox, piggy, settings):
    settings.PIGGY_OWN_REFERENCE = False
    entry = lose(staff, sandbox, "drop_after")
    assert read_back(piggy, entry).verdict == Verdict.UNDECIDED
    assert len(orders(sandbox)) == 1


def test_a_404_that_is_not_piggys_own_proves_nothing(staff, sandbox, piggy, later):
    """A gateway on the way may say so, whether the order is there or not."""
    entry = lose(staff, sandbox, "drop_after")
    sandbox.faults({"kind": "status", "status": 404, "method": "GET"})
    with pytest.raises(NotFound) as caught:
        read_back(piggy, entry)
    assert caught.value.code is None


def test_an_order_that_was_lost_is_found_and_given(staff, sandbox, piggy):
    form = SAMPLE | {"external_identifier": "O-LOST"}
    shown = staff.post(LATER_URL, form)
    sandbox.faults({"kind": "drop_after", "path": "^orders$", "method": "POST"})
    staff.post(LATER_URL, confirmed(shown, form))
    sandbox.faults()
    entry = Entry.objects.get()
    assert entry.state == EntryState.UNKNOWN
    finding = get_action(entry.action).read_back(piggy, entry)
    assert finding.verdict == Verdict.DONE
    assert finding.result.external_identifier == "O-LOST"


# --- Without Piggy ----------------------------------------------------------------------------

EURO = "€\N{NO-BREAK SPACE}"
CREATE, PROCESS = get_action("create-order"), get_action("create-and-process-order")
LINE = {"name": "Tea", "quantity": 2, "price": 425, "total_amount": 850}
DATA = {
    "contact_uuid": Contact(uuid="c1"),
    "shop_uuid": "s1",
    "status": "COMPLETED",
    "payment_status": "PAID",
    "total_discount_amount": Decimal("1.50"),
    "line_items": [LINE, LINE],
    "external_identifier": "",
    "reference": "",
}


def to_make(**changed):
    facts = {"contact": Contact(uuid="c1"), "shop_name": "Amsterdam", "lines": (), "discount": 0}
    facts |= {"total": 850, "worth": 8, "new_balance": None, "is_processed": True}
    return OrderToMake(**facts | changed)


@pytest.mark.parametrize(
    ("changed", "gives", "button"),
    [
        ({}, 8, "Make the order and give 8 credits"),
        ({"worth": 1}, 1, "Make the order and give 1 credit"),
        ({"worth": 1200}, 1200, "Make the order and give 1,200 credits"),
        ({"is_processed": False}, 0, f"Make the order of {EURO}8.50"),
        ({"worth": None}, None, f"Make the order of {EURO}8.50"),
        ({"worth": None, "is_processed": False}, 0, f"Make the order of {EURO}8.50"),
    ],
)
def test_what_it_gives_is_on_the_button(changed, gives, button):
    preview = to_make(**changed)
    assert (preview.gives, preview.button) == (gives, button)
    assert preview.gives_unknown is (gives is None)
    agreed = {"contact": "c1", "shop": "Amsterdam", "total": 850, "gives": gives}
    assert preview.decisive() == agreed


def test_an_order_is_written_as_the_api_wants_it():
    assert create_order.new_order(DATA, "O-1") == NewOrder(
        external_identifier="O-1",
        contact="c1",
        business_profile="s1",
        status="COMPLETED",
        payment_status="PAID",
        order_amount=1700,
        total_discount_amount=150,
        total_order_amount=1550,
        line_items=[LINE, LINE],
    )
    plain = create_order.new_order(DATA | {"total_discount_amount": None, "reference": "R"}, "O")
    assert (plain.total_discount_amount, plain.reference) == (None, "R")


@pytest.mark.parametrize("own", [None, "own-key"])
@pytest.mark.parametrize("typed", ["", "R-1"])
@pytest.mark.parametrize("action", [CREATE, PROCESS])
def test_an_order_has_a_number_whoever_gives_it(monkeypatch, action, own, typed):
    sent: Any = []
    monkeypatch.setattr(own_reference, "take", lambda _piggy: own)
    for name in ("create_order", "create_and_process_order"):
        monkeypatch.setattr(
            services,
            name,
            lambda piggy, *, order, name=name: sent.append((piggy, order)) or name,
        )
    name = "create_order" if action is CREATE else "create_and_process_order"
    assert action.perform("piggy", DATA | {"external_identifier": typed}) == name
    ((piggy, order),) = sent
    expected = typed or own
    number = order.external_identifier
    assert piggy == "piggy"
    assert number == expected if expected else UUID(number)
    assert order == create_order.new_order(DATA, number)


def previewed(monkeypatch, action=PROCESS, points=8, known=None, **changed):
    """Give what a preview says where Piggy says this."""
    asked: Any = []
    worth = OrderResult(type="t", points=points, new_balance=128)
    shops = [Shop(uuid="s0", name="Web"), Shop(uuid="s1", name="Amsterdam"), Shop(uuid="s2")]
    monkeypatch.setattr(
        services,
        "simulate_order",
        lambda piggy, *, order: asked.append((piggy, order)) or worth,
    )
    monkeypatch.setattr(create_order, "cached_shops", lambda _piggy: shops)
    monkeypatch.setattr(create_order, "_find", lambda piggy, number: known)
    preview = action.preview("piggy", DATA | changed)
    assert asked == [("piggy", create_order.new_order(DATA | changed, "simulated"))]
    return preview


@pytest.mark.parametrize("action", [CREATE, PROCESS])
def test_what_an_order_comes_to_is_shown(monkeypatch, action):
    line = LineToMake(name="Tea", quantity=2, price=425, total_amount=850)
    assert previewed(monkeypatch, action) == to_make(
        lines=(line, line),
        discount=150,
        total=1550,
        new_balance=128,
        is_processed=action is PROCESS,
    )


@pytest.mark.parametrize("shop", ["s2", "s9"])
def test_a_shop_without_a_name_is_called_by_its_uuid(monkeypatch, shop):
    preview = previewed(monkeypatch, points=None, shop_uuid=shop)
    assert (preview.shop_name, preview.worth) == (shop, None)


def test_a_number_that_is_taken_is_told_beside_its_field(monkeypatch):
    with pytest.raises(Refused) as refused:
        previewed(monkeypatch, known=Order(uuid="o"), external_identifier="O-1")
    words = "There is an order with this number already. Open it instead."
    assert refused.value.field_errors == {"external_identifier": [words]}


@pytest.mark.parametrize("code", [ErrorCode.RECORD_NOT_FOUND, ErrorCode.CONTACT_NOT_FOUND, None])
def test_only_piggys_own_word_says_that_there_is_no_order(monkeypatch, code):
    there = Order(uuid="o")

    def find(_piggy, *, external_identifier):
        if external_identifier == "O-1":
            return there
        raise NotFound(code=code, status=404)

    monkeypatch.setattr(services, "find_order", find)
    assert create_order._find(None, "") is None
    assert create_order._find(None, "O-1") == there
    if code == ErrorCode.RECORD_NOT_FOUND:
        assert create_order._find(None, "O-2") is None
        return
    with pytest.raises(NotFound):
        create_order._find(None, "O-2")


@pytest.mark.parametrize(
    ("contact", "total", "fits"),
    [
        (Contact(uuid="c1"), 700, True),
        (Contact(uuid="c2"), 700, False),
        (Contact(uuid="c1"), 850, False),
        (None, 700, None),
        (Contact(uuid="c1"), None, None),
        (None, 850, False),
    ],
)
def test_an_order_that_is_found_is_compared(monkeypatch, contact, total, fits):
    asked = {"contact_uuid": "c1", "line_items": [LINE], "external_identifier": "O-1"}
    entry = Entry(data=asked | {"total_discount_amount": "1.50"})
    made = datetime(2026, 3, 4, tzinfo=UTC)
    order = Order(uuid="o", contact=contact, total_order_amount=total, created_at=made)
    monkeypatch.setattr(create_order, "_find", lambda piggy, number: {"O-1": order}[number])
    finding = CREATE.read_back(None, entry)
    (evidence,) = finding.evidence
    assert (evidence.what, evidence.at, evidence.fits) == ("Order O-1", made, fits)
    assert evidence.value == cents(total)
    if fits:
        assert (finding.verdict, finding.words) == (Verdict.DONE, "Piggy has this order.")
        assert finding.result == order
        assert PROCESS.read_back(None, entry).result == ProcessedOrder(order=order)
    else:
        words = "There is an order with this number, but it is not as it was asked."
        assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, words)


@pytest.mark.parametrize(
    ("number", "is_settled", "verdict", "words"),
    [
        (None, True, Verdict.UNDECIDED, "The order has no number by which it could be found."),
        ("O", False, Verdict.UNDECIDED, "Piggy has no such order yet. It may still be at it."),
        ("O", True, Verdict.NOT_DONE, "Piggy has no such order."),
    ],
)
def test_an_order_that_is_not_there_may_still_come(monkeypatch, number, is_settled, verdict, words):
    monkeypatch.setattr(own_reference, "written", lambda _entry: number)
    monkeypatch.setattr(create_order, "_find", lambda piggy, number: {"O": None}[number])
    monkeypatch.setattr(create_order, "has_settled", lambda _entry: is_settled)
    finding = CREATE.read_back(None, Entry(data={"external_identifier": ""}))
    assert (finding.verdict, finding.words, finding.evidence) == (verdict, words, ())


def test_an_order_that_is_there_is_simulated_as_it_is(monkeypatch):
    order = Order(
        uuid="o",
        external_identifier="O-1",
        contact=Contact(uuid="c1"),
        business_profile=Shop(uuid="s1"),
        status="CREATED",
        payment_status="UNPAID",
        total_order_amount=850,
        line_items=[OrderLine(uuid="l", name="Tea", quantity=2)],
    )
    assert create_order.as_new(order) == NewOrder(
        external_identifier="O-1",
        contact="c1",
        business_profile="s1",
        status="CREATED",
        payment_status="UNPAID",
        total_order_amount=850,
        line_items=[{"uuid": "l", "name": "Tea", "quantity": 2}],
    )
    nothing = {"contact": "", "business_profile": "", "status": "", "payment_status": ""}
    bare = NewOrder(external_identifier="simulated", total_order_amount=0, line_items=[], **nothing)
    unnamed = Order(uuid="o", contact=Contact(), business_profile=Shop())
    assert create_order.as_new(Order(uuid="o")) == create_order.as_new(unnamed) == bare
    monkeypatch.setattr(services, "simulate_order", lambda piggy, *, order: (piggy, order))
    worth: Any = create_order.simulated("piggy", Order(uuid="o"))
    assert worth == ("piggy", bare)


@pytest.mark.parametrize(("action", "end"), [(CREATE, ""), (PROCESS, ", with its credits")])
def test_what_was_bought_is_told(action, end):
    matter = Matter(
        data={"line_items": [LINE], "total_discount_amount": "1.5", "shop_uuid": "s1"},
        customers={"contact": "Mira"},
        things={"s1": "Amsterdam"},
    )
    told = action.sentence(matter).told("Sanne", "done")
    assert told == f"Sanne made an order of {EURO}7.00 for Mira at Amsterdam{end}"
