"""Reversing what was booked last on a gift card, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.giftcards import services, transactions
from piggyadmin.giftcards.transactions import Booked
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.clock import Difference
from piggyadmin.sandbox.seed import AMSTERDAM_UUID
from piggyadmin.sandbox.seed_dealings import GIFTCARD_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
SLUG = "reverse-giftcard-transaction"
URL = f"/actions/{SLUG}/"
MODULE = "piggyadmin.giftcards.actions.reverse_giftcard_transaction"
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


def test_nor_what_is_spent_while_the_list_does_not_tell_it_yet(staff, sandbox, monkeypatch):
    get_giftcard = services.get_giftcard

    def nearly_empty(piggy, **names):
        return get_giftcard(piggy, **names).model_copy(update={"amount_in_cents": 100})

    monkeypatch.setattr(services, "get_giftcard", nearly_empty)
    page = text(staff.post(URL, SAMPLE))
    assert "There is too little left on this gift card to take that off: € 1.00." in page
    assert sandbox.calls("POST") == []


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


def test_a_transaction_that_is_not_listed_any_more_proves_nothing(
    staff, sandbox, piggy, monkeypatch, later
):
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_after")
    listed = services.list_giftcard_transactions(piggy, giftcard_hash="GIFT-0001")
    asked = entry.data["giftcard_transaction_uuid"]
    others = [row for row in listed.items if row.uuid != asked]
    listed = listed.model_copy(update={"items": others})
    monkeypatch.setattr(services, "list_giftcard_transactions", lambda *_args, **_more: listed)
    finding = get_action(SLUG).read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.words == "Piggy does not list the transaction any more."


def test_clocks_that_are_far_apart_prove_nothing(staff, sandbox, piggy, monkeypatch):
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_after")
    hour = timedelta(hours=1)
    far = Difference(hour, hour)
    monkeypatch.setattr(f"{MODULE}.difference", lambda _account: far)
    finding = get_action(SLUG).read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.words.startswith("Piggy's clock and ours are 60 minutes apart")


def test_the_opposite_of_an_unknown_moment_is_left_to_a_person(staff, sandbox, piggy, monkeypatch):
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_after")
    listed = services.list_giftcard_transactions(piggy, giftcard_hash="GIFT-0001")
    newest, *others = listed.items
    timeless = [newest.model_copy(update={"created_at": None, "uuid": "r1"}), *others]
    # In the order of the card, which those have that Piggy gives no moment for.
    ordered = Booked(list(reversed(timeless)), is_all=True)
    monkeypatch.setattr(f"{MODULE}.all_transactions", lambda *_args: ordered)
    finding = get_action(SLUG).read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert "Piggy does not tell all about it" in finding.words
    assert [each.what for each in finding.evidence] == ["Transaction r1"]


def test_the_opposite_that_was_booked_at_another_time_is_another_ones(
    staff, sandbox, piggy, monkeypatch, later
):
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_after")
    assert read_back(piggy, entry) == Verdict.DONE
    long_ago = timezone.now() - timedelta(days=1)
    monkeypatch.setattr(transactions, "window", lambda *_args: (long_ago, long_ago))
    assert read_back(piggy, entry) == Verdict.NOT_DONE


def test_of_an_unknown_shop_the_opposite_is_left_to_a_person(staff, sandbox, piggy, later):
    """Piggy need not tell where something was booked, and may tell where it was taken back."""
    paid(sandbox)
    entry = lose(staff, sandbox, "drop_after")
    entry.preview = entry.preview | {"shop_uuid": ""}
    assert read_back(piggy, entry) == Verdict.UNDECIDED
