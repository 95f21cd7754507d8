"""Paying with gift cards and topping them up: never more than there is, never twice."""

from datetime import timedelta

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.giftcards.types import Giftcard
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.clock import Difference
from piggyadmin.sandbox.seed_dealings import GIFTCARD_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
SLUG = "create-giftcard-transaction"
URL = f"/actions/{SLUG}/"
SAMPLE = SAMPLES[SLUG]


def book(client, **changed):
    form = SAMPLE | changed
    return client.post(URL, confirmed(client.post(URL, form), form))


def balance(sandbox):
    return sandbox.api("GET", f"giftcards/{GIFTCARD_UUID}")["amount_in_cents"]


def test_what_will_happen_is_shown_and_done(staff, sandbox):
    page = text(staff.post(URL, SAMPLE))
    assert "Pay € 5.00 with gift card …0001?" in page
    assert "€ 20.00" in page
    response = book(staff)
    assert response.status_code == 302
    assert balance(sandbox) == 2_000
    entry = Entry.objects.get()
    assert sentence_of(entry) == "Staff took € 5.00 from gift card …0001 at Amsterdam"
    page = text(staff.get(response["Location"]))
    assert "Booked: −€ 5.00." in page  # noqa: RUF001
    assert "On it after" in page
    assert "€ 20.00, if nothing else was booked on it meanwhile." in page


def test_a_top_up_adds(staff, sandbox):
    book(staff, kind="top-up", amount="10.40")
    assert balance(sandbox) == 3_540
    assert "put € 10.40 on gift card …0001" in sentence_of(Entry.objects.get())


def test_the_code_stands_nowhere_in_the_ledger(staff, sandbox):
    book(staff)
    entry = Entry.objects.get()
    kept = [entry.data, entry.preview, *(event.detail for event in entry.events.all())]
    assert "GIFT-0001" not in str(kept)
    assert entry.data["giftcard_uuid"] == GIFTCARD_UUID
    assert "hash" not in Giftcard(uuid="u", hash="GIFT-0001").model_dump()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"amount": "25.01"}, "There is too little on this gift card: € 25.00."),
        ({"kind": "top-up", "amount": "125.01"}, "A card of this program holds € 150.00 at most"),
        ({"giftcard_uuid": "GIFT-9999"}, "No gift card with this code or UUID at Piggy."),
        ({"amount": "0"}, "Enter an amount from 0.01 to 100000 euros."),
        ({"amount": "501"}, "501 is unusual"),
        ({"kind": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_before(changed, words, staff, sandbox):
    page = text(staff.post(URL, SAMPLE | changed))
    assert words in page
    assert sandbox.calls("POST") == []


def test_too_little_is_said_after_as_well(staff, sandbox):
    """Somebody else pays in between: Piggy says no, and nothing was changed."""
    form = SAMPLE | {"amount": "20"}
    shown = staff.post(URL, form)
    amount = {"giftcard_uuid": GIFTCARD_UUID, "amount_in_cents": -1_000}
    sandbox.api("POST", "giftcard-transactions", json=amount | {"shop_uuid": SAMPLE["shop_uuid"]})
    page = text(staff.post(URL, confirmed(shown, form)))
    assert "There is too little on this gift card: € 15.00." in page
    assert balance(sandbox) == 1_500


def test_piggys_own_no_is_told(staff, sandbox):
    shown = staff.post(URL, SAMPLE)
    sandbox.faults({"kind": "status", "status": 400, "code": 5003, "method": "POST"})
    response = staff.post(URL, confirmed(shown, SAMPLE))
    assert "Nothing was changed at Piggy" in text(response)


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (Giftcard(uuid="u", active=False), "This gift card is switched off."),
        (
            Giftcard.model_validate({"uuid": "u", "expiration_date": "2020-01-01T00:00:00+00:00"}),
            "This gift card is past its date",
        ),
    ],
)
def test_a_card_that_cannot_be_used_is_refused(card, words, staff, sandbox, monkeypatch):
    monkeypatch.setattr("piggyadmin.giftcards.services.get_giftcard", lambda *_args, **_more: card)
    assert words in text(staff.post(URL, SAMPLE))


