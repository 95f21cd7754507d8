"""Orders and what comes back of them; amounts are in cents.

An order gives credits when it is processed, once, for its whole amount in the default unit; a
return takes those for its share back. No error codes are documented: an unknown order is answered
with 60013, and one that was processed before with 1003 (inferred).
"""

from decimal import Decimal
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.endpoints.credits import book, earned
from piggyadmin.sandbox.lookups import contact_by_uuid, one, shop_by_uuid
from piggyadmin.sandbox.models import LoyaltyTransaction, Order, OrderReturn, Product, new_uuid
from piggyadmin.sandbox.responses import Reply, Slice
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.serializers import Shape
from piggyadmin.sandbox.validation import Given

STATUSES = ("CREATED", "PENDING", "COMPLETED", "CANCELLED")
PAYMENT_STATUSES = ("UNPAID", "PENDING", "PAID")
# The later words and the SDK's.
APPLIED_TO = ("ORDER", "ORDER_LINES", "LINE_ITEMS", "SUB_LINE_ITEMS")
CHARGES = ("SERVICE_CHARGE", "GRATUITY", "SHIPPING", "WRAPPING", "TAX", "CUSTOM")
PAYMENTS = ("GIFTCARD_TRANSACTION", "PREPAID_TRANSACTION")
DISCOUNTS = ("PERCENTAGE", "ABSOLUTE")
CENTS = 100


# --- Reading ---------------------------------------------------------------------------------


def _order(*, for_update: bool = False, **by: str) -> Order:
    rows = Order.objects.filter(**by).select_related("contact", "shop")
    rows = rows.select_for_update(of=("self",)) if for_update else rows
    return one(rows, errors.RECORD_NOT_FOUND)


@route("GET", "orders")
def list_orders(given: Given) -> Reply:
    """List orders, the newest first; page and limit are heeded, but no `meta` tells of them."""
    part = Slice.read(given, default=30)
    given.check()
    page = part.of(Order.objects.all(), Order.objects.select_related("contact", "shop"))
    return Reply([serializers.order(row) for row in page.rows])


@route("GET", "orders/find")
def find_order(given: Given) -> Reply:
    """Give the order with an external identifier."""
    identifier = given.text("external_identifier")
    given.check()
    return Reply(serializers.order(_order(external_identifier=identifier)))


@route("GET", "orders/{order_uuid}")
def get_order(given: Given, order_uuid: str) -> Reply:  # noqa: ARG001
    """Give one order."""
    return Reply(serializers.order(_order(uuid=order_uuid)))


# --- Making ----------------------------------------------------------------------------------


@route("POST", "orders")
def create_order(given: Given) -> Reply:
    """Add an order, without credits for it."""
    return Reply(serializers.order(_created(given)))


@route("POST", "orders/create-and-process")
def create_and_process_order(given: Given) -> Reply:
    """Add an order and give the credits for it."""
    row = _created(given)
    result = _processed(row)
    return Reply({"order": serializers.order(row), "result": result})


@route("POST", "orders/simulate", writes=False)
def simulate_order(given: Given) -> Reply:
    """Tell which credits an order would give; nothing is kept."""
    row = _read(given)
    given.check()
    points = _worth(row).credits
    return Reply({"result": _result("points", points, row.contact.credits + points)})


@route("POST", "orders/{order_uuid}/process")
def process_order(given: Given, order_uuid: str) -> Reply:  # noqa: ARG001
    """Give the credits for an order, once."""
    return Reply(_processed(_order(uuid=order_uuid, for_update=True)))


@route("PUT", "orders/{order_uuid}")
def update_order(given: Given, order_uuid: str) -> Reply:
    """Change how far an order is, and whether it was paid."""
    row = _order(uuid=order_uuid, for_update=True)
    row.status = given.optional_choice("status", STATUSES) or row.status
    row.payment_status = (
        given.optional_choice("payment_status", PAYMENT_STATUSES) or row.payment_status
    )
    given.check()
    row.updated_at = timezone.now()
    row.save(update_fields=["status", "payment_status", "updated_at"])
    return Reply(serializers.order(row))


