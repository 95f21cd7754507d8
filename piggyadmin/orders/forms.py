"""What is filled in of an order: who bought what, where, and for how much."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, ResolvedField, offered
from piggyadmin.contacts.forms import ContactField
from piggyadmin.orders.services import resolve_order
from piggyadmin.orders.types import Parts
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound
from piggyadmin.products.services import find_product, list_products
from piggyadmin.products.types import Product
from piggyadmin.reference.cached import cached
from piggyadmin.shops.forms import ShopField
from piggyadmin.ui.forms import (
    MAX_ROWS,
    CodeField,
    MoneyField,
    Row,
    RowsField,
    RowsWidget,
    WholeNumberField,
    filled_numbers,
)
from piggyadmin.ui.states import status_choices
from piggyadmin.ui.templatetags.ui import CENTS_PER_EURO

STATUSES = ("COMPLETED", "CREATED", "PENDING", "CANCELLED")
PAYMENT_STATUSES = ("PAID", "PENDING", "UNPAID")
# So many products are offered as a list; any other can be typed by its number.
MOST_PRODUCTS = 100


def _read_products(piggy: PiggyClient) -> list[Product]:
    return list_products(piggy, limit=MOST_PRODUCTS).items


products_offered = cached(_read_products)


def _product_choices(piggy: PiggyClient) -> Choices:
    return [
        (each.external_identifier or "", each.name or "")
        for each in products_offered(piggy)
        if each.external_identifier
    ]


def _named_products(choices: Choices) -> dict[str, tuple[str, str]]:
    """Give products by what people may call them: by number, and by a name that only one has."""
    names = Counter(name.casefold() for _code, name in choices)
    known = {name.casefold(): (code, name) for code, name in choices if names[name.casefold()] == 1}
    return known | {code.casefold(): (code, name) for code, name in choices}


def _offers(choices: Choices) -> Choices:
    """Offer each product by its name where only one has it, else by its number."""
    known = _named_products(choices)
    return [
        (name, code) if known.get(name.casefold()) == (code, name) else (code, name)
        for code, name in choices
    ]


class OrderField(ResolvedField):
    """An order by its number in the shop's own system, or by UUID; cleans to its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Order"))
        kwargs.setdefault("help_text", _("Its number in your own system, or its UUID."))
        super().__init__(**kwargs)

    def resolve(self, piggy: PiggyClient, value: str) -> str:
        """Find the order."""
        return resolve_order(piggy, query=value).uuid or value

    def none_like(self, value: str) -> str:  # noqa: ARG002
        """Say that there is none."""
        return gettext("No order with this number or UUID at Piggy.")


# --- Lines -----------------------------------------------------------------------------------


class OrderLinesWidget(RowsWidget):
    """Rows of product, quantity and price; JSON is what the ledger keeps."""

    parts = ("product", "quantity", "price")
    row_template = "orders/_line_row.html"
    heads = (_("Product"), _("Quantity"), _("Price of one"))
    json_label = _("Lines as JSON")
    empty_rows = 2
    css_class = "order-lines"

    def offers(self) -> Choices:
        """Offer products, each by its name where only one has it."""
        return _offers(offered(_product_choices))

    def as_typed(self, row: Mapping[str, Any]) -> Row:
        """Write a product's number or name, and a price in euros."""
        product, price = row.get("product"), row.get("price")
        code = product.get("external_identifier") if isinstance(product, dict) else product
        if isinstance(price, int) and not isinstance(price, bool):
            price = (Decimal(price) / CENTS_PER_EURO).quantize(Decimal("0.01"))
        typed = {"product": code, "quantity": row.get("quantity"), "price": price}
        return {part: "" if text is None else str(text) for part, text in typed.items()}


