"""What people can do with vouchers."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import (
    Action,
    Data,
    Effect,
    Evidence,
    Finding,
    Preview,
    Progress,
    Refused,
)
from piggyadmin.actions.evidence import (
    SETTLES_LATER_SECONDS,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.actions.forms import (
    ActionForm,
    ContactField,
    PromotionField,
    scanned_field,
)
from piggyadmin.actions.models import NOT_HAPPENED, Entry
from piggyadmin.actions.registry import register
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.parallel import side_by_side
from piggyadmin.ui.dates import EXPIRATION, VALIDITY, MomentField
from piggyadmin.ui.forms import OptionRowsField, WholeNumberField
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import Voucher, VoucherBatch

LARGEST_BATCH = 500  # vouchers (docs)


class FindVoucherByCodeForm(ActionForm):
    """The code on the voucher."""

    code = scanned_field(label=_("Voucher code"), help_text=_("Scan it, or type it exactly as is."))


@register
class FindVoucherByCode(Action[Voucher, None]):
    """Look a voucher up while a customer waits."""

    slug = "find-voucher-by-code"
    entity = "vouchers"
    label = _("Find a voucher")
    summary = _("Whether a voucher can be used, whose it is and what it gives.")
    button = _("Find voucher")
    icon = "ticket"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = FindVoucherByCodeForm
    result_template = "vouchers/_voucher.html"

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Find it by exactly this code."""
        return services.find_voucher(piggy, code=data["code"])


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

    def decisive(self) -> dict[str, Any]:
        """Agree to how many of what; others may make vouchers meanwhile."""
        return {"promotion": self.promotion_name, "quantity": self.quantity}


class CreateVouchersBatchForm(ActionForm):
    """Which vouchers to make, how many, and from when to when they are good."""

    promotion_uuid = PromotionField()
    quantity = WholeNumberField(label=_("How many"), min_value=1, max_value=LARGEST_BATCH)
    contact_uuid = ContactField(
        required=False,
        label=_("For one contact"),
        help_text=_("Optional. All these vouchers will be theirs. E-mail, identifier or UUID."),
    )
    activation_date = MomentField(
        kind=VALIDITY,
        label=_("Good from"),
        required=False,
        help_text=_("Left open, the promotion decides."),
    )
    expiration_date = MomentField(
        kind=EXPIRATION,
        label=_("Good until"),
        required=False,
        help_text=_("Left open, the promotion decides."),
    )
    custom_attributes = OptionRowsField(
        label=_("Attributes"),
        heads=(_("Name"), _("Value")),
        required=False,
        help_text=_("Optional: name and value of your own voucher attributes."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse vouchers that are over before they begin."""
        data = super().clean()
        start, end = data.get("activation_date"), data.get("expiration_date")
        if end and end <= timezone.now():
            self.add_error("expiration_date", _("This moment is past. Nobody could use them."))
        elif start and end and end <= start:
            self.add_error("expiration_date", _("This is before “Good from”."))
        return data


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
    role = Role.ADMIN
    form_class = CreateVouchersBatchForm
    preview_template = "vouchers/_batch_to_make.html"
    result_template = "vouchers/_batch.html"
    result_type = VoucherBatch
    is_watched = True

    def likeness(self, data: Data) -> list[Any]:
        """As many vouchers of the same promotion for the same contact."""
        contact = data["contact_uuid"]
        return [data["promotion_uuid"], data["quantity"], contact.uuid if contact else None]

    def words_about(self, entry: Entry, when: str) -> str:
        """Say how many vouchers."""
        quantity = entry.data["quantity"]
        words = ngettext(
            "%(name)s asked for %(quantity)s voucher of this promotion %(when)s.",
            "%(name)s asked for %(quantity)s vouchers of this promotion %(when)s.",
            quantity,
        )
        return words % {"name": entry.person_name, "quantity": quantity, "when": when}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the count with that before; others may make vouchers of the promotion too."""
        preview = BatchToMake.model_validate(entry.preview)
        page = services.list_vouchers(piggy, promotion_uuid=entry.data["promotion_uuid"], limit=1)
        if page.total is None or preview.vouchers_before is None:
            return undecided(gettext("Piggy does not tell how many there are."))
        made = page.total - preview.vouchers_before
        evidence = (
            Evidence(what=gettext("Vouchers before"), value=str(preview.vouchers_before)),
            Evidence(what=gettext("Vouchers now"), value=str(page.total)),
            Evidence(what=gettext("Vouchers asked for"), value=str(preview.quantity)),
        )
        if made == preview.quantity and not _others_made(entry):
            return done(
                gettext("As many vouchers as were asked for are there."),
                *evidence,
                result=VoucherBatch(quantity=made),
            )
        if made == 0 and has_settled(entry, SETTLES_LATER_SECONDS):
            return not_done(gettext("No vouchers were made."), *evidence)
        words = gettext("The count does not tell, at least not yet: batches take minutes.")
        return undecided(words, *evidence)

    def preview(self, piggy: PiggyClient, data: Data) -> BatchToMake:
        """Count what the promotion holds already."""
        uuid = data["promotion_uuid"]
        promotion, vouchers = side_by_side(
            partial(services.get_promotion, piggy, promotion_uuid=uuid),
            partial(services.list_vouchers, piggy, promotion_uuid=uuid, limit=1),
        )
        batch = BatchToMake(
            promotion_name=promotion.name or uuid,
            quantity=data["quantity"],
            voucher_limit=promotion.voucher_limit,
            vouchers_before=vouchers.total,
        )
        if batch.room is not None and batch.quantity > batch.room:
            raise Refused({"quantity": no_room(batch.room)})
        return batch

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
            custom_attributes={row["label"]: row["value"] for row in data["custom_attributes"]}
            or None,
        )

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Compare the count with that before: a batch itself cannot be looked up."""
        preview = BatchToMake.model_validate(entry.preview)
        page = services.list_vouchers(piggy, promotion_uuid=entry.data["promotion_uuid"], limit=1)
        if page.total is None or preview.vouchers_before is None:
            return Progress(finished=True, words=gettext("Piggy does not tell how many there are."))
        made = page.total - preview.vouchers_before
        if made < preview.quantity:
            words = gettext("Pending: %(made)s of %(quantity)s vouchers are there.")
            params = {"made": max(made, 0), "quantity": preview.quantity}
            return Progress(finished=False, words=words % params)
        words = ngettext(
            "Done: the voucher is there.",
            "Done: all %(quantity)s vouchers are there.",
            preview.quantity,
        )
        return Progress(finished=True, words=words % {"quantity": preview.quantity})


def _others_made(entry: Entry) -> bool:
    """Tell whether other batches of this promotion may be in the count."""
    others = Entry.objects.filter(
        action=entry.action,
        data__promotion_uuid=entry.data["promotion_uuid"],
        created_at__gte=entry.created_at - timedelta(seconds=SETTLES_LATER_SECONDS),
    )
    return others.exclude(pk=entry.pk).exclude(standing__state__in=NOT_HAPPENED).exists()


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
