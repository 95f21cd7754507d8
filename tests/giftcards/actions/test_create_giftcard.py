"""Making and finding gift cards."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox.seed_dealings import GIFTCARD_UUID
from tests.actions.samples import SAMPLES
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
URL = "/actions/create-giftcard/"
SAMPLE = SAMPLES["create-giftcard"]


def test_a_card_is_made_with_nothing_on_it(staff, sandbox):
    staff.get(URL)  # which reads what programs are called
    response = staff.post(URL, SAMPLE)
    page = text(staff.get(response["Location"]))
    assert "The gift card is there, with nothing on it yet." in page
    assert len(sandbox.api("GET", "giftcards")) == 4
    entry = Entry.objects.get()
    assert sentence_of(entry) == "Staff made a gift card of Gift card"
    newest = sandbox.api("GET", "giftcards")[0]
    assert newest["hash"] not in str([event.detail for event in entry.events.all()])


def test_the_same_again_is_asked_about(staff, sandbox):
    staff.post(URL, SAMPLE)
    assert staff.post(URL, SAMPLE).status_code == 200
    assert len(sandbox.api("GET", "giftcards")) == 4


def test_a_program_that_is_not_there(staff, sandbox):
    page = text(staff.post(URL, {"giftcard_program_uuid": GIFTCARD_UUID}))
    assert "There is no such gift card program in this account." in page


def test_a_lost_answer_shows_the_empty_cards(staff, sandbox, piggy):
    sandbox.faults({"kind": "drop_after", "path": "^giftcards$", "method": "POST"})
    staff.post(URL, SAMPLE)
    sandbox.faults()
    finding = get_action("create-giftcard").read_back(piggy, Entry.objects.get())
    assert finding.verdict == Verdict.UNDECIDED
    assert [each.value for each in finding.evidence][1:] == ["…0003"]


@pytest.mark.parametrize("typed", ["GIFT-0001", GIFTCARD_UUID])
def test_a_card_is_found_by_its_code_and_by_its_uuid(typed, support, sandbox):
    page = text(support.post("/actions/find-giftcard/", {"hash": typed}))
    assert "25.00" in page
    assert "Open the gift card" in page


def test_a_code_that_is_nowhere(support, sandbox):
    page = text(support.post("/actions/find-giftcard/", {"hash": "GIFT-9999"}))
    assert "There is no such gift card." in page
