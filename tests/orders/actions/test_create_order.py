"""Making orders: simulated first, made once, found again by their number."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.orders.forms import _named_products, _offers
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox.seed import MIRA_UUID
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
        ({"line_items-0-quantity": ""}, "Row 1: This field is required."),
        ({"line_items-0-quantity": "1.5"}, "Row 1: Enter a whole number"),
        ({"line_items-0-price": "-1"}, "Row 1: Enter an amount from 0"),
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