def lose(staff, sandbox, kind="drop_after"):
    shown = staff.post(URL, SAMPLE)
    sandbox.faults({"kind": kind, "path": "^giftcard-transactions$", "method": "POST"})
    staff.post(URL, confirmed(shown, SAMPLE))
    sandbox.faults()
    entry = Entry.objects.get()
    assert entry.state == EntryState.UNKNOWN
    return entry


def read_back(piggy, entry):
    return get_action(SLUG).read_back(piggy, entry)


def test_a_lost_answer_is_found_by_the_consoles_reference(staff, sandbox, piggy):
    entry = lose(staff, sandbox)
    found = read_back(piggy, entry)
    assert found.verdict == Verdict.DONE
    assert found.result.console_reference == str(entry.submission_key)


def test_what_was_reversed_since_is_still_found(staff, sandbox, piggy):
    """What reverses it carries the same reference, with the opposite amount."""
    entry = lose(staff, sandbox)
    made = read_back(piggy, entry).result
    sandbox.api("POST", f"giftcard-transactions/{made.uuid}/reverse")
    assert read_back(piggy, entry).verdict == Verdict.DONE


def test_what_is_there_twice_is_for_a_person(staff, sandbox, piggy):
    entry = lose(staff, sandbox)
    again = {"giftcard_uuid": GIFTCARD_UUID, "amount_in_cents": -500}
    again |= {"shop_uuid": SAMPLE["shop_uuid"]}
    again |= {"custom_attributes": {"console_reference": str(entry.submission_key)}}
    sandbox.api("POST", "giftcard-transactions", json=again)
    assert read_back(piggy, entry).verdict == Verdict.UNDECIDED


def test_what_was_not_done_is_told_when_nothing_can_come_any_more(staff, sandbox, piggy, request):
    entry = lose(staff, sandbox, "drop_before")
    assert read_back(piggy, entry).verdict == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry).verdict == Verdict.NOT_DONE


@pytest.mark.parametrize("is_kept_by_now", [True, False])
def test_without_a_reference_it_is_compared(
    staff, sandbox, piggy, settings, monkeypatch, is_kept_by_now
):
    settings.PIGGY_OWN_REFERENCE = False
    entry = lose(staff, sandbox)
    monkeypatch.setattr(own_reference, "is_kept", lambda *_args: is_kept_by_now)
    assert read_back(piggy, entry).verdict == Verdict.DONE


def test_without_a_reference_a_reversal_of_another_proves_nothing(staff, sandbox, piggy, settings):
    """A top-up of five, and five that came back, look the same."""
    settings.PIGGY_OWN_REFERENCE = False
    form = SAMPLE | {"kind": "top-up"}
    paid = {"giftcard_uuid": GIFTCARD_UUID, "amount_in_cents": -500}
    made = sandbox.api(
        "POST", "giftcard-transactions", json=paid | {"shop_uuid": SAMPLE["shop_uuid"]}
    )
    shown = staff.post(URL, form)
    sandbox.faults({"kind": "drop_before", "path": "^giftcard-transactions$", "method": "POST"})
    staff.post(URL, confirmed(shown, form))
    sandbox.faults()
    sandbox.api("POST", f"giftcard-transactions/{made['uuid']}/reverse")
    assert read_back(piggy, Entry.objects.get()).verdict == Verdict.UNDECIDED


def test_clocks_that_are_far_apart_prove_nothing(staff, sandbox, piggy, settings, monkeypatch):
    settings.PIGGY_OWN_REFERENCE = False
    entry = lose(staff, sandbox)
    hour = timedelta(hours=1)
    module = "piggyadmin.giftcards.actions.create_giftcard_transaction"
    monkeypatch.setattr(f"{module}.difference", lambda _account: Difference(hour, hour))
    finding = read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.words.startswith("Piggy's clock and ours are 60 minutes apart")
