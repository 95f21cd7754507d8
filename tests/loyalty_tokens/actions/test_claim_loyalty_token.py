"""Claiming a receipt's credits for a customer."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.credits.types import CreditReception
from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.loyalty_tokens import services
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, DUPLICATE_EMAIL, MIRA_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
CLAIM = get_action("claim-loyalty-token")
SAMPLE = SAMPLES[CLAIM.slug]
ADDRESS = SAMPLE["receipt_code"]
HASH = ADDRESS.partition("hash=")[2]
NO_CODE = "This is no loyalty code."


def claim(client, **changed: str):
    form = SAMPLE | changed
    return client.post(CLAIM.url, confirmed(client.post(CLAIM.url, form), form), follow=True)


def credits_of_mira(sandbox) -> int:
    balance = sandbox.api("GET", f"contacts/{MIRA_UUID}")["credit_balance"]["balance"]
    assert isinstance(balance, int)
    return balance


def test_it_says_what_it_gives_and_gives_it_once(staff, sandbox):
    page = text(staff.post(CLAIM.url, SAMPLE))
    assert "Give 15 credits" in page
    assert "Amsterdam" in page
    assert "Booked: 15 credits." in text(claim(staff))
    assert credits_of_mira(sandbox) == 135
    words = (
        "Staff gave mira.jansen@example.test the 15 credits of receipt RECEIPT-0001 of Amsterdam"
    )
    assert sentence_of(Entry.objects.get()) == words


def test_a_receipt_that_was_claimed_gives_nothing_to_another(staff, sandbox):
    claim(staff)
    form = SAMPLE | {"contact_uuid": DUPLICATE_EMAIL}
    shown = staff.post(CLAIM.url, form)
    page = text(staff.post(CLAIM.url, confirmed(shown, form) | {"again": "yes"}, follow=True))
    assert "Booked" not in page
    assert credits_of_mira(sandbox) == 135


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_codes_that_piggy_made_are_claimed_too(version, staff, sandbox, piggy):
    earned = {"v1": {"credits": 7}, "v2": {"unit_name": "purchase_amount", "unit_value": "10.40"}}
    address = services.create_loyalty_token(
        piggy, version=version, shop_id=AMSTERDAM_UUID, unique_id="R-1", **earned[version]
    )
    given = {"v1": 7, "v2": 10}[version]
    assert f"Booked: {given} credits." in text(claim(staff, receipt_code=address))


def test_a_code_that_was_changed_is_refused_by_piggy(staff, sandbox):
    page = text(claim(staff, receipt_code=ADDRESS.replace("credits=15", "credits=150")))
    assert "The hash is invalid." in page
    assert credits_of_mira(sandbox) == 120


def test_what_makes_it_genuine_stands_nowhere(staff, sandbox):
    response = claim(staff)
    kept = [list(model.objects.values()) for model in (Entry, Event, Snapshot)]
    assert HASH not in str(kept)
    assert HASH not in response.content.decode()
    assert HASH not in str(response.redirect_chain)


@pytest.mark.parametrize(
    "typed",
    [
        "WELCOME-ACTIVE",
        "https://example.test/l?version=v3",
        "http://[",
        ADDRESS.replace("version=v3", "version=v9"),
        ADDRESS.replace("credits=15", "credits=many"),
        ADDRESS.replace("credits=15", "credits=" + "9" * 40),
        ADDRESS.replace("credits=15", "unit_name=purchase_amount&unit_value=NaN"),
        ADDRESS.replace("credits=15", "unit_name=purchase_amount&unit_value=-3"),
        ADDRESS.replace("credits=15", "unit_name=purchase_amount&unit_value=1e999999"),
        ADDRESS.replace("credits=15", "unit_value=3"),
        ADDRESS.replace("credits=15", "credits=15" + "&a=b" * 30),
        ADDRESS.replace("RECEIPT-0001", "R" * 201),
    ],
)
def test_what_is_no_code_is_told_beside_it(typed, staff, sandbox):
    page = text(staff.post(CLAIM.url, SAMPLE | {"receipt_code": typed}))
    assert NO_CODE in page
    assert not Entry.objects.exists()


def lost(staff, sandbox, kind: str, **changed: str) -> Entry:
    form = SAMPLE | changed
    shown = staff.post(CLAIM.url, form)
    sandbox.faults({"kind": kind, "path": "claim$"})
    staff.post(CLAIM.url, confirmed(shown, form))
    sandbox.faults()
    return Entry.objects.latest("pk")


def verdict(piggy, entry: Entry) -> Verdict:
    found: Verdict = CLAIM.read_back(piggy, entry).verdict
    return found


def test_a_lost_answer_is_found_by_what_it_gave(staff, sandbox, piggy):
    assert verdict(piggy, lost(staff, sandbox, "drop_after")) is Verdict.DONE


def test_what_never_arrived_is_not_done_in_the_end(staff, sandbox, piggy, request):
    entry = lost(staff, sandbox, "drop_before")
    assert verdict(piggy, entry) is Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert verdict(piggy, entry) is Verdict.NOT_DONE


def test_an_amount_is_compared_with_its_unit(staff, sandbox, piggy):
    earned = {"unit_name": "purchase_amount", "unit_value": "10.40"}
    address = services.create_loyalty_token(
        piggy, version="v2", shop_id=AMSTERDAM_UUID, unique_id="R-1", **earned
    )
    entry = lost(staff, sandbox, "drop_after", receipt_code=address)
    assert verdict(piggy, entry) is Verdict.DONE


def test_what_a_colleague_gave_meanwhile_may_be_it(staff, sandbox, piggy):
    entry = lost(staff, sandbox, "drop_before")
    form = SAMPLES["create-credit-reception"] | {"credits": "15"}
    shown = staff.post("/actions/create-credit-reception/", form)
    sandbox.faults({"kind": "drop_after", "path": "credit-receptions$"})
    staff.post("/actions/create-credit-reception/", confirmed(shown, form))
    sandbox.faults()
    assert Entry.objects.latest("pk").state is EntryState.UNKNOWN
    assert verdict(piggy, entry) is not Verdict.DONE


def test_the_code_is_not_filled_in_again(staff, sandbox):
    claim(staff)
    entry = Entry.objects.get(action=CLAIM.slug)
    assert CLAIM.form_data(entry)["receipt_code"] == ""


def test_what_gave_nothing_cannot_be_taken_back():
    entry = Entry(action=CLAIM.slug, data={"contact_uuid": MIRA_UUID})
    assert CLAIM.undo(entry, CreditReception(uuid="u", credits=0)) is None
    assert CLAIM.undo(entry, CreditReception(uuid="u", credits=5)) == {
        "contact_uuid": MIRA_UUID,
        "credit_reception_uuid": "u",
    }