class OrderLinesField(RowsField):
    """Lines of an order; the cleaned value has quantity and price in cents as numbers."""

    widget = OrderLinesWidget

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """Read the rows that are filled.

        Raises:
            ValidationError: unreadable, too many, or something in a row makes no sense.
        """
        if isinstance(value, str):
            words = _("The lines are not a list of products, quantities and prices.")
            raise ValidationError(words, code="lines")
        filled = self.filled(value)
        if len(filled) > MAX_ROWS:
            words = _("At most %(most)s lines are possible.")
            raise ValidationError(words, code="many", params={"most": MAX_ROWS})
        return [self._line(number, row) for number, row in filled.items()]

    def _line(self, number: int, row: Row) -> dict[str, Any]:
        fields = (
            CodeField(max_length=255),
            WholeNumberField(min_value=1, max_value=10_000),
            MoneyField(max_value=100_000),
        )
        columns = zip(OrderLinesWidget.parts, fields, strict=True)
        read = {part: self.clean_part(field, number, row, part) for part, field in columns}
        return {**read, "price": int(read["price"] * CENTS_PER_EURO)}


# --- The form --------------------------------------------------------------------------------


class OrderForm(ActionForm):
    """Who bought what, where, and for how much."""

    folded = (
        "total_discount_amount",
        "external_identifier",
        "reference",
        "status",
        "payment_status",
    )

    contact_uuid = ContactField()
    shop_uuid = ShopField()
    line_items = OrderLinesField(
        label=_("What was bought"), help_text=_("The price is that of one, in euros.")
    )
    total_discount_amount = MoneyField(
        label=_("Discount on all of it"), required=False, help_text=_("In euros: 10.40 or 10,40.")
    )
    external_identifier = CodeField(
        label=_("Number in your own system"),
        required=False,
        help_text=_("Left open, the console gives it one, by which it finds the order again."),
    )
    reference = CodeField(label=_("Reference"), required=False)
    status = forms.ChoiceField(
        label=_("State of the order"), choices=partial(status_choices, STATUSES), required=False
    )
    payment_status = forms.ChoiceField(
        label=_("Payment"), choices=partial(status_choices, PAYMENT_STATUSES), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Look the products up, and refuse a discount that is more than all of it."""
        data = super().clean()
        data["status"] = data.get("status") or STATUSES[0]
        data["payment_status"] = data.get("payment_status") or PAYMENT_STATUSES[0]
        if "line_items" in self.errors or self.failure:
            return data
        data["line_items"] = self._known(data["line_items"])
        if "total_discount_amount" not in self.errors and total_amount(data) < 0:
            self.add_error("total_discount_amount", _("This is more than all of it costs."))
        return data

    def _known(self, lines: list[dict[str, Any]]) -> Parts:
        """Give each line its product's name; say which product nobody knows."""
        known = _named_products(offered(_product_choices))
        rows = zip(filled_numbers(self["line_items"]), lines, strict=True)
        numbered = enumerate(rows, start=1)
        return [self._line(place, row, line, known) for place, (row, line) in numbered]

    def _line(
        self,
        place: int,
        row: int,
        line: Mapping[str, Any],
        known: Mapping[str, tuple[str, str]],
    ) -> dict[str, Any]:
        code, name = known.get(line["product"].casefold()) or self._asked(row, line["product"])
        return {
            "external_identifier": str(place),
            "name": name or code,
            "quantity": line["quantity"],
            "price": line["price"],
            "total_amount": line["quantity"] * line["price"],
            "product": {"external_identifier": code},
        }

    def _asked(self, number: int, code: str) -> tuple[str, str]:
        """Ask Piggy for a product that is not on the list."""
        try:
            found = find_product(self.piggy, external_identifier=code)
        except NotFound:
            words = gettext(
                "Row %(number)s: there is no product “%(code)s”. Choose one from the list."
            )
            params = {"number": number, "parts": ("product",), "code": code}
            self.add_error("line_items", ValidationError(words, params=params))
            return code, code
        return found.external_identifier or code, found.name or code


def order_amount(data: Mapping[str, Any]) -> int:
    """Sum the lines up, in cents; an older entry may have none."""
    return sum(line["total_amount"] for line in data.get("line_items") or ())


def discount(data: Mapping[str, Any]) -> int:
    """Give the discount on all of it, in cents."""
    return int(Decimal(str(data.get("total_discount_amount") or 0)) * CENTS_PER_EURO)


def total_amount(data: Mapping[str, Any]) -> int:
    """Give what has to be paid, in cents."""
    return order_amount(data) - discount(data)
