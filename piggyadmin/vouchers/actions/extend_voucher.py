"""Moving the end of a voucher."""

from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import ONE, Data, Effect, Evidence, Finding
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.dates import EXPIRATION, MomentField
from piggyadmin.ui.templatetags.ui import in_words
from piggyadmin.vouchers import services
from piggyadmin.vouchers.forms import VoucherForm, refuse_past_end
from piggyadmin.vouchers.looking_back import judged
from piggyadmin.vouchers.types import Voucher


class ExtendVoucherForm(VoucherForm):
    """Which voucher, and until when it shall be good."""

    step: ClassVar[str] = "extend-voucher"

    expiration_date = MomentField(kind=EXPIRATION, label=_("Good until"))

    def clean(self) -> dict[str, Any]:
        """Insist on a later end than the voucher has."""
        data = super().clean()
        end, voucher = data.get("expiration_date"), getattr(self, "voucher", None)
        until = voucher and voucher.expiration_date
        if not refuse_past_end(self) and end and until and end <= until:
            words = _("It is good until %(when)s already. Enter a later moment.")
            when = in_words(until)
            self.add_error("expiration_date", words % {"when": when})
        return data


@register
class ExtendVoucher(Action[Voucher, None]):
    """Have a voucher be good for longer."""

    slug = "extend-voucher"
    entity = "vouchers"
    label = _("Extend a voucher")
    summary = _("Have a voucher be good for longer, as long as it is not over yet.")
    button = _("Extend this voucher")
    icon = "calendar-plus"
    effect = Effect.WRITE
    vouchers_moved = ONE
    role = Role.STAFF
    form_class = ExtendVoucherForm
    sample = {"code": "WELCOME-ACTIVE", "expiration_date": "2031-01-01T00:00"}
    result_template = "vouchers/_changed.html"
    result_type = Voucher
    asks_reason = True
    # The same end again changes nothing.
    is_deduplicated = False
    is_bulk = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one, and until when."""
        end = parse_datetime(str(matter.asked("expiration_date") or ""))
        return Sentence(
            _("%(who)s extended the voucher %(code)s until %(when)s"),
            _("extend the voucher %(code)s until %(when)s"),
            {"code": matter.asked("code"), "when": in_words(end) if end else ""},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Move its end."""
        return services.update_voucher(
            piggy, voucher_uuid=data["voucher_uuid"], expiration_date=data["expiration_date"]
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare its end with what was asked."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        end = voucher.expiration_date
        evidence = Evidence(
            what=gettext("Good until"),
            value=in_words(end) if end else "",
            fits=end == parse_datetime(entry.data["expiration_date"]),
        )
        return judged(entry, voucher, evidence)
