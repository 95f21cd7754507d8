"""The pages of gift cards: what is on them, and nobody sees a code who did not ask."""

import pytest

from piggyadmin.giftcards.outstanding import outstanding
from piggyadmin.giftcards.transactions import transactions_page
from piggyadmin.giftcards.types import Giftcard
from piggyadmin.sandbox.seed_account import GIFTCARD_PROGRAM_UUID
from piggyadmin.sandbox.seed_dealings import GIFTCARD_UUID
from tests.amounts import text
from tests.piggy.scripted import answers

pytestmark = pytest.mark.django_db
CARD = f"/giftcards/{GIFTCARD_UUID}/"


def test_the_list_tells_what_is_outstanding_and_how_it_was_counted(support, sandbox):
    page = text(support.get("/giftcards/"))
    # 25.00, 29.50 and nothing
    assert "54.50" in page
    assert "the sum over all 3 cards that Piggy lists" in page
    assert "…0001" in page
    assert "GIFT-0001" not in page


def test_a_program_is_counted_up(support, sandbox):
    page = text(support.get(f"/giftcards/programs/{GIFTCARD_PROGRAM_UUID}/"))
    assert "54.50" in page
    assert "counted just now, card by card" in page
    assert support.get("/giftcards/programs/none/").status_code == 404


def test_the_list_can_be_narrowed_down(support, sandbox):
    led = support.post("/giftcards/", {"giftcard_program_uuid": GIFTCARD_PROGRAM_UUID})
    page = text(support.get(led["Location"]))
    assert "Program: Gift card" in page
    assert "…0001" in page
    wrong = text(support.get("/giftcards/?giftcard_program_uuid=none"))
    assert "Select a valid choice" in wrong


def test_a_card_tells_what_was_booked_on_it(staff, sandbox):
    response = staff.get(CARD)
    page = text(response)
    assert "25.00" in page
    assert "Put on it" in page
    assert "?giftcard_transaction_uuid=" in response.content.decode()
    assert "Show the code" in page


def test_who_may_not_book_is_offered_nothing(support, sandbox):
    page = support.get(CARD).content.decode()
    assert "create-giftcard-transaction" not in page
    assert "reverse-giftcard-transaction" not in page


def test_others_transactions_are_left_out_where_the_filter_is_ignored(scripted, scripted_piggy):
    own = {"uuid": "a", "card": {"uuid": "card"}}
    others = {"uuid": "b", "card": {"uuid": "another"}}
    scripted.will(answers([own, others, {"uuid": "c"}]))
    page = transactions_page(scripted_piggy, Giftcard(uuid="card", hash="GIFT"))
    assert [row.uuid for row in page.items] == ["a", "c"]


def test_a_card_that_is_not_there(support, sandbox):
    assert support.get("/giftcards/nothing/").status_code == 404


def test_what_piggy_does_not_say_is_told(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    assert "being maintained" in text(support.get(CARD))


def cards(*amounts, **more):
    return [
        {"uuid": f"card-{number}", "amount_in_cents": amount, **more}
        for number, amount in enumerate(amounts)
    ]


def test_a_part_says_that_it_is_one(scripted, scripted_piggy):
    scripted.will(answers(cards(100, 200), meta={"page": 1, "last_page": 3, "total": 250}))
    found = outstanding(scripted_piggy, "p", most_pages=1)
    assert (found.amount, found.counted, found.listed, found.is_all) == (300, 2, 250, False)


def test_what_cannot_be_spent_is_told_apart(scripted, scripted_piggy):
    given = [
        *cards(100, active=False),
        {"uuid": "late", "amount_in_cents": 50, "expiration_date": "2020-01-01T00:00:00+00:00"},
        {"uuid": "good", "amount_in_cents": 25},
        {"uuid": "other", "amount_in_cents": 999, "giftcard_program": {"uuid": "q"}},
    ]
    scripted.will(answers(given, meta={"page": 1, "last_page": 1, "total": 4}))
    found = outstanding(scripted_piggy, "p", most_pages=5)
    assert (found.amount, found.cannot_be_spent, found.counted, found.is_all) == (175, 150, 3, True)
