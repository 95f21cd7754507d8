"""Asking whether a voucher may be used here and now, without using it."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.operations import Data, Effect, Stored
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import shop_called
from piggyadmin.ui.forms import CodeField
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import Voucher


class ValidVoucher(Stored):
    """A voucher that may be used, by whom and where."""

    voucher: Voucher
    contact: Contact | None
    shop_name: str


class ValidateVoucherForm(ActionForm):
    """Which voucher, where and for whom."""

    code = CodeField(label=_("Voucher code"), help_text=_("Scan it, or type it exactly as is."))
    shop_uuid = ShopField()
    contact_uuid = ContactField(
        required=False,
        label=_("Used by"),
        help_text=_("Left open, it is whose voucher it is. E-mail, identifier or UUID."),
    )


@register
class ValidateVoucher(Action[ValidVoucher, None]):
    """Ask whether a voucher may be used by this customer, in this shop, now."""

    slug = "validate-voucher"
    entity = "vouchers"
    label = _("Validate a voucher")
    summary = _("Whether this customer may use it in this shop now. Nothing is changed.")
    button = _("Validate this voucher")
    icon = "ticket-check"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = ValidateVoucherForm
    sample = {
        "code": "WELCOME-ACTIVE",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "contact_uuid": "mira.jansen@example.test",
    }
    result_template = "vouchers/_valid.html"

    def perform(self, piggy: PiggyClient, data: Data) -> ValidVoucher:
        """Ask Piggy, which says no with a reason."""
        voucher = services.find_voucher(piggy, code=data["code"])
        contact = data["contact_uuid"] or voucher.contact
        services.validate_voucher(
            piggy,
            voucher_uuid=voucher.uuid or "",
            shop_uuid=data["shop_uuid"],
            contact_uuid=contact.uuid if contact else None,
        )
        shop = shop_called(piggy, data["shop_uuid"])
        return ValidVoucher(voucher=voucher, contact=contact, shop_name=shop)
