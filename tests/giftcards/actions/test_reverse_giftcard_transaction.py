"""Reversing what was booked last on a gift card, once."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox.seed import AMSTERDAM_UUID
from piggyadmin.sandbox.seed_dealings import GIFTCARD_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
SLUG = "reverse-giftcard-transaction"
URL = f"/actions/{SLUG}/"
SAMPLE = SAMPLES[SLUG]


def paid(sandbox, amount=-500):
    asked = {"giftcard_uuid": GIFTCARD_UUID, "amount_in_cents": amount}
    asked["shop_uuid"] = AMSTERDAM_UUID
    return sandbox.api("POST", "giftcard-transactions", json=asked)["uuid"]


def balance(sandbox):
    return sandbox.api("GET", f"giftcards/{GIFTCARD_UUID}")["amount_in_cents"]


def by_uuid(uuid):
    return SAMPLE | {"giftcard_transaction_uuid": uuid}


def reverse(client, form):
    return client.post(URL, confirmed(client.post(URL, form), form))


@pytest.mark.parametrize("named", ["GIFT-0001", GIFTCARD_UUID, None])
def test_the_last_one_is_found_by_the_card_or_by_its_uuid(named, staff, sandbox):
    uuid = paid(sandbox)
    form = by_uuid(named or uuid)
    assert "Put € 5.00 back on gift card …0001?" in text(staff.post(URL, form))
    reverse(staff, form)
    assert balance(sandbox) == 2_500
    entry = Entry.objects.get()
    assert entry.data["giftcard_transaction_uuid"] == uuid
    assert sentence_of(entry) == "Staff reversed −€ 5.00 on gift card …0001"  # noqa: RUF001


def test_twice_is_said_in_words(staff, sandbox):
    form = by_uuid(paid(sandbox))
    reverse(staff, form)
    page = text(staff.post(URL, form))
    assert "This was reversed already, by Staff on" in page
    assert balance(sandbox) == 2_500


def test_so_is_what_somebody_else_reversed(staff, sandbox):
    uuid = paid(sandbox)
    sandbox.api("POST", f"giftcard-transactions/{uuid}/reverse")
    page = text(staff.post(URL, by_uuid(uuid)))
    assert "it was reversed already" in page


def test_only_the_last_can_be(staff, sandbox):
    uuid = paid(sandbox)
    paid(sandbox, -100)
    page = text(staff.post(URL, by_uuid(uuid)))
    assert "Something else was booked on this card since." in page


def test_what_was_booked_after_the_look_is_not_reversed(staff, sandbox):
    """The card was typed: what was last when it was shown is not what is last now."""
    paid(sandbox)
    shown = staff.post(URL, SAMPLE)
    paid(sandbox, -100)
    page = text(staff.post(URL, confirmed(shown, SAMPLE)))
    assert "Something has changed since you checked" in page
    assert balance(sandbox) == 1_900


def test_a_card_without_transactions_has_nothing_to_reverse(staff, sandbox):
    page = text(staff.post(URL, by_uuid("GIFT-0003")))
    assert "nothing was booked on it yet" in page


def test_what_is_spent_cannot_be_taken_off(staff, sandbox):
    """Piggy's list may say so while the card does not yet."""
    uuid = sandbox.api("GET", "giftcard-transactions", params={"giftcard_hash": "GIFT-0001"})
    sandbox.faults(
        {"kind": "status", "status": 400, "code": 5003, "method": "POST", "path": "reverse$"}
    )
    response = reverse(staff, by_uuid(uuid[0]["uuid"]))
    assert "Nothing was changed at Piggy" in text(response)


def lose(staff, sandbox, kind):
    shown = staff.post(URL, SAMPLE)
    sandbox.faults({"kind": kind, "path": "reverse$", "method": "POST"})
    staff.post(URL, confirmed(shown, SAMPLE))
    sandbox.faults()
    entry = Entry.objects.get()
    assert entry.state == EntryState.UNKNOWN
    return entry


def read_back(piggy, entry):
    return get_action(SLUG).read_back(piggy, entry).verdict


def test_a_lost_reversal_is_found(staff, sandbox, piggy):
    paid(sandbox)
    assert read_back(piggy, lose(staff, sandbox, "drop_after")) == Verdict.DONE


def test_and_so_is_that_there_is_none(staff, sandbox, piggy, request):
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_before")
    assert read_back(piggy, entry) == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE


def test_another_amount_after_it_is_no_reversal(staff, sandbox, piggy, request):
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_before")
    paid(sandbox, 300)
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE
