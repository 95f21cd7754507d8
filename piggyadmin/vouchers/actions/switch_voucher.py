"""Switching a voucher off, and on again."""

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

ACTIVE, DEACTIVATED = "ACTIVE", "DEACTIVATED"


class ActivateVoucherForm(VoucherForm):
    """Which voucher is switched on."""

    step: ClassVar[str] = "activate-voucher"


class DeactivateVoucherForm(VoucherForm):
    """Which voucher is switched off."""

    step: ClassVar[str] = "deactivate-voucher"


class SwitchVoucher(Action[Voucher, None]):
    """Give a voucher another status."""

    entity = "vouchers"
    effect = Effect.WRITE
    role = Role.STAFF
    result_template = "vouchers/_changed.html"
    result_type = Voucher
    # The same again changes nothing.
    is_deduplicated = False
    status: ClassVar[str]

    def deduplication_data(self, data: Data) -> list[str]:
        """The same voucher."""
        return [data["voucher_uuid"]]

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Switch it."""
        uuid = data["voucher_uuid"]
        return services.update_voucher(piggy, voucher_uuid=uuid, status=self.status)

    def undo(self, entry: Entry, result: Voucher) -> dict[str, str] | None:  # noqa: ARG002
        """Switch the same one back."""
        return {"code": str(entry.data["code"])}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whether it is off; one that is on may be used or expired by now."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        status = voucher.status or ""
        fits = (status == DEACTIVATED) == (self.status == DEACTIVATED)
        return judged(entry, voucher, Evidence(what=gettext("Status"), value=status, fits=fits))


@register
class ActivateVoucher(SwitchVoucher):
    """Switch a voucher on that was switched off."""

    slug = "activate-voucher"
    label = _("Switch a voucher on")
    summary = _("Let a voucher that was switched off be used again.")
    button = _("Switch this voucher on")
    icon = "power"
    form_class = ActivateVoucherForm
    sample = {"code": "WELCOME-DEACTIVATED"}
    status = ACTIVE
    undone_by = "deactivate-voucher"
    is_bulk = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one."""
        return Sentence(
            _("%(who)s switched the voucher %(code)s on"),
            _("switch the voucher %(code)s on"),
            {"code": matter.asked("code")},
        )


@register
class DeactivateVoucher(SwitchVoucher):
    """Switch a voucher off; it can be switched on again."""

    slug = "deactivate-voucher"
    label = _("Switch a voucher off")
    summary = _("Nobody can use it then. It can be switched on again.")
    button = _("Switch this voucher off")
    icon = "ban"
    form_class = DeactivateVoucherForm
    sample = {"code": "WELCOME-ACTIVE"}
    status = DEACTIVATED
    undone_by = "activate-voucher"
    is_bulk = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one."""
        return Sentence(
            _("%(who)s switched the voucher %(code)s off"),
            _("switch the voucher %(code)s off"),
            {"code": matter.asked("code")},
        )
