"""Processing and changing orders that are there."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox.seed import MIRA_UUID
from piggyadmin.sandbox.seed_dealings import ORDER_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

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
