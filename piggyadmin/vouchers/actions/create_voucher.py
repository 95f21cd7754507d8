"""Making one voucher."""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import ONE, Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    compared,
    done,
    has_settled,
    not_done,
    same,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound, PiggyError
from piggyadmin.ui.forms import MAX_ID_LENGTH, CodeField, WholeNumberField
from piggyadmin.vouchers import services
from piggyadmin.vouchers.actions.create_vouchers_batch import BatchToMake, room_for, too_many_for
from piggyadmin.vouchers.forms import PromotionField, ValidityForm
from piggyadmin.vouchers.making import code_of, own_code
from piggyadmin.vouchers.types import Voucher

MOST_USES = 10_000


class VoucherToMake(BatchToMake):
    """A voucher that would be made, and for whom."""

    contact: Contact | None
    code: str

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        return gettext("Make this voucher")

    def decisive(self) -> dict[str, Any]:
        """Agree to what, for whom and under which code."""
        contact = self.contact and self.contact.uuid
        return {**super().decisive(), "contact": contact, "code": self.code}


class CreateVoucherForm(ValidityForm):
    """What a voucher is made of, and for whom."""

    folded = ("code", "total_redemptions_allowed", "activation_date", "expiration_date")
    field_order = ("promotion_uuid", "contact_uuid", "code", "total_redemptions_allowed")

    promotion_uuid = PromotionField()
    contact_uuid = ContactField(
        required=False,
        label=_("For"),
        help_text=_("Left open, whoever uses it first has it. E-mail, identifier or UUID."),
    )
    code = CodeField(
        label=_("Voucher code"),
        required=False,
        max_length=MAX_ID_LENGTH,
        help_text=_("Left open, a code is made that nobody can guess."),
    )
    total_redemptions_allowed = WholeNumberField(
        label=_("Can be used"),
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text=_("How many times. Left open, the promotion decides."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a code that a voucher has already."""
        data = super().clean()
        if not self.failure and data.get("code") and self._is_taken(data["code"]):
            self.add_error("code", ErrorCode.VOUCHER_EXISTS.words)
        return data

    def _is_taken(self, code: str) -> bool:
        try:
            services.find_voucher(self.piggy, code=code)
        except NotFound:
            return False
        except PiggyError as error:
            self.failure = error
            return False
        return True


@register
class CreateVoucher(Action[Voucher, VoucherToMake]):
    """Make one voucher, for a contact or for whoever comes."""

    slug = "create-voucher"
    entity = "vouchers"
    label = _("Make a voucher")
    summary = _("One voucher of a promotion, for a customer or for whoever uses it first.")
    button = _("Make this voucher")
    icon = "ticket-plus"
    effect = Effect.WRITE
    vouchers_moved = ONE
    role = Role.STAFF
    form_class = CreateVoucherForm
    sample = {
        "promotion_uuid": "c0ffee00-0000-4000-8000-000000000201",
        "contact_uuid": "mira.jansen@example.test",
    }
    preview_template = "vouchers/_voucher_to_make.html"
    result_template = "vouchers/_made.html"
    result_type = Voucher
    asks_reason = True
    is_bulk = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """A voucher of the same promotion for the same contact, with the same code if any."""
        contact = data["contact_uuid"]
        return [data["promotion_uuid"], contact.uuid if contact else None, data["code"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say of what, and for whom."""
        parts = {
            "promotion": matter.thing("promotion") or gettext("a promotion"),
            "customer": matter.customer(),
        }
        if matter.asked("contact_uuid"):
            return Sentence(
                _("%(who)s made a voucher of %(promotion)s for %(customer)s"),
                _("make a voucher of %(promotion)s for %(customer)s"),
                parts,
            )
        return Sentence(
            _("%(who)s made a voucher of %(promotion)s"),
            _("make a voucher of %(promotion)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> VoucherToMake:
        """See whether the promotion has room for it."""
        facts = room_for(piggy, data["promotion_uuid"], 1, beside="promotion_uuid")
        return VoucherToMake(**facts, contact=data["contact_uuid"] or None, code=data["code"])

    def objection_to_all(self, piggy: PiggyClient, several: Iterable[Data]) -> str:
        """Count the vouchers that each promotion would need against those it has room for."""
        wanted = Counter(str(data["promotion_uuid"]) for data in several)
        told = (too_many_for(piggy, uuid, number) for uuid, number in sorted(wanted.items()))
        return " ".join(filter(None, told))

    def answer_columns(self, result: Voucher) -> dict[str, Any]:
        """Tell the code, which is what people want to send on."""
        return {"voucher_code": result.code, "voucher_uuid": result.uuid}

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Make it, under the code that was asked for or one of the console's own."""
        contact = data["contact_uuid"]
        return services.create_voucher(
            piggy,
            promotion_uuid=data["promotion_uuid"],
            code=data["code"] or own_code(piggy),
            contact_uuid=contact.uuid if contact else None,
            activation_date=data["activation_date"],
            expiration_date=data["expiration_date"],
            total_redemptions_allowed=data["total_redemptions_allowed"],
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for its code, under which there was none before."""
        return find_made(piggy, entry, entry.data["code"] or code_of(entry))


def find_made(piggy: PiggyClient, entry: Entry, code: str | None) -> Finding:
    """Look for the voucher that an entry made under a code."""
    if code is None:
        words = gettext("Piggy thought its code up, and does not tell when vouchers were made.")
        return undecided(words)
    evidence = partial(Evidence, what=gettext("Voucher code"), value=code)
    try:
        voucher = services.find_voucher(piggy, code=code)
    except NotFound:
        if has_settled(entry):
            return not_done(gettext("Piggy has no such voucher."), evidence(fits=False))
        words = gettext("Piggy has no such voucher yet. It may still be at it.")
        return undecided(words, evidence(fits=False))
    if not _is_as_asked(voucher, entry):
        words = gettext("There is a voucher with this code, but not as it was asked for.")
        return undecided(words, evidence(fits=False))
    return done(gettext("Piggy has this voucher."), evidence(fits=True), result=voucher)


def _is_as_asked(voucher: Voucher, entry: Entry) -> bool:
    """Compare what it is made of and whose it is; one for nobody may be somebody's by now."""
    promotion = same(voucher.promotion and voucher.promotion.uuid, entry.data["promotion_uuid"])
    contact = entry.data["contact_uuid"]
    whose = same(voucher.contact and voucher.contact.uuid, contact) if contact else True
    return compared(promotion, whose) is True
