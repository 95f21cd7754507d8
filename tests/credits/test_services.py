"""Credits, units and the loyalty program, against a sandbox behind a socket."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from piggyadmin.credits import services
from piggyadmin.piggy.errors import Busy, ErrorCode, Malformed, NotFound, OutcomeUnknown, Rejected
from tests.piggy.scripted import Script, answers, refuses

MIRA = "c0ffee00-0000-4000-8000-000000000001"
AMSTERDAM = "c0ffee00-0000-4000-8000-000000000101"
NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def give(piggy, **values):
    values = {"shop_uuid": AMSTERDAM, "contact_uuid": MIRA, **values}
    return services.create_credit_reception(piggy, **values)


def test_give_a_number_of_credits(piggy):
    reception = give(piggy, credits=25)
    assert (reception.credits, reception.contact.credits) == (25, 145)
    assert reception.shop.name == "Amsterdam"
    assert services.get_credit_balance(piggy, contact_uuid=MIRA) == 145


def test_give_credits_for_an_amount(piggy):
    amount = Decimal("10.40")
    expected = services.calculate_credits(
        piggy, shop_uuid=AMSTERDAM, unit_value=amount, contact_uuid=MIRA
    )
    reception = give(piggy, unit_value=amount, unit_name="purchase_amount")
    assert (reception.credits, reception.unit_value) == (expected, 10.4)
    assert reception.unit.name == "purchase_amount"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"credits": 5, "shop_uuid": NOBODY}, ErrorCode.SHOP_NOT_FOUND),
        ({"credits": 5, "contact_uuid": NOBODY}, ErrorCode.CONTACT_NOT_FOUND),
        ({"unit_value": Decimal(5), "unit_name": "stars"}, ErrorCode.UNIT_NOT_FOUND),
        ({"credits": 10_000_000}, ErrorCode.MAXIMUM_CREDITS_REACHED),
        ({}, ErrorCode.INVALID_INPUT),
    ],
)
def test_credits_that_are_refused(piggy, values, code):
    with pytest.raises(Rejected) as caught:
        give(piggy, **values)
    assert caught.value.code == code
    assert services.get_credit_balance(piggy, contact_uuid=MIRA) == 120


def test_what_is_sent(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "r"}))
    give(scripted_piggy, unit_value=Decimal("10.40"), contact_identifier_value="C")
    assert scripted.received[0].json == {
        "shop_uuid": AMSTERDAM,
        "contact_uuid": MIRA,
        "unit_value": 10.4,
        "contact_identifier_value": "C",
    }


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Script(resets=True), OutcomeUnknown),
        (Script(cuts=True), OutcomeUnknown),
        (Script(status=500), OutcomeUnknown),
        (Script(status=502), OutcomeUnknown),
        (Script(status=504), OutcomeUnknown),
        (Script(body=b"<html>"), OutcomeUnknown),
        (answers([]), OutcomeUnknown),
        (answers({}), OutcomeUnknown),
        (refuses(status=429), Busy),
        (Script(status=429), OutcomeUnknown),
        (Script(status=503), OutcomeUnknown),
    ],
)
def test_credits_are_never_given_twice(scripted, scripted_piggy, script, kind):
    scripted.will(script)
    with pytest.raises(kind):
        give(scripted_piggy, credits=5)
    assert len(scripted.received) == 1


def test_credits_whose_answer_was_lost_are_there_once(piggy, sandbox):
    sandbox.faults({"kind": "drop_after", "method": "POST", "path": "credit-receptions"})
    with pytest.raises(OutcomeUnknown):
        give(piggy, credits=5)
    assert services.get_credit_balance(piggy, contact_uuid=MIRA) == 125


def test_take_credits_back(piggy):
    reception = give(piggy, credits=25)
    undone = services.reverse_credit_reception(piggy, credit_reception_uuid=reception.uuid)
    assert undone.credits == -25
    assert services.get_credit_balance(piggy, contact_uuid=MIRA) == 120


def test_a_balance_of_nobody(piggy):
    with pytest.raises(NotFound):
        services.get_credit_balance(piggy, contact_uuid=NOBODY)


@pytest.mark.parametrize("data", [None, [], {}, {"balance": None}, {"balance": "many"}])
def test_a_balance_that_is_missing_is_not_zero(scripted, scripted_piggy, data):
    scripted.will(answers(data))
    with pytest.raises(Malformed):
        services.get_credit_balance(scripted_piggy, contact_uuid=MIRA)


def test_a_balance_may_be_a_string(scripted, scripted_piggy):
    scripted.will(answers({"balance": "145"}))
    assert services.get_credit_balance(scripted_piggy, contact_uuid=MIRA) == 145


def test_list_loyalty_transactions(piggy):
    give(piggy, credits=25)
    page = services.list_loyalty_transactions(
        piggy, contact_uuid=MIRA, type="credit_receptions", limit=10
    )
    assert 25 in {transaction.credits for transaction in page.items}
    assert page.total >= 1
    with pytest.raises(NotFound):
        services.list_loyalty_transactions(piggy, contact_uuid=NOBODY)


def test_what_is_asked_of_transactions(scripted, scripted_piggy):
    scripted.will(answers([]), answers([]))
    since = datetime(2030, 1, 2, tzinfo=UTC)
    page = services.list_loyalty_transactions(
        scripted_piggy,
        contact_uuid="c",
        shop_uuid="s",
        type="reward_receptions",
        created_from=since,
        page=2,
        limit=7,
    )
    assert page.page == 2
    first = services.list_loyalty_transactions(scripted_piggy)
    assert first.page == 1
    narrow, wide = (request.query for request in scripted.received)
    assert narrow == {
        "contact_uuid": "c",
        "shop_uuid": "s",
        "type": "reward_receptions",
        "page": "2",
        "limit": "7",
        "created_at[gte]": "2030-01-02T00:00:00+00:00",
    }
    assert wide == {"page": "1", "limit": "30"}


def test_what_is_asked_of_a_calculation(scripted, scripted_piggy):
    scripted.will(answers({"credits": 12}))
    calculated = services.calculate_credits(
        scripted_piggy, shop_uuid="s", unit_value=Decimal("2.5"), contact_uuid="c", unit_name="u"
    )
    assert calculated == 12
    (request,) = scripted.received
    assert (request.method, request.path) == ("GET", "credit-receptions/calculate")
    wanted = {"shop_uuid": "s", "unit_value": "2.5", "contact_uuid": "c", "unit_name": "u"}
    assert request.query == wanted


def test_everything_that_is_given_with_credits_is_sent(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "r"}))
    give(
        scripted_piggy,
        credits=0,
        unit_name="u",
        pos_transaction_uuid="p",
        attributes={"table": "4"},
    )
    (request,) = scripted.received
    assert (request.method, request.path) == ("POST", "credit-receptions")
    assert request.json == {
        "shop_uuid": AMSTERDAM,
        "contact_uuid": MIRA,
        "credits": 0,
        "unit_name": "u",
        "pos_transaction_uuid": "p",
        "table": "4",
    }


def test_an_attribute_of_transactions_is_made(scripted, scripted_piggy):
    scripted.will(answers({"name": "table"}))
    asked = {
        "name": "table",
        "data_type": "select",
        "label": "Table",
        "description": "Where",
        "options": [{"label": "Window", "value": "w"}],
    }
    services.create_loyalty_transaction_attribute(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path) == ("POST", "loyalty-transaction-attributes")
    assert request.json == asked


def test_everything_of_a_unit_is_sent(scripted, scripted_piggy):
    scripted.will(answers({"name": "litres"}))
    asked = {"name": "litres", "label": "Litres", "prefix": "x", "is_default": True}
    services.create_unit(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == ("POST", "units", asked)


def test_units_and_program(piggy):
    default = [unit.name for unit in services.list_units(piggy) if unit.is_default]
    assert default == ["purchase_amount"]
    program = services.get_loyalty_program(piggy)
    assert (program.name, program.unit.name) == ("Piggy Coffee", "purchase_amount")


def test_create_unit(piggy):
    made = services.create_unit(piggy, name="kilos", label="Kilos")
    assert (made.name, made.prefix, made.is_default) == ("kilos", "k", False)
    with pytest.raises(Rejected) as caught:
        services.create_unit(piggy, name="kilos", label="Kilos")
    assert caught.value.code == ErrorCode.UNIT_EXISTS
    services.create_unit(piggy, name="litres", label="Litres", prefix="l", is_default=True)
    assert [each.name for each in services.list_units(piggy) if each.is_default] == ["litres"]


def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a"}, {"uuid": "b"}])] * 2)
    assert services.list_loyalty_transactions(scripted_piggy, limit=2).has_more
    assert not services.list_loyalty_transactions(scripted_piggy, limit=3).has_more
