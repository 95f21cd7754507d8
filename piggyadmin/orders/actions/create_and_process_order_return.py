"""Taking back what came back of an order, with the credits for it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.facts import LABELS
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Quantity, Result
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.orders import services
from piggyadmin.orders.actions.create_order import LineToMake, as_new
from piggyadmin.orders.forms import OrderField
from piggyadmin.orders.types import NewOrderReturn, Order, OrderLine, ProcessedReturn
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import CodeField, OptionRowsField, Row, WholeNumberField, filled_numbers
from piggyadmin.ui.templatetags.ui import cents, number

# What the ledger keeps of previews, in words.
LABELS.update(
    {
        "is_known": _("Noted here before"),
        "is_processed": _("Processed at once"),
        "lines": _("What was bought"),
        "number": _("Order"),
        "takes": _("Takes back"),
        "total": _("Amount"),
    }
)

# No source names the statuses of returns; it is over and done with (inferred).
STATUS = "COMPLETED"


class OrderReturnToMake(Preview):
    """What would come back, in cents, and what it would take, in credits."""

    contact: Contact | None
    order_uuid: str
    number: str
    lines: tuple[LineToMake, ...]
    total: int
    takes: int | None  # None where Piggy has not told
    is_processed: bool = True

    @property
    def gives(self) -> int:
        """How many credits it gives at once: it takes them."""
        return -(self.takes or 0) if self.is_processed else 0

    @property
    def gives_unknown(self) -> bool:
        """Whether nobody can tell how many it takes at once."""
        return self.is_processed and self.takes is None

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        if not self.is_processed:
            return gettext("Note what came back")
        if self.takes is None:
            return str(CreateAndProcessOrderReturn.button)
        words = ngettext(
            "Take it back, and up to %(count)s credit",
            "Take it back, and up to %(count)s credits",
            self.takes,
        )
        return words % {"count": number(self.takes)}

    def decisive(self) -> dict[str, Any]:
        """Agree to which order, and what of it comes back."""
        lines = [(line.name, line.quantity) for line in self.lines]
        return {"order": self.order_uuid, "lines": lines, "takes": self.takes}


class ReturnedLinesField(OptionRowsField):
    """Lines of an order and how many of each came back; those with no number are left out."""

    default_error_messages: ClassVar = {"required": _("Fill in how many came back.")}
    unique_part = ""  # as many of one line may come back as of another one

    def is_filled(self, row: Row) -> bool:
        """Take the rows that have a number."""
        return bool(row["value"])

    def check_row(self, number: int, row: Row) -> None:
        """Read how many."""
        super().check_row(number, row)
        self.clean_part(WholeNumberField(min_value=1, max_value=10_000), number, row, "value")


class OrderToReturnForm(ActionForm):
    """Of which order."""

    order_uuid = OrderField()


class OrderReturnForm(OrderToReturnForm):
    """What came back of it."""

    folded = ("external_identifier",)

    # It was found first: the lines are those of that one.
    order_uuid = OrderField(
        help_text="", widget=forms.TextInput(attrs={"readonly": True, "class": "mono"})
    )
    line_items = ReturnedLinesField(
        label=_("What came back"), heads=(_("Line"), _("How many came back"))
    )
    external_identifier = CodeField(
        label=_("Number of the return in your own system"),
        required=False,
        help_text=_("Left open, the console gives it one."),
    )

    def clean(self) -> dict[str, Any]:
        """Find the lines in the order, and refuse more of one than was bought."""
        data = super().clean()
        if self.errors or self.failure:
            return data
        try:
            order = services.get_order(self.piggy, order_uuid=data["order_uuid"])
        except PiggyError as error:
            self.failure = error
            return data
        lines = _named(order)
        numbered = zip(filled_numbers(self["line_items"]), data["line_items"], strict=True)
        data["line_items"] = [self._came_back(number, row, lines) for number, row in numbered]
        return data

    def _came_back(self, number: int, row: Row, lines: Mapping[str, OrderLine]) -> dict[str, Any]:
        line, quantity = lines.get(row["label"].casefold()), int(row["value"])
        if line is None:
            words = gettext("This order has no line “%(line)s”.")
            self._is_wrong(words, number, "label", line=row["label"])
            return {**row}
        if quantity > (line.quantity or 0):
            words = gettext("Of “%(line)s” at most %(bought)s can come back: no more was bought.")
            bought = line.quantity or 0
            self._is_wrong(words, number, "value", line=row["label"], bought=bought)
        named = {"uuid": line.uuid, "external_identifier": line.external_identifier}
        return {**row, **named, "quantity": quantity}

    def _is_wrong(self, words: str, number: int, part: str, **params: Any) -> None:
        params |= {"number": number, "parts": (part,)}
        self.add_error("line_items", forms.ValidationError(words, params=params))


def _named(order: Order) -> dict[str, OrderLine]:
    """Give the lines by what people may call them: by name, by number, or both."""
    lines = {line.name or "": line for line in order.line_items}
    lines |= {line.external_identifier or "": line for line in order.line_items}
    lines |= {_label(order, line): line for line in order.line_items}
    return {name.casefold(): line for name, line in lines.items() if name}


def _label(order: Order, line: OrderLine) -> str:
    """Name a line; where two have one name, with its number."""
    is_only = [each.name for each in order.line_items].count(line.name) == 1
    number = line.external_identifier or ""
    return line.name if is_only and line.name else f"{line.name or ''} ({number})"


class OrderReturnAction(Action[Result, OrderReturnToMake]):
    """Keep at Piggy what came back of an order."""

    entity = "orders"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = OrderToReturnForm
    form_class = OrderReturnForm
    sample = {
        "order_uuid": "ORDER-0001",
        "line_items-0-label": "Oat latte",
        "line_items-0-value": "1",
    }
    found_template = "orders/_to_return_of.html"
    preview_template = "orders/_to_return.html"
    asks_reason = True
    # Whether the credits for it are taken at once.
    is_processed: ClassVar[bool]

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same of the same order, whatever number the return has."""
        lines = [(line["label"], line["value"]) for line in data["line_items"]]
        return [data["order_uuid"], lines]

    def subjects(
        self,
        data: Data,  # noqa: ARG002
        preview: OrderReturnToMake | None,
    ) -> dict[str, str]:
        """Whose order it is."""
        contact = preview.contact if preview else None
        return {"contact": contact.uuid} if contact and contact.uuid else {}

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find the order, so that its lines stand in the form."""
        order = services.get_order(piggy, order_uuid=data["order_uuid"])
        rows = [{"label": _label(order, line), "value": ""} for line in order.line_items]
        initial = {"order_uuid": data["order_uuid"], "line_items": rows}
        return LookUp(initial=initial, found=order)

    def preview(self, piggy: PiggyClient, data: Data) -> OrderReturnToMake:
        """Let Piggy simulate an order of what comes back, which keeps nothing."""
        order = services.get_order(piggy, order_uuid=data["order_uuid"])
        lines = tuple(_line(line, data) for line in order.line_items if _count(line, data))
        total = sum(line.total_amount for line in lines)
        worth = services.simulate_order(
            piggy, order=replace(as_new(order), total_order_amount=total)
        )
        return OrderReturnToMake(
            contact=order.contact,
            order_uuid=data["order_uuid"],
            number=order.reference or order.external_identifier or data["order_uuid"],
            lines=lines,
            total=total,
            takes=worth.points,
            is_processed=self.is_processed,
        )

    def as_new(self, piggy: PiggyClient, data: Data) -> NewOrderReturn:
        """Write it down; where nobody gave it a number, the console's own reference is that."""
        identifier = data["external_identifier"] or own_reference.take(piggy) or str(uuid4())
        keys = ("uuid", "external_identifier", "quantity")
        return NewOrderReturn(
            external_identifier=identifier,
            order=data["order_uuid"],
            status=STATUS,
            line_items=[{key: line[key] for key in keys} for line in data["line_items"]],
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy cannot be asked for returns; show by which number it would be found there."""
        identifier = entry.data["external_identifier"] or own_reference.written(entry)
        evidence = (
            [Evidence(what=gettext("Its number at Piggy"), value=identifier)] if identifier else []
        )
        words = gettext(
            "Piggy cannot be asked for returns. Look at the customer's credits and at Piggy's own "
            "pages, then decide."
        )
        return undecided(words, *evidence)


@register
class CreateAndProcessOrderReturn(OrderReturnAction[ProcessedReturn]):
    """Take back what came back of an order, and the credits for it."""

    slug = "create-and-process-order-return"
    credits_moved = Quantity(("preview.takes",), sign=-1)
    label = _("Take something of an order back")
    summary = _("Keeps what came back of an order, and takes back the credits for it.")
    button = _("Take it back")
    icon = "package-x"
    result_template = "orders/_returned.html"
    result_type = ProcessedReturn
    is_processed = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say for how much, of which order, and whose it is."""
        return Sentence(
            _("%(who)s took %(amount)s of order %(number)s back from %(customer)s"),
            _("take %(amount)s of order %(number)s back from %(customer)s"),
            parts_of(matter),
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ProcessedReturn:
        """Take it back, and the credits."""
        returned = self.as_new(piggy, data)
        return services.create_and_process_order_return(piggy, order_return=returned)


def parts_of(matter: Matter) -> dict[str, str]:
    """Give what sentences about returns name: how much, of which order, and whose it is."""
    return {
        "amount": cents(matter.preview.get("total")),
        "number": str(matter.preview.get("number") or ""),
        "customer": matter.customer(),
    }


def _count(line: OrderLine, data: Data) -> int:
    """Give how many of a line come back."""
    return sum(row["quantity"] for row in data["line_items"] if row["uuid"] == line.uuid)


def _line(line: OrderLine, data: Data) -> LineToMake:
    """Give what of a line comes back, with its share of the amount."""
    quantity, bought = _count(line, data), line.quantity or 1
    return LineToMake(
        name=line.name or "",
        quantity=quantity,
        price=line.price or 0,
        total_amount=(line.total_amount or 0) * quantity // bought,
    )
