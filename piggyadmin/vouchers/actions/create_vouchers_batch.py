"""Making many vouchers, and finding out whether they were made when the answer was lost."""

from datetime import timedelta
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.custom_attributes.services import (
    create_custom_attribute,
    list_custom_attributes,
)
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, Entry
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Evidence,
    Finding,
    Preview,
    Progress,
    Quantity,
    Refused,
)
from piggyadmin.ledger.reconciliation_evidence import (
    SETTLES_LATER_SECONDS,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.forms import OptionRowsField, WholeNumberField
from piggyadmin.ui.templatetags.ui import number
from piggyadmin.vouchers import services
from piggyadmin.vouchers.forms import PromotionField, ValidityForm
from piggyadmin.vouchers.promotions import every_voucher
from piggyadmin.vouchers.types import Voucher, VoucherBatch

LARGEST_BATCH = 500  # vouchers (docs)
# How many of a promotion's vouchers are looked through for those of a batch.
MOST_VOUCHERS = 10_000


class BatchToMake(Preview):
    """A batch that would be made, and the room its promotion has."""

    promotion_name: str
    quantity: int
    voucher_limit: int | None
    vouchers_before: int | None

    @property
    def room(self) -> int | None:
        """How many vouchers the promotion can still hold; None where that is not limited."""
        if self.voucher_limit is None or self.vouchers_before is None:
            return None
        return max(self.voucher_limit - self.vouchers_before, 0)

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        words = ngettext("Make %(count)s voucher", "Make %(count)s vouchers", self.quantity)
        return words % {"count": number(self.quantity)}

    def decisive(self) -> dict[str, Any]:
        """Agree to how many of what; others may make vouchers meanwhile."""
        return {"promotion": self.promotion_name, "quantity": self.quantity}


class CreateVouchersBatchForm(ValidityForm):
    """Which vouchers to make, how many, and from when to when they are good."""

    folded = ("contact_uuid", "activation_date", "expiration_date", "custom_attributes")
    field_order = ("promotion_uuid", "quantity", "contact_uuid")

    promotion_uuid = PromotionField()
    quantity = WholeNumberField(label=_("How many"), min_value=1, max_value=LARGEST_BATCH)
    contact_uuid = ContactField(
        required=False,
        label=_("For one customer"),
        help_text=_("Optional. All these vouchers will be theirs. E-mail, identifier or UUID."),
    )
    custom_attributes = OptionRowsField(
        label=_("Attributes"),
        heads=(_("Name"), _("Value")),
        required=False,
        help_text=_("Optional: name and value of your own voucher attributes."),
    )


@register
class CreateVouchersBatch(Action[VoucherBatch, BatchToMake]):
    """Make many vouchers at once."""

    slug = "create-vouchers-batch"
    entity = "vouchers"
    label = _("Make a batch of vouchers")
    summary = _("Up to 500 vouchers of a promotion at once. Piggy makes them within minutes.")
    button = _("Make these vouchers")
    icon = "tickets"
    effect = Effect.WRITE
    vouchers_moved = Quantity(("data.quantity",))
    role = Role.ADMIN
    form_class = CreateVouchersBatchForm
    sample = {
        "promotion_uuid": "c0ffee00-0000-4000-8000-000000000201",
        "quantity": "5",
        "contact_uuid": "mira.jansen@example.test",
        "activation_date": "2030-01-01T00:00",
        "expiration_date": "2030-06-01T00:00",
    }
    preview_template = "vouchers/_batch_to_make.html"
    result_template = "vouchers/_batch.html"
    result_type = VoucherBatch
    is_watched = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """As many vouchers of the same promotion for the same contact."""
        contact = data["contact_uuid"]
        return [data["promotion_uuid"], data["quantity"], contact.uuid if contact else None]

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many vouchers of what, and for whom."""
        quantity = matter.asked("quantity") or 0
        words = ngettext("%(count)s voucher", "%(count)s vouchers", quantity)
        parts = {
            "vouchers": words % {"count": number(quantity)},
            "promotion": matter.thing("promotion") or gettext("a promotion"),
            "customer": matter.customer(),
        }
        if matter.asked("contact_uuid"):
            return Sentence(
                _("%(who)s made %(vouchers)s of %(promotion)s for %(customer)s"),
                _("make %(vouchers)s of %(promotion)s for %(customer)s"),
                parts,
            )
        return Sentence(
            _("%(who)s made %(vouchers)s of %(promotion)s"),
            _("make %(vouchers)s of %(promotion)s"),
            parts,
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for vouchers that carry its reference; else compare the count with that before."""
        vouchers, is_all = _vouchers(piggy, entry)
        quantity = entry.data["quantity"]
        reference = own_reference.written(entry)
        own = [each for each in vouchers if reference and each.console_reference == reference]
        evidence = Evidence(what=gettext("Vouchers of this batch"), value=str(len(own)))
        if own and all(_is_as_asked(each, entry) for each in own) and len(own) == quantity:
            result = VoucherBatch(quantity=quantity)
            return done(gettext("Piggy has the vouchers of this batch."), evidence, result=result)
        if own:
            words = gettext("Some vouchers of this batch are there: Piggy may still be at it.")
            return undecided(words, evidence)
        if not is_all:
            words = gettext("The promotion has more vouchers than can be looked at.")
            return undecided(words)
        if reference and own_reference.is_kept(piggy, REFERENCE_PLACE):
            return _none_there(entry, evidence)
        return _by_count(entry, len(vouchers))

    def preview(self, piggy: PiggyClient, data: Data) -> BatchToMake:
        """Count what the promotion holds already."""
        return BatchToMake(**room_for(piggy, data["promotion_uuid"], data["quantity"]))

    def perform(self, piggy: PiggyClient, data: Data) -> VoucherBatch:
        """Ask for them; they appear later."""
        contact = data["contact_uuid"]
        return services.create_vouchers_batch(
            piggy,
            promotion_uuid=data["promotion_uuid"],
            quantity=data["quantity"],
            contact_uuid=contact.uuid if contact else None,
            activation_date=data["activation_date"],
            expiration_date=data["expiration_date"],
            custom_attributes=_attributes(piggy, data) or None,
        )

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Count the vouchers of the batch, which itself cannot be looked up."""
        quantity = BatchToMake.model_validate(entry.preview).quantity
        made = _made(piggy, entry)
        if made is None:
            return Progress(finished=True, words=gettext("Piggy does not tell how many there are."))
        if made < quantity:
            words = gettext("Pending: %(made)s of %(quantity)s vouchers are there.")
            params = {"made": max(made, 0), "quantity": quantity}
            return Progress(finished=False, words=words % params)
        words = ngettext(
            "Done: the voucher is there.",
            "Done: all %(quantity)s vouchers are there.",
            quantity,
        )
        return Progress(finished=True, words=words % {"quantity": quantity})


def _attributes(piggy: PiggyClient, data: Data) -> dict[str, str]:
    """Give the attributes of each voucher: a person's own ones, and the console's reference."""
    attributes = {row["label"]: row["value"] for row in data["custom_attributes"]}
    if own_reference.NAME not in attributes:
        reference = own_reference.take(piggy, REFERENCE_PLACE)
        attributes |= {own_reference.NAME: reference} if reference else {}
    return attributes


def _make_reference_attribute(piggy: PiggyClient) -> None:
    create_custom_attribute(
        piggy,
        entity="voucher",
        name=own_reference.NAME,
        data_type="text",
        label=gettext("Reference of the console"),
        description=gettext("By this the console finds what it has booked."),
    )


REFERENCE_PLACE = own_reference.ReferenceAttribute(
    "voucher", _make_reference_attribute, partial(list_custom_attributes, entity="voucher")
)


def _vouchers(piggy: PiggyClient, entry: Entry) -> tuple[list[Voucher], bool]:
    """List the promotion's vouchers, and whether that is all."""
    everything = every_voucher(piggy, entry.data["promotion_uuid"])
    several = list(islice(everything, MOST_VOUCHERS + 1))
    return several, len(several) <= MOST_VOUCHERS


def _is_as_asked(voucher: Voucher, entry: Entry) -> bool:
    """Compare whose a voucher is: one that was for nobody may be somebody's by now."""
    contact = voucher.contact and voucher.contact.uuid
    return entry.data["contact_uuid"] in {None, contact}


def _made(piggy: PiggyClient, entry: Entry) -> int | None:
    """Count the vouchers that an entry may have made; None where that cannot be told."""
    vouchers, is_all = _vouchers(piggy, entry)
    reference = own_reference.written(entry)
    own = sum(each.console_reference == reference for each in vouchers) if reference else 0
    before = BatchToMake.model_validate(entry.preview).vouchers_before
    if own or (reference and own_reference.is_kept(piggy, REFERENCE_PLACE)):
        return own
    return len(vouchers) - before if is_all and before is not None else None


def _none_there(entry: Entry, *evidence: Evidence) -> Finding:
    if has_settled(entry, SETTLES_LATER_SECONDS):
        return not_done(gettext("No vouchers were made."), *evidence)
    words = gettext("No vouchers of this batch are there yet: batches take minutes.")
    return undecided(words, *evidence)


def _by_count(entry: Entry, now: int) -> Finding:
    """Compare the count with that before: all that may be in it was made, or nothing was."""
    batches = _of_the_same_time(entry)
    first = BatchToMake.model_validate(batches[0].preview)
    if first.vouchers_before is None:
        return undecided(gettext("Piggy does not tell how many there are."))
    made = now - first.vouchers_before
    happened = sum(each.data["quantity"] for each in batches if each.state in HAPPENED)
    is_open = [each for each in batches if each.state not in HAPPENED]
    asked = sum(each.data["quantity"] for each in is_open)
    evidence = (
        Evidence(what=gettext("Vouchers before"), value=str(first.vouchers_before)),
        Evidence(what=gettext("Vouchers now"), value=str(now)),
        Evidence(what=gettext("Vouchers asked for"), value=str(happened + asked)),
    )
    is_over = all(has_settled(each, SETTLES_LATER_SECONDS) for each in is_open)
    if made == happened + asked and (is_over or len(batches) == 1):
        words = gettext("As many vouchers as were asked for are there.")
        return done(words, *evidence, result=VoucherBatch(quantity=entry.data["quantity"]))
    if made == happened and is_over:
        return not_done(gettext("No vouchers were made."), *evidence)
    words = gettext("The count does not tell, at least not yet: batches take minutes.")
    return undecided(words, *evidence)


def _of_the_same_time(entry: Entry) -> list[Entry]:
    """Give all batches of the promotion that the count may hold, with those that overlap them."""
    around = timedelta(seconds=SETTLES_LATER_SECONDS)
    others = Entry.objects.filter(
        action=entry.action, data__promotion_uuid=entry.data["promotion_uuid"]
    ).exclude(status__state__in=NOT_HAPPENED)
    since = entry.created_at
    for other in others.filter(pk__lt=entry.pk).order_by("-pk"):
        if other.created_at < since - around:
            break
        since = other.created_at
    batches = others.filter(created_at__gte=since).prefetch_related("events")
    return sorted({entry, *batches}, key=attrgetter("pk"))


def room_for(
    piggy: PiggyClient, promotion_uuid: str, quantity: int, *, beside: str = "quantity"
) -> dict[str, Any]:
    """Give what a preview says of a promotion that so many vouchers are to be made of.

    Raises:
        Refused: there is no room for them, as is said beside this field.
    """
    promotion, vouchers = gather(
        partial(services.get_promotion, piggy, promotion_uuid=promotion_uuid),
        partial(services.list_vouchers, piggy, promotion_uuid=promotion_uuid, limit=1),
    )
    facts: dict[str, Any] = {
        "promotion_name": promotion.name or promotion_uuid,
        "quantity": quantity,
        "voucher_limit": promotion.voucher_limit,
        "vouchers_before": vouchers.total,
    }
    room = BatchToMake(**facts).room
    if room is not None and quantity > room:
        raise Refused({beside: no_room(room)})
    return facts


def too_many_for(piggy: PiggyClient, promotion_uuid: str, wanted: int) -> str:
    """Say that so many vouchers are more than a promotion has room for; nothing where it has."""
    try:
        room_for(piggy, promotion_uuid, wanted)
    except Refused as refused:
        words = gettext("%(wanted)s vouchers are wanted. %(refused)s")
        return words % {"wanted": number(wanted), "refused": refused.words}
    return ""


def no_room(room: int) -> str:
    """Say how many vouchers a promotion can still hold."""
    if room == 0:
        return gettext("This promotion has no room left for vouchers.")
    words = ngettext(
        "This promotion has room for %(room)s more voucher.",
        "This promotion has room for %(room)s more vouchers.",
        room,
    )
    return words % {"room": room}