def _created(given: Given) -> Order:
    row = _read(given)
    try:
        with transaction.atomic(using="sandbox"):
            row.save()
    except IntegrityError:
        message = "The external_identifier has already been taken."
        raise errors.invalid("external_identifier", message) from None
    _make_unknown_products(row)
    return row


def _make_unknown_products(row: Order) -> None:
    """Add the products that a line names and nobody knows yet (docs of 2026)."""
    for line in row.line_items:
        if line["product"]:
            Product.objects.get_or_create(
                external_identifier=line["product"]["external_identifier"],
                defaults={"name": line["name"]},
            )


def _read(given: Given) -> Order:
    """Read an order, and refuse it where anything is wrong."""
    row = Order(
        external_identifier=given.text("external_identifier"),
        reference=given.optional_text("reference") or "",
        status=given.choice("status", STATUSES),
        payment_status=given.choice("payment_status", PAYMENT_STATUSES),
        currency=given.optional_text("currency", 3) or "EUR",
        total_order_amount=given.integer("total_order_amount", 0),
        order_amount=given.optional_integer("order_amount"),
        total_discount_amount=given.optional_integer("total_discount_amount", 0) or 0,
        paid_at=given.optional_moment("paid_at"),
        completed_at=given.optional_moment("completed_at"),
        line_items=given.each("line_items", _line),
        applied_discounts=given.each("applied_discounts", _discount),
        charges=given.each("charges", _charge),
        payments=given.each("payments", partial(_reference, kinds=PAYMENTS)),
    )
    if not row.line_items:
        given.reject("line_items", "The line_items field is required.")
    contact_uuid = given.inner("contact", lambda inner: inner.text("uuid"))
    shop_uuid = given.inner("business_profile", lambda inner: inner.text("uuid"))
    given.check()
    row.contact, row.shop = contact_by_uuid(contact_uuid), shop_by_uuid(shop_uuid)
    return row


def _line(given: Given) -> Shape:
    """Read a line, with the smaller ones below it."""
    return {**_sub_line(given), "sub_line_items": given.each("sub_line_items", _sub_line)}


def _sub_line(given: Given) -> Shape:
    return {
        "uuid": new_uuid(),
        "external_identifier": given.text("external_identifier"),
        "name": given.text("name"),
        "quantity": given.integer("quantity", 1),
        "price": given.integer("price", 0),
        "total_amount": given.integer("total_amount", 0),
        "discount_amount": given.optional_integer("discount_amount", 0) or 0,
        "product": given.inner("product", _named_product) if given.get("product") else None,
    }


def _named_product(given: Given) -> Shape:
    return {"external_identifier": given.text("external_identifier")}


def _discount(given: Given) -> Shape:
    return {
        "uuid": new_uuid(),
        "external_identifier": given.text("external_identifier"),
        "name": given.text("name"),
        "amount": given.integer("amount", 0),
        "type": given.optional_choice("type", DISCOUNTS),
        "value": given.get("value"),
        "applied_to": given.choice("applied_to", APPLIED_TO),
        "line_items": given.each("line_items", _named_product),
        "sub_line_items": given.each("sub_line_items", _named_product),
    }


def _charge(given: Given) -> Shape:
    return {
        "uuid": new_uuid(),
        "external_identifier": given.text("external_identifier"),
        "type": given.choice("type", CHARGES),
        "name": given.text("name"),
        "amount": given.optional_integer("amount", 0),
        "discount_amount": given.optional_integer("discount_amount", 0) or 0,
        "total_amount": given.integer("total_amount", 0),
    }


def _reference(given: Given, kinds: tuple[str, ...]) -> Shape:
    return {"uuid": given.text("uuid"), "type": given.choice("type", kinds)}


# --- Credits for it --------------------------------------------------------------------------


def _worth(row: Order) -> LoyaltyTransaction:
    return earned(row.contact, row.shop, Decimal(row.total_order_amount) / CENTS)


