"""Looking up a voucher."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.naming import with_name
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import Voucher


class FindVoucherByCodeForm(ActionForm):
    """The code on the voucher."""

    code = CodeField(label=_("Voucher code"), help_text=_("Scan it, or type it exactly as is."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Steps open above the page of a voucher, and have a field for its code as well.
        super().__init__(*args, auto_id="find_%s", **kwargs)


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
    sample = {"code": "WELCOME-ACTIVE"}
    result_template = "vouchers/_voucher.html"
    is_read_again = True
    is_bulk = True

    def answer_columns(self, result: Voucher) -> dict[str, Any]:
        """Tell whether it can be used, whose it is, what it gives and how long it is good."""
        contact, promotion = result.contact, result.promotion
        return {
            "status": result.status,
            "promotion": (promotion and promotion.name) or result.name,
            "contact_uuid": contact and contact.uuid,
            "contact_email": contact and with_name(contact).own_email,
            "expiration_date": result.expiration_date,
        }

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Find it by exactly this code."""
        return services.find_voucher(piggy, code=data["code"])
