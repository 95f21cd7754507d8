"""Making orders, with or without the credits for them."""

from functools import partial
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Evidence,
    Finding,
    Preview,
    Quantity,
    Refused,
    Stored,
)
from piggyadmin.ledger.reconciliation_evidence import (
    compared,
    done,
    has_settled,
    not_done,
    same,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.orders import services
from piggyadmin.orders.forms import OrderForm, discount, order_amount, total_amount
from piggyadmin.orders.types import NewOrder, Order, OrderResult, ProcessedOrder
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.templatetags.ui import cents, number

# What a simulated order is called, where it has no number yet; nothing is kept of it.
SIMULATED = "simulated"


class LineToMake(Stored):
    """A line of an order that would be made; amounts in cents."""

    name: str
    quantity: int
    price: int
    total_amount: int


class OrderToMake(Preview):
    """What an order would come to, in cents, and what it would give, in credits."""

    contact: Contact
    shop_name: str
    lines: tuple[LineToMake, ...]
    discount: int
    total: int
    worth: int | None  # None where Piggy has not told
    new_balance: int | None
    is_processed: bool

    @property
    def gives(self) -> int | None:
        """How many credits it gives at once."""
        return self.worth if self.is_processed else 0

    @property
    def gives_unknown(self) -> bool:
        """Whether nobody can tell how many it gives at once."""
        return self.gives is None

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        if not self.is_processed or self.worth is None:
            return gettext("Make the order of %(total)s") % {"total": cents(self.total)}
        words = ngettext(
            "Make the order and give %(count)s credit",
            "Make the order and give %(count)s credits",
            self.worth,
        )
        return words % {"count": number(self.worth)}

    def decisive(self) -> dict[str, Any]:
        """Agree to whose order it is, what it comes to and what it gives."""
        return {
            "contact": self.contact.uuid,
            "shop": self.shop_name,
            "total": self.total,
            "gives": self.gives,
        }


class _MakesOrder(Action[Any, OrderToMake]):
    """What making an order is like, whether the credits for it are given at once or later."""

    entity = "orders"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = OrderForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "line_items-0-product": "SKU-OAT-LATTE",
        "line_items-0-quantity": "2",
        "line_items-0-price": "4,25",
    }
    preview_template = "orders/_order_to_make.html"
    result_template = "orders/_made.html"
    is_processed = False

    def preview(self, piggy: PiggyClient, data: Data) -> OrderToMake:
        """Let Piggy simulate the order, which keeps nothing.

        Raises:
            Refused: there is an order with this number already.
        """
        worth, shops, known = gather(
            partial(services.simulate_order, piggy, order=new_order(data, SIMULATED)),
            partial(cached_shops, piggy),
            partial(_find, piggy, data["external_identifier"]),
        )
        if known:
            words = gettext("There is an order with this number already. Open it instead.")
            raise Refused({"external_identifier": words})
        shop_uuid = data["shop_uuid"]
        return OrderToMake(
            contact=data["contact_uuid"],
            shop_name=next((s.name for s in shops if s.uuid == shop_uuid), None) or shop_uuid,
            lines=tuple(LineToMake.model_validate(line) for line in data["line_items"]),
            discount=discount(data),
            total=total_amount(data),
            worth=worth.points,
            new_balance=worth.new_balance,
            is_processed=self.is_processed,
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the order by its number: a person's, or the console's own."""
        identifier = entry.data["external_identifier"] or own_reference.written(entry)
        if not identifier:
            return undecided(gettext("The order has no number by which it could be found."))
        order = _find(piggy, identifier)
        if order is None:
            if not has_settled(entry):
                return undecided(gettext("Piggy has no such order yet. It may still be at it."))
            return not_done(gettext("Piggy has no such order."))
        evidence = Evidence(
            what=gettext("Order %(number)s") % {"number": identifier},
            value=cents(order.total_order_amount),
            at=order.created_at,
            fits=_fits(entry, order),
        )
        if not evidence.fits:
            words = gettext("There is an order with this number, but it is not as it was asked.")
            return undecided(words, evidence)
        return done(gettext("Piggy has this order."), evidence, result=self.result_of(order))

    def result_of(self, order: Order) -> Any:
        """Give what the action would have given, of an order that was found."""
        return order


def new_order(data: Data, external_identifier: str) -> NewOrder:
    """Write an order as the API wants it."""
    return NewOrder(
        external_identifier=external_identifier,
        contact=data["contact_uuid"].uuid,
        business_profile=data["shop_uuid"],
        status=data["status"],
        payment_status=data["payment_status"],
        order_amount=order_amount(data),
        total_discount_amount=discount(data) or None,
        total_order_amount=total_amount(data),
        line_items=data["line_items"],
        reference=data["reference"] or None,
    )


def _numbered(piggy: PiggyClient, data: Data) -> NewOrder:
    """Give an order its number: where a person gave none, the console's own reference."""
    identifier = data["external_identifier"] or own_reference.take(piggy) or str(uuid4())
    return new_order(data, identifier)


def _find(piggy: PiggyClient, external_identifier: str) -> Order | None:
    """Find an order by its number; None where Piggy says that there is none."""
    if not external_identifier:
        return None
    try:
        return services.find_order(piggy, external_identifier=external_identifier)
    except NotFound as error:
        if error.code != ErrorCode.RECORD_NOT_FOUND:
            raise
        return None


def _fits(entry: Entry, order: Order) -> bool | None:
    return compared(
        same(order.contact and order.contact.uuid, entry.data["contact_uuid"]),
        same(order.total_order_amount, total_amount(entry.data)),
    )


def _parts(matter: Matter) -> dict[str, Any]:
    return {
        "amount": cents(total_amount(matter.data)),
        "customer": matter.customer(),
        "shop": matter.shop(),
    }


@register
class CreateOrder(_MakesOrder):
    """Make an order, without the credits for it."""

    slug = "create-order"
    label = _("Make an order")
    summary = _("Keeps what somebody bought. The credits for it are given when it is processed.")
    button = _("Make the order")
    icon = "receipt"
    result_type = Order

    def sentence(self, matter: Matter) -> Sentence:
        """Say for how much, for whom, and where."""
        return Sentence(
            _("%(who)s made an order of %(amount)s for %(customer)s at %(shop)s"),
            _("make an order of %(amount)s for %(customer)s at %(shop)s"),
            _parts(matter),
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Order:
        """Make it."""
        return services.create_order(piggy, order=_numbered(piggy, data))


@register
class CreateAndProcessOrder(_MakesOrder):
    """Make an order, and give the credits for it."""

    slug = "create-and-process-order"
    credits_moved = Quantity(("preview.worth",))
    label = _("Make an order and give its credits")
    summary = _("Keeps what somebody bought, and gives the credits for it at once.")
    button = _("Make the order and give its credits")
    icon = "shopping-cart"
    result_type = ProcessedOrder
    is_processed = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say for how much, for whom, and where."""
        return Sentence(
            _("%(who)s made an order of %(amount)s for %(customer)s at %(shop)s, with its credits"),
            _("make an order of %(amount)s for %(customer)s at %(shop)s, with its credits"),
            _parts(matter),
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ProcessedOrder:
        """Make it, and give the credits."""
        return services.create_and_process_order(piggy, order=_numbered(piggy, data))

    def result_of(self, order: Order) -> ProcessedOrder:
        """What it gave is not told of an order that is found."""
        return ProcessedOrder(order=order)


def as_new(order: Order) -> NewOrder:
    """Write an order that is there as one to be made, to have it simulated."""
    lines = [
        {name: value for name, value in line.model_dump().items() if value is not None}
        for line in order.line_items
    ]
    return NewOrder(
        external_identifier=order.external_identifier or SIMULATED,
        contact=(order.contact and order.contact.uuid) or "",
        business_profile=(order.business_profile and order.business_profile.uuid) or "",
        status=order.status or "",
        payment_status=order.payment_status or "",
        total_order_amount=order.total_order_amount or 0,
        line_items=lines,
    )


def simulated(piggy: PiggyClient, order: Order) -> OrderResult:
    """Let Piggy say what an order that is there would give."""
    return services.simulate_order(piggy, order=as_new(order))