def _processed(row: Order) -> Shape:
    if row.transaction_id:
        raise errors.invalid("order_uuid", "The order has already been processed.")
    if row.status == "CANCELLED":
        raise errors.invalid("order_uuid", "The order has been cancelled.")
    return _book(row, _worth(row), "points_transaction")


def _book(row: Order | OrderReturn, worth: LoyaltyTransaction, kind: str) -> Shape:
    book(worth)
    row.transaction = worth
    row.save()
    return _result(kind, worth.credits, worth.contact.credits)


def _result(kind: str, points: int, balance: int) -> Shape:
    return {"type": kind, "data": {"points": points, "new_balance": balance}}


# --- Returns ---------------------------------------------------------------------------------


@route("POST", "order-returns")
def create_order_return(given: Given) -> Reply:
    """Note what came back, without taking credits for it."""
    return Reply(serializers.order_return(_returned(given)))


@route("POST", "order-returns/create-and-process")
def create_and_process_order_return(given: Given) -> Reply:
    """Note what came back, and take the credits for it back."""
    row = _returned(given)
    result = _taken_back(row)
    return Reply({"return": serializers.order_return(row), "result": result})


@route("POST", "order-returns/{order_return_uuid}/process")
def process_order_return(given: Given, order_return_uuid: str) -> Reply:  # noqa: ARG001
    """Take the credits for what came back, once."""
    rows = OrderReturn.objects.filter(uuid=order_return_uuid).select_for_update(of=("self",))
    rows = rows.select_related("order__contact", "order__shop", "order__transaction")
    return Reply(_taken_back(one(rows, errors.RECORD_NOT_FOUND)))


def _returned(given: Given) -> OrderReturn:
    identifier, status = given.text("external_identifier"), given.text("status")
    named, value = given.inner("order", _named_order)
    given.check()
    order = one(Order.objects.filter(**{named: value}), errors.RECORD_NOT_FOUND)
    row = OrderReturn(
        order=order,
        external_identifier=identifier,
        status=status,
        line_item_returns=given.each("line_items", partial(_came_back, lines=order.line_items)),
        sub_line_item_returns=given.each(
            "sub_line_items", partial(_came_back, lines=_below(order.line_items))
        ),
    )
    if OrderReturn.objects.filter(external_identifier=identifier).exists():
        given.reject("external_identifier", "The external_identifier has already been taken.")
    given.check()
    row.save()
    return row


def _named_order(given: Given) -> tuple[str, str]:
    """Read which order is meant: by its UUID, or by the caller's own key."""
    name = "external_identifier" if given.get("uuid") is None else "uuid"
    name = name if given.get(name) else "uuid"
    return name, given.text(name)


def _below(lines: list[Shape]) -> list[Shape]:
    return [each for line in lines for each in line["sub_line_items"]]


def _came_back(given: Given, lines: list[Shape]) -> Shape:
    """Read how much of which line came back; without an amount it is the line's share."""
    name = "uuid" if given.get("uuid") else "external_identifier"
    value, quantity = given.text(name), given.integer("quantity", 1)
    line: Any = next((each for each in lines if each[name] == value), None)
    if value and line is None:
        given.reject(name, f"The selected {name} is invalid.")
    elif line and quantity > line["quantity"]:
        given.reject("quantity", "More came back than was bought.")
    share = line["total_amount"] * quantity // line["quantity"] if line else 0
    amount = given.optional_integer("total_amount", 0)
    return {
        "uuid": new_uuid(),
        "line_item": {"uuid": line["uuid"]} if line else None,
        "quantity": quantity,
        "reason": given.optional_text("reason"),
        "total_amount": share if amount is None else amount,
    }


def _taken_back(row: OrderReturn) -> Shape:
    """Book the credits for what came back, negated; of an order without credits that is none."""
    if row.transaction_id:
        raise errors.invalid("order_return_uuid", "The return has already been processed.")
    order = row.order
    returns = [*row.line_item_returns, *row.sub_line_item_returns]
    cents = sum(each["total_amount"] for each in returns) if order.transaction_id else 0
    worth = earned(order.contact, order.shop, -Decimal(cents) / CENTS)
    return _book(row, worth, "POINTS_TRANSACTION")
