"""Taking the credits for what came back of an order, and was noted before."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm, Choices
from piggyadmin.actions.registry import register
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import HAPPENED
from piggyadmin.ledger.operations import Data, Effect, Preview, Quantity, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import preview_of
from piggyadmin.orders import services
from piggyadmin.orders.actions.create_and_process_order_return import OrderReturnToMake
from piggyadmin.orders.known_returns import noting_of, processing_of, waiting_returns
from piggyadmin.orders.types import OrderResult
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import ListOrPasteField
from piggyadmin.ui.templatetags.ui import in_words, number


class OrderReturnToProcess(Preview):
    """What a return would take, in credits, of what amount, in cents, as it was noted here."""

    order_return_uuid: str
    is_known: bool = False
    contact: Contact | None = None
    number: str = ""
    total: int = 0
    takes: int | None = None

    @property
    def gives(self) -> int:
        """How many credits it gives: it takes them."""
        return -(self.takes or 0)

    @property
    def gives_unknown(self) -> bool:
        """Whether nobody can tell how many it takes."""
        return self.takes is None

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        if self.takes is None:
            return gettext("Take the credits for it")
        words = ngettext("Take up to %(count)s credit", "Take up to %(count)s credits", self.takes)
        return words % {"count": number(self.takes)}


def _choices() -> Choices:
    return [(each.uuid, f"{each.words} · {in_words(each.at)}") for each in waiting_returns()]


class ProcessOrderReturnForm(ActionForm):
    """Which return: one of those that were noted here, or any by its UUID."""

    order_return_uuid = ListOrPasteField(
        label=_("Return"),
        choices=_choices,
        help_text=_("Listed are those that were noted here. Any other one by its UUID."),
    )


@register
class ProcessOrderReturn(Action[OrderResult, OrderReturnToProcess]):
    """Take the credits for a return."""

    slug = "process-order-return"
    entity = "orders"
    label = _("Take the credits for a return")
    summary = _("Processes a return that was noted before. It takes its credits once.")
    button = _("Process the return")
    icon = "package-check"
    effect = Effect.WRITE
    credits_moved = Quantity(("preview.takes",), sign=-1)
    role = Role.STAFF
    form_class = ProcessOrderReturnForm
    sample = {"order_return_uuid": "c0ffee00-0000-4000-8000-000000000d21"}
    preview_template = "orders/_return_to_process.html"
    result_template = "orders/_return_processed.html"
    result_type = OrderResult
    asks_reason = True
    cannot_be_settled = _(
        "Piggy does not tell whether a return was processed. Look at the customer's credits, then "
        "decide. Piggy refuses to process it twice, so that asking once more does no harm."
    )

    def subjects(self, data: Data, preview: OrderReturnToProcess | None) -> dict[str, str]:  # noqa: ARG002
        """Whose order it is, where that is known."""
        contact = preview.contact if preview else None
        return {"contact": contact.uuid} if contact and contact.uuid else {}

    def sentence(self, matter: Matter) -> Sentence:
        """Say of which order, and whose; of one that was noted elsewhere, by what it is known."""
        if not matter.preview.get("is_known"):
            return Sentence(
                _("%(who)s took the credits for the return %(uuid)s"),
                _("take the credits for the return %(uuid)s"),
                {"uuid": str(matter.asked("order_return_uuid") or "")},
            )
        parts = {"customer": matter.customer(), "number": str(matter.preview.get("number") or "")}
        return Sentence(
            _("%(who)s took the credits for what came back of order %(number)s from %(customer)s"),
            _("take the credits for what came back of order %(number)s from %(customer)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> OrderReturnToProcess:  # noqa: ARG002
        """Show what was noted here; Piggy cannot be asked for returns.

        Raises:
            Refused: it was processed from here before.
        """
        uuid = data["order_return_uuid"]
        _refuse_processed(uuid)
        noting = noting_of(uuid)
        if noting is None:
            return OrderReturnToProcess(order_return_uuid=uuid)
        noted = OrderReturnToMake.model_validate(preview_of(noting))
        return OrderReturnToProcess(
            order_return_uuid=uuid,
            is_known=True,
            contact=noted.contact,
            number=noted.number,
            total=noted.total,
            takes=noted.takes,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> OrderResult:
        """Take them."""
        return services.process_order_return(piggy, order_return_uuid=data["order_return_uuid"])


def _refuse_processed(order_return_uuid: str) -> None:
    """Say who has processed it from here; what may have been done can be asked for again."""
    before = processing_of(order_return_uuid)
    if before and before.state in HAPPENED:
        words = gettext("The credits for this return were taken already, by %(name)s on %(when)s.")
        parts = {"name": before.person_name, "when": in_words(before.created_at)}
        raise Refused({"order_return_uuid": words % parts})
