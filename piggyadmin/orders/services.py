"""Calls about orders and what comes back of them (docs: not live everywhere yet).

None of the writes is repeated by itself. An order's external identifier counts once, so that a
repeat by hand is refused (1003), not doubled.
"""

from dataclasses import replace

from piggyadmin.orders.types import (
    NewOrder,
    NewOrderReturn,
    Order,
    OrderResult,
    OrderReturn,
    ProcessedOrder,
    ProcessedReturn,
)
from piggyadmin.piggy.client import Envelope, PiggyClient, path_value
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import UUID, Page, without_none


def _path(order_uuid: str) -> str:
    return f"orders/{path_value(order_uuid)}"


def _inner(answer: Envelope, name: str) -> Envelope:
    """Open what stands under a name in docs, and as it is in the SDK."""
    inner = answer.data.get(name) if isinstance(answer.data, dict) else None
    return replace(answer, data=inner) if isinstance(inner, dict) and "uuid" in inner else answer


# --- Orders ----------------------------------------------------------------------------------


def list_orders(piggy: PiggyClient, *, page: int = 1, limit: int = 30) -> Page[Order]:
    """List orders, a page at a time; that pages are heeded is inferred."""
    answer = piggy.get("orders", params={"page": page, "limit": limit})
    return answer.page(Order, page=page, limit=limit)


def get_order(piggy: PiggyClient, *, order_uuid: str) -> Order:
    """Get one order.

    Raises:
        NotFound: there is none (60013, inferred).
    """
    return piggy.get(_path(order_uuid)).one(Order)


def find_order(piggy: PiggyClient, *, external_identifier: str) -> Order:
    """Find an order by the number that the shop's own system has for it.

    Raises:
        NotFound: there is none (60013, inferred).
    """
    params = {"external_identifier": external_identifier}
    return piggy.get("orders/find", params=params).one(Order)


def resolve_order(piggy: PiggyClient, *, query: str) -> Order:
    """Find an order by its UUID, or by the number that the shop's own system has for it.

    Raises:
        NotFound: there is none (60013, inferred).
    """
    if UUID.fullmatch(query):
        try:
            return get_order(piggy, order_uuid=query)
        except NotFound:
            pass  # a number may look like a UUID: the console's own ones do
    return find_order(piggy, external_identifier=query)


def create_order(piggy: PiggyClient, *, order: NewOrder) -> Order:
    """Make an order, without credits for it; the answer is the order, or holds it (SDK, docs).

    Raises:
        NotFound: no such contact (55031) or shop (1008), inferred.
    """
    return _inner(piggy.post("orders", json=order.body()), "order").one(Order)


def create_and_process_order(piggy: PiggyClient, *, order: NewOrder) -> ProcessedOrder:
    """Make an order and give the credits for it.

    Raises:
        NotFound: no such contact (55031) or shop (1008), inferred.
    """
    path = "orders/create-and-process"
    return piggy.post(path, json=order.body()).one(ProcessedOrder)


def simulate_order(piggy: PiggyClient, *, order: NewOrder) -> OrderResult:
    """Tell which credits an order would give; nothing is kept, so it may be repeated (docs)."""
    answer = piggy.post("orders/simulate", json=order.body(), repeatable=True)
    return answer.one(OrderResult)


def process_order(piggy: PiggyClient, *, order_uuid: str) -> OrderResult:
    """Give the credits for an order.

    Raises:
        NotFound: there is none (60013, inferred).
        Rejected: it was processed before, or cancelled (1003, inferred).
    """
    return piggy.post(f"{_path(order_uuid)}/process").one(OrderResult)


def update_order(
    piggy: PiggyClient,
    *,
    order_uuid: str,
    status: str | None = None,
    payment_status: str | None = None,
) -> Order:
    """Change how far an order is, and whether it was paid (docs of 2026).

    Raises:
        NotFound: there is none (60013, inferred).
    """
    body = without_none(status=status, payment_status=payment_status)
    return _inner(piggy.put(_path(order_uuid), json=body), "order").one(Order)


# --- Returns ---------------------------------------------------------------------------------


def create_order_return(piggy: PiggyClient, *, order_return: NewOrderReturn) -> OrderReturn:
    """Note what came back, without taking credits for it (SDK).

    Raises:
        NotFound: no such order (60013, inferred).
    """
    answer = piggy.post("order-returns", json=order_return.body())
    return _inner(answer, "return").one(OrderReturn)


def create_and_process_order_return(
    piggy: PiggyClient, *, order_return: NewOrderReturn
) -> ProcessedReturn:
    """Note what came back, and take the credits for it back (SDK).

    Raises:
        NotFound: no such order (60013, inferred).
        Rejected: the contact has spent them already (1017, inferred).
    """
    path = "order-returns/create-and-process"
    return piggy.post(path, json=order_return.body()).one(ProcessedReturn)


def process_order_return(piggy: PiggyClient, *, order_return_uuid: str) -> OrderResult:
    """Take the credits for what came back (SDK).

    Raises:
        NotFound: no such return (60013, inferred).
        Rejected: it was processed before (1003), or the credits are spent (1017), inferred.
    """
    path = f"order-returns/{path_value(order_return_uuid)}/process"
    return piggy.post(path).one(OrderResult)
