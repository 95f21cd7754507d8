"""Orders and returns, against a sandbox behind a socket."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from piggyadmin.orders import services
from piggyadmin.orders.types import NewOrder, NewOrderReturn
from piggyadmin.piggy.errors import ErrorCode, NotFound, OutcomeUnknown, Rejected
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_UUID
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
LINE = {
    "external_identifier": "L-1",
    "name": "Oat latte",
    "quantity": 2,
    "price": 425,
    "total_amount": 850,
}
ORDER = NewOrder(
    external_identifier="O-1",
    contact=MIRA_UUID,
    business_profile=AMSTERDAM_UUID,
    status="COMPLETED",
    payment_status="PAID",
    total_order_amount=1_000,
    line_items=[LINE],
    paid_at=NOON,
)


def test_an_order_from_creation_to_its_credits(piggy):
    made = services.create_order(piggy, order=ORDER)
    assert (made.contact.uuid, made.business_profile.uuid) == (MIRA_UUID, AMSTERDAM_UUID)
    assert (made.line_items[0].total_amount, made.paid_at) == (850, NOON)
    assert services.get_order(piggy, order_uuid=made.uuid) == made
    assert services.find_order(piggy, external_identifier="O-1") == made
    assert services.list_orders(piggy, limit=1).items == [made]
    result = services.process_order(piggy, order_uuid=made.uuid)
    assert (result.type, result.points, result.new_balance) == ("points_transaction", 10, 130)
    with pytest.raises(Rejected) as caught:
        services.process_order(piggy, order_uuid=made.uuid)
    assert caught.value.code == ErrorCode.INVALID_INPUT
    changed = services.update_order(piggy, order_uuid=made.uuid, status="CANCELLED")
    assert (changed.status, changed.payment_status) == ("CANCELLED", "PAID")


def test_a_simulation_keeps_nothing(piggy):
    result = services.simulate_order(piggy, order=ORDER)
    assert (result.points, result.new_balance) == (10, 130)
    with pytest.raises(NotFound):
        services.find_order(piggy, external_identifier="O-1")


def test_a_return_takes_credits_back(piggy):
    processed = services.create_and_process_order(piggy, order=ORDER)
    assert (processed.order.external_identifier, processed.result.points) == ("O-1", 10)
    line = {"uuid": processed.order.line_items[0].uuid, "quantity": 1}
    back = NewOrderReturn(
        external_identifier="R-1",
        order=processed.order.uuid,
        status="COMPLETED",
        line_items=[line],
    )
    made = services.create_order_return(piggy, order_return=back)
    assert made.order.uuid == processed.order.uuid
    result = services.process_order_return(piggy, order_return_uuid=made.uuid)
    assert (result.type, result.points, result.new_balance) == ("POINTS_TRANSACTION", -4, 126)
    at_once = services.create_and_process_order_return(
        piggy, order_return=replace(back, external_identifier="R-2")
    )
    assert (at_once.returned.status, at_once.result.new_balance) == ("COMPLETED", 122)


@pytest.mark.parametrize(
    "look",
    [
        lambda piggy: services.get_order(piggy, order_uuid=NOBODY),
        lambda piggy: services.process_order(piggy, order_uuid=NOBODY),
        lambda piggy: services.update_order(piggy, order_uuid=NOBODY, status="PENDING"),
        lambda piggy: services.process_order_return(piggy, order_return_uuid=NOBODY),
        lambda piggy: services.create_order(piggy, order=replace(ORDER, contact=NOBODY)),
    ],
)
def test_what_is_not_there(piggy, look):
    with pytest.raises(NotFound):
        look(piggy)


def test_what_is_sent_and_answered_in_the_docs(scripted, scripted_piggy):
    scripted.will(answers({"order": {"uuid": "o", "external_id": "O-1"}, "result": None}))
    made = services.create_order(scripted_piggy, order=ORDER)
    assert (made.uuid, made.external_identifier) == ("o", "O-1")
    assert scripted.received[0].json == {
        "external_identifier": "O-1",
        "contact": {"uuid": MIRA_UUID},
        "business_profile": {"uuid": AMSTERDAM_UUID},
        "status": "COMPLETED",
        "payment_status": "PAID",
        "total_order_amount": 1_000,
        "line_items": [LINE],
        "paid_at": "2026-04-01T12:00:00+00:00",
    }


def test_an_order_is_never_sent_twice_but_a_simulation_is(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers({"type": "points_transaction", "data": {}}))
    with pytest.raises(OutcomeUnknown):
        services.create_order(scripted_piggy, order=ORDER)
    scripted.will(Script(status=502), answers({"type": "points_transaction", "data": {}}))
    assert services.simulate_order(scripted_piggy, order=ORDER).points is None
    assert len(scripted.received) == 3


def test_what_is_asked_of_orders(scripted, scripted_piggy):
    scripted.will(answers([]), answers([]), answers({"uuid": "o"}))
    assert services.list_orders(scripted_piggy, page=2, limit=7).page == 2
    assert services.list_orders(scripted_piggy).page == 1
    services.find_order(scripted_piggy, external_identifier="O-1")
    assert [(request.path, request.query) for request in scripted.received] == [
        ("orders", {"page": "2", "limit": "7"}),
        ("orders", {"page": "1", "limit": "30"}),
        ("orders/find", {"external_identifier": "O-1"}),
    ]


@pytest.mark.parametrize("answer", [{"uuid": "o"}, {"order": {"uuid": "o"}}])
def test_an_order_is_changed_by_all_that_is_given(scripted, scripted_piggy, answer):
    scripted.will(answers(answer))
    asked = {"status": "COMPLETED", "payment_status": "PAID"}
    assert services.update_order(scripted_piggy, order_uuid="o", **asked).uuid == "o"
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == ("PUT", "orders/o", asked)


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("process_order", "POST", "orders/u/process"),
        ("get_order", "GET", "orders/u"),
        ("process_order_return", "POST", "order-returns/u/process"),
    ],
)
def test_one_is_named_in_the_path(scripted, scripted_piggy, service, method, path):
    scripted.will(answers({"uuid": "u", "type": "CREDITS"}))
    key = "order_return_uuid" if "return" in service else "order_uuid"
    getattr(services, service)(scripted_piggy, **{key: "u"})
    (request,) = scripted.received
    assert (request.method, request.path) == (method, path)


def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a"}, {"uuid": "b"}])] * 2)
    assert services.list_orders(scripted_piggy, limit=2).has_more
    assert not services.list_orders(scripted_piggy, limit=3).has_more


def test_a_number_may_look_like_a_uuid(piggy):
    made = services.create_order(piggy, order=replace(ORDER, external_identifier=NOBODY))
    assert services.resolve_order(piggy, query=NOBODY).uuid == made.uuid
    assert services.resolve_order(piggy, query=made.uuid).external_identifier == NOBODY
