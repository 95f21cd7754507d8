"""Prepaid money that is put in, paid with and reversed, and what is told when it cannot be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from unittest import mock

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import reconciliation_evidence
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.sentences import Matter
from piggyadmin.piggy.types import Page
from piggyadmin.prepaid import read_back, services
from piggyadmin.prepaid.actions import reverse_prepaid_transaction
from piggyadmin.prepaid.types import PrepaidTransaction
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_fixtures import known_uuid
from piggyadmin.shops.types import Shop
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
TOP_UP, PAY, REVERSE = "top-up-prepaid", "pay-prepaid", "reverse-prepaid-transaction"
FIRST = known_uuid(0x900)
EURO = "€\N{NO-BREAK SPACE}"


def filled(piggy, amount="3.20", **more):
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    asked = {"contact_uuid": mira, "amount": Decimal(amount), "shop_uuid": seed.AMSTERDAM_UUID}
    return asked | more


def to_reverse(piggy, uuid=FIRST):
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    return {"contact_uuid": mira, "prepaid_transaction_uuid": uuid}


def balance(sandbox):
    path = f"contacts/{seed.MIRA_UUID}/prepaid-balance"
    return sandbox.api("GET", path)["balance_in_cents"]


def booked(sandbox, cents, contact=seed.MIRA_UUID):
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": contact, "amount_in_cents": cents}
    return sandbox.api("POST", "prepaid-transactions", json=body)["uuid"]


def done(client, slug, data):
    address = f"/actions/{slug}/"
    page = client.post(address, data)
    return client.post(address, confirmed(page, data), follow=True)


@pytest.mark.parametrize(
    ("slug", "adds", "button"),
    [(TOP_UP, 320, f"Top up {EURO}3.20"), (PAY, -320, f"Pay {EURO}3.20")],
)
def test_the_preview_says_what_is_on_it_after(piggy, slug, adds, button):
    preview = get_action(slug).preview(piggy, filled(piggy))
    assert preview.adds_cents == adds
    assert (preview.balance_cents, preview.after_cents) == (1_250, 1_250 + adds)
    assert (preview.shop_name, preview.button) == ("Amsterdam", button)
    assert preview.decisive() == {
        "contact": seed.MIRA_UUID,
        "shop": seed.AMSTERDAM_UUID,
        "adds_cents": adds,
    }


@pytest.mark.parametrize(
    ("slug", "after", "words"),
    [
        (TOP_UP, 2_290, f"Staff topped up {EURO}10.40 for Mira Jansen at Amsterdam"),
        (PAY, 930, f"Staff had Mira Jansen pay {EURO}3.20 from prepaid at Amsterdam"),
    ],
)
def test_it_is_booked_in_cents_and_told(staff, sandbox, slug, after, words):
    page = text(done(staff, slug, SAMPLES[slug]))
    assert "Booked:" in page
    assert balance(sandbox) == after
    assert sentence_of(Entry.objects.get()) == words


def test_a_payment_with_too_little_on_it_is_told_in_words(staff, sandbox):
    page = staff.post("/actions/pay-prepaid/", SAMPLES[PAY] | {"amount": "12,51"})
    (words,) = page.context["form"].errors["amount"]
    assert words == f"There is only {EURO}12.50 on it, {EURO}0.01 too little."
    assert not Entry.objects.exists()
    preview = staff.post("/actions/pay-prepaid/", SAMPLES[PAY] | {"amount": "12,50"})
    assert preview.context["preview"].after_cents == 0


def test_what_was_spent_meanwhile_is_refused_by_piggy_and_told(staff, sandbox, piggy):
    page = staff.post("/actions/pay-prepaid/", SAMPLES[PAY])
    sent = confirmed(page, SAMPLES[PAY])
    booked(sandbox, -1_000)
    answer = staff.post("/actions/pay-prepaid/", sent, follow=True)
    assert "too little" in text(answer)
    assert balance(sandbox) == 250


@pytest.mark.parametrize("amount", ["0", "-1", "0,001", "100001", "ten", ""])
def test_an_amount_that_is_none_is_told_beside_it(staff, sandbox, amount):
    page = staff.post("/actions/top-up-prepaid/", SAMPLES[TOP_UP] | {"amount": amount})
    assert list(page.context["form"].errors) == ["amount"]


def test_far_more_than_is_usual_is_asked_about(staff, sandbox):
    page = staff.post("/actions/top-up-prepaid/", SAMPLES[TOP_UP] | {"amount": "500,01"})
    assert "is unusual" in text(page)


def test_a_top_up_is_undone_by_reversing_it(staff, sandbox):
    outcome = done(staff, TOP_UP, SAMPLES[TOP_UP] | {"amount": "7,10"})
    address = f"/actions/{REVERSE}/?undo={Entry.objects.get().submission_key}"
    assert f'href="{address}"' in outcome.content.decode()
    page = staff.get(address)
    assert page.context["preview"].adds_cents == -710
    fields = page.context["form"].fields
    asked = {name: page.context["form"][name].value() or "" for name in fields}
    staff.post(f"/actions/{REVERSE}/", confirmed(page, asked))
    assert balance(sandbox) == 1_250


# --- Reversing -------------------------------------------------------------------------------


def test_a_top_up_is_taken_back_and_a_payment_given_back(piggy, sandbox):
    preview = get_action(REVERSE).preview(piggy, to_reverse(piggy))
    assert (preview.adds_cents, preview.button) == (-1_250, f"Take {EURO}12.50 back")
    paid = get_action(REVERSE).preview(piggy, to_reverse(piggy, booked(sandbox, -100)))
    assert (paid.adds_cents, paid.button) == (100, f"Give {EURO}1.00 back")


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        (False, f"Sanne took back {EURO}12.50 of prepaid from Mira Jansen"),
        (True, f"Sanne gave Mira Jansen back {EURO}1.00 that was paid from prepaid"),
    ],
)
def test_the_ledger_says_what_was_reversed(piggy, sandbox, paid, words):
    data = to_reverse(piggy, booked(sandbox, -100) if paid else FIRST)
    preview = get_action(REVERSE).preview(piggy, data)
    entry = make_entry(EntryState.DONE, slug=REVERSE, data=data, preview=preview)
    assert sentence_of(entry) == words


def test_what_was_spent_of_it_cannot_be_taken_back(piggy, sandbox):
    booked(sandbox, -1)
    with pytest.raises(Refused) as refused:
        get_action(REVERSE).preview(piggy, to_reverse(piggy))
    assert f"Only {EURO}12.49 of it is left" in refused.value.words


def test_another_contacts_transaction_is_not_reversed(piggy, sandbox):
    other = booked(sandbox, 100, contact=seed.DUPLICATE_UUID)
    for uuid in (other, "no-such"):
        with pytest.raises(Refused) as refused:
            get_action(REVERSE).preview(piggy, to_reverse(piggy, uuid))
        assert "no such transaction" in refused.value.words


def test_what_was_reversed_is_told_in_words(staff, sandbox):
    done(staff, REVERSE, SAMPLES[REVERSE])
    assert balance(sandbox) == 0
    page = text(staff.post(f"/actions/{REVERSE}/", SAMPLES[REVERSE]))
    assert "Staff has reversed this on" in page


def test_the_list_shows_how_much_when_and_where(staff, sandbox):
    page = staff.get(f"/actions/{REVERSE}/", {"contact_uuid": seed.MIRA_UUID})
    assert f"+{EURO}12.50 · " in page.content.decode()


# --- When the answer was lost ----------------------------------------------------------------


@pytest.fixture
def lost(piggy, monkeypatch):
    """Make entries whose answer was lost, so long ago that nothing comes any more."""

    def make(slug=PAY, data=None):
        asked = data or filled(piggy)
        preview = get_action(slug).preview(piggy, asked)
        made = make_entry(EntryState.UNKNOWN, slug=slug, data=asked, preview=preview)
        at = timezone.now() + timedelta(hours=1)
        monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))
        return made

    return make


def look(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry)


def test_what_was_booked_is_found(piggy, sandbox, lost):
    entry = lost()
    uuid = booked(sandbox, -320)
    finding = look(piggy, entry)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


def test_another_amount_or_another_contact_is_no_proof(piggy, sandbox, lost):
    entry = lost()
    booked(sandbox, -321)
    booked(sandbox, 320)
    booked(sandbox, 1_000, contact=seed.DUPLICATE_UUID)
    booked(sandbox, -320, contact=seed.DUPLICATE_UUID)
    sandbox.faults({"kind": "filters_ignored", "path": "^prepaid-transactions$"})
    assert look(piggy, entry).verdict == Verdict.NOT_DONE


def test_what_a_reversal_may_have_booked_is_no_proof(piggy, sandbox, lost):
    """Two open entries of different kinds would both fit the one row."""
    top_up = lost(TOP_UP, filled(piggy, "1.00"))
    lost(REVERSE, to_reverse(piggy, booked(sandbox, -100)))
    booked(sandbox, 100)
    assert look(piggy, top_up).verdict == Verdict.UNDECIDED


def test_more_than_can_be_looked_through_is_not_denied(piggy, sandbox, lost, monkeypatch):
    monkeypatch.setattr(read_back, "MOST_TRANSACTIONS", 0)
    assert look(piggy, lost()).verdict == Verdict.UNDECIDED


def test_of_an_unknown_shop_the_opposite_is_left_to_a_person(piggy, sandbox, lost):
    """Piggy need not tell where something was booked, and may tell where it was taken back."""
    entry = lost(REVERSE, to_reverse(piggy))
    entry.preview = entry.preview | {"shop_uuid": ""}
    sandbox.api("POST", f"prepaid-transactions/{FIRST}/reverse")
    assert look(piggy, entry).verdict == Verdict.UNDECIDED


def test_what_piggy_lists_of_others_is_not_offered(piggy, sandbox):
    other = booked(sandbox, 500, contact=seed.DUPLICATE_UUID)
    sandbox.faults({"kind": "filters_ignored", "path": "^prepaid-transactions$"})
    offered = dict(reverse_prepaid_transaction._offered(piggy, seed.MIRA_UUID))
    assert FIRST in offered
    assert other not in offered


# --- Reversing, without Piggy ----------------------------------------------------------------

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SHOP = Shop(uuid="s1", name="Amsterdam")
WHOSE = Contact(uuid="c1", prepaid_cents=700)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"amount_in_cents": 1_250, "shop": SHOP}, f"+{EURO}12.50 · Amsterdam"),
        ({"amount_in_cents": -1, "shop": Shop(uuid="s1")}, f"\N{MINUS SIGN}{EURO}0.01"),
        ({"amount_in_cents": 1}, f"+{EURO}0.01"),
        ({"amount_in_cents": 0}, f"{EURO}0.00"),
        ({"created_at": AT, "shop": SHOP}, "\N{EN DASH} · 4 Mar 2026 10:30 · Amsterdam"),
    ],
)
def test_a_transaction_in_the_list_says_what_is_known_of_it(row, words):
    shown = reverse_prepaid_transaction._in_list(PrepaidTransaction(uuid="t", **row))
    assert shown == words


def test_the_newest_transactions_with_a_uuid_are_offered(monkeypatch):
    asked = []
    rows = [PrepaidTransaction(uuid="t1", amount_in_cents=1), PrepaidTransaction()]

    def listed(*of, **narrow):
        asked.append((of, narrow))
        return Page(items=rows, page=1)

    monkeypatch.setattr(services, "list_prepaid_transactions", listed)
    offered = reverse_prepaid_transaction._offered("piggy", "c1")
    assert offered == [("t1", f"+{EURO}0.01")]
    assert asked == [(("piggy",), {"contact_uuid": "c1", "limit": 30})]


@pytest.mark.parametrize(
    ("contact", "is_theirs"),
    [(None, True), (Contact(), True), (WHOSE, True), (Contact(uuid="c2"), False)],
)
def test_a_transaction_is_theirs_unless_piggy_says_otherwise(contact, is_theirs):
    row = PrepaidTransaction(uuid="t", contact=contact)
    assert reverse_prepaid_transaction._is_of(row, WHOSE) is is_theirs


def reversed_of(monkeypatch, row, contact=WHOSE):
    """Give what would become of the balance, of a contact of whom this is booked."""
    rows = [
        PrepaidTransaction(uuid="other", amount_in_cents=9),
        PrepaidTransaction(uuid="t", **row),
    ]
    monkeypatch.setattr(
        read_back, "transactions", lambda _piggy, uuid: rows if uuid == "c1" else []
    )
    data = {"contact_uuid": contact, "prepaid_transaction_uuid": "t"}
    return get_action(REVERSE).preview(None, data)


def test_all_of_a_balance_can_be_taken_back(monkeypatch):
    preview = reversed_of(monkeypatch, {"amount_in_cents": 700, "shop": SHOP})
    assert preview.model_dump() == {
        "contact": WHOSE.model_dump(),
        "shop_uuid": "s1",
        "shop_name": "Amsterdam",
        "adds_cents": -700,
        "balance_cents": 700,
        "button": f"Take {EURO}7.00 back",
    }


def test_what_is_not_told_of_a_transaction_is_empty(monkeypatch):
    for shop in (None, Shop()):
        preview = reversed_of(monkeypatch, {"amount_in_cents": -5, "shop": shop})
        assert (preview.shop_uuid, preview.shop_name, preview.adds_cents) == ("", "", 5)
        assert preview.button == f"Give {EURO}0.05 back"


def test_where_nothing_is_told_of_a_balance_it_is_none(monkeypatch):
    broke = Contact(uuid="c1")
    assert reversed_of(monkeypatch, {"amount_in_cents": -5}, broke).balance_cents == 0
    with pytest.raises(Refused) as refused:
        reversed_of(monkeypatch, {"amount_in_cents": 1}, broke)
    assert refused.value.field_errors == {
        "prepaid_transaction_uuid": [f"Only {EURO}0.00 of it is left, so it cannot be taken back."]
    }


@pytest.mark.parametrize("row", [{}, {"amount_in_cents": 0}, {"amount_in_cents": 5, "contact": 2}])
def test_what_is_not_theirs_or_of_no_amount_is_refused(monkeypatch, row):
    if "contact" in row:
        row = row | {"contact": Contact(uuid="c2")}
    with pytest.raises(Refused) as refused:
        reversed_of(monkeypatch, row)
    assert refused.value.field_errors == {
        "prepaid_transaction_uuid": ["This customer has no such transaction."]
    }


def test_what_was_reversed_before_is_not_looked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(
        reverse_prepaid_transaction, "refuse_reversed", lambda *what: asked.append(what)
    )
    reversed_of(monkeypatch, {"amount_in_cents": 5})
    assert asked == [(REVERSE, "prepaid_transaction_uuid", "t")]


@pytest.mark.parametrize(
    ("preview", "words"),
    [
        ({}, "took back an amount of prepaid from Mira"),
        ({"adds_cents": 0}, f"took back {EURO}0.00 of prepaid from Mira"),
        ({"adds_cents": -5}, f"took back {EURO}0.05 of prepaid from Mira"),
        ({"adds_cents": 1}, f"gave Mira back {EURO}0.01 that was paid from prepaid"),
    ],
)
def test_what_was_reversed_is_told_as_far_as_it_is_known(preview, words):
    matter = Matter(data={}, preview=preview, customers={"contact": "Mira"})
    sentence = get_action(REVERSE).sentence(matter)
    assert sentence.done % (sentence.parts | {"who": "Sanne"}) == f"Sanne {words}"


def test_all_that_is_on_it_can_be_paid():
    pay = get_action(PAY)
    contact = Contact(uuid="c1", prepaid_cents=320)
    with mock.patch("piggyadmin.prepaid.booking.cached_shops", return_value=[]):
        data = {"contact_uuid": contact, "amount": Decimal("3.20"), "shop_uuid": "s"}
        assert pay.preview(None, data).after_cents == 0
        with pytest.raises(Refused) as refused:
            pay.preview(None, data | {"amount": Decimal("3.21")})
    assert refused.value.field_errors == {
        "amount": [f"There is only {EURO}3.20 on it, {EURO}0.01 too little."]
    }
