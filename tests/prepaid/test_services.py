"""Prepaid money, against a sandbox behind a socket."""

import pytest

from piggyadmin.piggy.errors import ErrorCode, NotFound, OutcomeUnknown, Rejected
from piggyadmin.prepaid import services
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_UUID
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def book(piggy, amount, **whose):
    return services.create_prepaid_transaction(
        piggy, amount_in_cents=amount, shop_uuid=AMSTERDAM_UUID, **whose
    )


def test_money_in_and_out_and_back(piggy):
    paid = book(piggy, 500, contact_uuid=MIRA_UUID)
    assert (paid.amount_in_cents, paid.prepaid_balance.balance_in_cents) == (500, 1_750)
    spent = book(piggy, -750, contact_identifier_value="CARD-0001")
    assert spent.prepaid_balance.balance_in_cents == 1_000
    assert spent.contact_identifier.value == "CARD-0001"
    one = {"prepaid_transaction_uuid": spent.uuid}
    assert services.reverse_prepaid_transaction(piggy, **one).amount_in_cents == 750
    with pytest.raises(Rejected):
        services.reverse_prepaid_transaction(piggy, **one)
    page = services.list_prepaid_transactions(piggy, contact_uuid=MIRA_UUID, limit=2)
    assert [each.amount_in_cents for each in page.items] == [750, -750]
    assert (page.total, page.items[0].contact.uuid) == (4, MIRA_UUID)


@pytest.mark.parametrize(
    ("amount", "whose", "code"),
    [
        (1, {"contact_uuid": NOBODY}, ErrorCode.CONTACT_NOT_FOUND),
        (1, {"contact_identifier_value": "x"}, ErrorCode.CONTACT_IDENTIFIER_NOT_FOUND),
        (-9_999, {"contact_uuid": MIRA_UUID}, ErrorCode.INVALID_INPUT),
        (1, {}, ErrorCode.INVALID_INPUT),
    ],
)
def test_what_cannot_be_booked(piggy, amount, whose, code):
    with pytest.raises(Rejected) as caught:
        book(piggy, amount, **whose)
    assert caught.value.code == code


def test_transactions_of_nobody(piggy):
    with pytest.raises(NotFound):
        services.list_prepaid_transactions(piggy, contact_uuid=NOBODY)


def test_money_is_never_booked_twice(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers({"uuid": "t"}))
    with pytest.raises(OutcomeUnknown):
        book(scripted_piggy, 1, contact_uuid="c")
    assert len(scripted.received) == 1


def test_everything_that_is_given_is_sent(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "t"}))
    asked = {
        "amount_in_cents": -5,
        "shop_uuid": "s",
        "contact_uuid": "c",
        "contact_identifier_value": "CARD",
    }
    services.create_prepaid_transaction(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path) == ("POST", "prepaid-transactions")
    assert request.json == asked


def test_what_is_asked_of_transactions(scripted, scripted_piggy):
    scripted.will(answers([]), answers([]))
    narrow = {"contact_uuid": "c", "shop_uuid": "s"}
    page = services.list_prepaid_transactions(scripted_piggy, **narrow, page=2, limit=7)
    assert page.page == 2
    assert services.list_prepaid_transactions(scripted_piggy).page == 1
    queries = [request.query for request in scripted.received]
    assert queries == [narrow | {"page": "2", "limit": "7"}, {"page": "1", "limit": "30"}]


def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a"}, {"uuid": "b"}])] * 2)
    assert services.list_prepaid_transactions(scripted_piggy, limit=2).has_more
    assert not services.list_prepaid_transactions(scripted_piggy, limit=3).has_more
