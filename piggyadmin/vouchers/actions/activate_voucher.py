"""Switching a voucher on again."""

from typing import ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.vouchers import services
from piggyadmin.vouchers.forms import VoucherForm
from piggyadmin.vouchers.looking_back import judged
from piggyadmin.vouchers.types import Voucher


class ActivateVoucherForm(VoucherForm):
    """Which voucher."""

    step: ClassVar[str] = "activate-voucher"


@register
class ActivateVoucher(Action[Voucher, None]):
    """Switch a voucher on that was switched off."""

    slug = "activate-voucher"
    entity = "vouchers"
    label = _("Switch a voucher on")
    summary = _("Let a voucher that was switched off be used again.")
    button = _("Switch this voucher on")
    icon = "power"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = ActivateVoucherForm
    sample = {"code": "WELCOME-DEACTIVATED"}
    result_template = "vouchers/_changed.html"
    result_type = Voucher
    # The same again changes nothing.
    is_deduplicated = False

    def deduplication_data(self, data: Data) -> list[str]:
        """The same voucher."""
        return [data["voucher_uuid"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one."""
        return Sentence(
            _("%(who)s switched the voucher %(code)s on"),
            _("switch the voucher %(code)s on"),
            {"code": matter.asked("code")},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Switch it on."""
        uuid = data["voucher_uuid"]
        return services.update_voucher(piggy, voucher_uuid=uuid, status="ACTIVE")

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whether it is off still."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        status = voucher.status or ""
        evidence = Evidence(what=gettext("Status"), value=status, fits=status != "DEACTIVATED")
        return judged(entry, voucher, evidence)
