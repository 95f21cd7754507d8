"""Taking back what came back of an order."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Verdict
from piggyadmin.orders import services
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
        ({"line_items-0-value": "3"}, "Of “Oat latte” only 2 was bought."),
        ({"line_items-0-value": ""}, "Fill in how many came back."),
        ({"line_items-0-value": "one"}, "Enter a whole number"),
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
