"""Issuing a voucher in the place of another one, for its customer or for somebody who had none."""

from contextlib import suppress
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import ONE, Data, Effect, Evidence, Finding, Verdict
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import OutcomeUnknown, PiggyError
from piggyadmin.ui.dates import EXPIRATION, MomentField
from piggyadmin.ui.states import status_word
from piggyadmin.vouchers import services
from piggyadmin.vouchers.actions.create_voucher import VoucherToMake, find_made
from piggyadmin.vouchers.actions.create_vouchers_batch import room_for
from piggyadmin.vouchers.forms import VoucherForm, found_voucher, refuse_past_end
from piggyadmin.vouchers.making import code_of, own_code
from piggyadmin.vouchers.steps import REPLACEABLE
from piggyadmin.vouchers.types import Voucher


class VoucherToReplace(VoucherToMake):
    """A voucher that would be made, and the one that it stands for."""

    voucher: Voucher
    switches_off: bool

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        return gettext("Issue a replacement")

    def decisive(self) -> dict[str, Any]:
        """Agree to what, for whom, and what becomes of the old one."""
        return {**super().decisive(), "switches_off": self.switches_off}


class ReplaceVoucherForm(VoucherForm):
    """Which voucher, and for whom the new one is."""

    folded = ("expiration_date",)
    step: ClassVar[str] = "replace-voucher"

    contact_uuid = ContactField(
        required=False,
        label=_("For"),
        help_text=_("Left open, it is for whoever has the old one. E-mail, identifier or UUID."),
    )
    expiration_date = MomentField(
        kind=EXPIRATION,
        label=_("Good until"),
        required=False,
        help_text=_("Left open, the promotion decides."),
    )

    def clean(self) -> dict[str, Any]:
        """Say what the new one is made of, and whether the old one can still be used."""
        data = super().clean()
        voucher: Voucher | None = getattr(self, "voucher", None)
        refuse_past_end(self)
        if voucher and voucher.promotion:
            data["promotion_uuid"] = voucher.promotion.uuid
            data["switches_off"] = voucher.status in {*REPLACEABLE, "LOCKED"}
        return data


@register
class ReplaceVoucher(Action[Voucher, VoucherToReplace]):
    """Switch a voucher off and make another one of the same promotion."""

    slug = "replace-voucher"
    entity = "vouchers"
    label = _("Issue a replacement")
    summary = _(
        "Another voucher of the same promotion, for the same customer or for somebody else. "
        "The old one is switched off."
    )
    button = _("Issue a replacement")
    icon = "replace"
    effect = Effect.WRITE
    vouchers_moved = ONE
    role = Role.STAFF
    form_class = ReplaceVoucherForm
    sample = {"code": "WELCOME-ACTIVE", "contact_uuid": "mira.jansen@example.test"}
    preview_template = "vouchers/_voucher_to_replace.html"
    result_template = "vouchers/_made.html"
    result_type = Voucher
    asks_reason = True

    def deduplication_data(self, data: Data) -> list[str]:
        """For the same voucher."""
        return [data["voucher_uuid"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say of which one, and for whom."""
        return Sentence(
            _("%(who)s replaced the voucher %(code)s for %(customer)s"),
            _("replace the voucher %(code)s for %(customer)s"),
            {"code": matter.asked("code"), "customer": matter.customer()},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> VoucherToReplace:
        """See whether the promotion has room for another one."""
        voucher = found_voucher(piggy, data)
        return VoucherToReplace(
            **room_for(piggy, data["promotion_uuid"], 1, beside="code"),
            contact=data["contact_uuid"],
            code="",
            voucher=voucher,
            switches_off=data["switches_off"],
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Switch the old one off first, so that never both can be used."""
        code, contact = own_code(piggy), data["contact_uuid"]
        if data["switches_off"]:
            _switch(piggy, data, "DEACTIVATED")
        try:
            return services.create_voucher(
                piggy,
                promotion_uuid=data["promotion_uuid"],
                code=code,
                contact_uuid=contact.uuid if contact else None,
                expiration_date=data["expiration_date"],
            )
        except PiggyError as error:
            if error.nothing_changed and data["switches_off"]:
                _switch_on_again(piggy, data, error)
            raise

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the new one, and tell what became of the old one."""
        finding = find_made(piggy, entry, code_of(entry))
        if finding.verdict is Verdict.DONE:
            return finding
        old = services.find_voucher(piggy, code=entry.data["code"])
        evidence = Evidence(what=gettext("The old voucher"), value=status_word(old.status or ""))
        return finding.model_copy(update={"evidence": (*finding.evidence, evidence)})


def _switch(piggy: PiggyClient, data: Data, status: str) -> None:
    services.update_voucher(piggy, voucher_uuid=data["voucher_uuid"], status=status)


def _switch_on_again(piggy: PiggyClient, data: Data, error: PiggyError) -> None:
    """Leave everything as it was.

    Raises:
        OutcomeUnknown: it could not be, so that nobody may say that nothing has changed.
    """
    with suppress(PiggyError):
        _switch(piggy, data, "ACTIVE")
        return
    raise OutcomeUnknown(is_write=True, trace_id=error.trace_id) from error
