"""Taking a use of a voucher back."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import ONE, Data, Effect, Evidence, Finding, Preview
from piggyadmin.ledger.reconciliation_evidence import done, undecided
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, PiggyError, Rejected
from piggyadmin.ui.forms import MAX_ID_LENGTH, CodeField
from piggyadmin.ui.templatetags.ui import in_words, number
from piggyadmin.vouchers import services
from piggyadmin.vouchers.forms import VoucherForm, found_voucher
from piggyadmin.vouchers.looking_back import not_so
from piggyadmin.vouchers.redemptions import known_redemptions, reversal_of
from piggyadmin.vouchers.steps import uses
from piggyadmin.vouchers.types import Voucher


class UseToReverse(Preview):
    """A use that would be taken back; `made` says by whom it was made, where that was here."""

    voucher: Voucher
    redemption_uuid: str
    made: str = ""
    made_at: datetime | None = None

    def decisive(self) -> dict[str, Any]:
        """Agree to which use of which voucher."""
        return {"voucher": self.voucher.uuid, "redemption": self.redemption_uuid}


class ReverseVoucherRedemptionForm(VoucherForm):
    """Which voucher, and which of its uses."""

    folded = ("redemption_uuid",)
    step: ClassVar[str] = "reverse-voucher-redemption"

    redemption_uuid = CodeField(
        label=_("Which use"),
        required=False,
        max_length=MAX_ID_LENGTH,
        help_text=_(
            "The UUID of the use. Left open, it is the last one that was made here, "
            "or else the last one of all."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Take the last use that is known here where none is named; none is taken back twice."""
        data = super().clean()
        voucher: Voucher | None = getattr(self, "voucher", None)
        if voucher is None or self.errors:
            return data
        if typed := data.get("redemption_uuid"):
            if before := reversal_of(typed):
                words = _("This use was taken back before: %(sentence)s, %(when)s.")
                said = {"sentence": sentence_of(before), "when": in_words(before.created_at)}
                self.add_error("redemption_uuid", words % said)
        else:
            known = known_redemptions(voucher.uuid or "")
            data["redemption_uuid"] = known[0].uuid if known else ""
        return data


class ReversedUse(Preview):
    """A use that was taken back, and the voucher as it is now, where Piggy told."""

    redemption_uuid: str
    voucher: Voucher | None = None


@register
class ReverseVoucherRedemption(Action[ReversedUse, UseToReverse]):
    """Take a use of a voucher back, once."""

    slug = "reverse-voucher-redemption"
    entity = "vouchers"
    label = _("Take a use back")
    summary = _("Undo a use of a voucher, which can be used again then.")
    button = _("Take this use back")
    icon = "undo-2"
    effect = Effect.WRITE
    vouchers_moved = ONE
    role = Role.STAFF
    form_class = ReverseVoucherRedemptionForm
    sample = {
        "code": "WELCOME-REDEEMED",
        "redemption_uuid": "c0ffee00-0000-4000-8000-000000000901",
    }
    preview_template = "vouchers/_use_to_reverse.html"
    result_template = "vouchers/_reversed.html"
    result_type = ReversedUse
    asks_reason = True

    def deduplication_data(self, data: Data) -> list[str]:
        """The same use of the same voucher."""
        return [data["voucher_uuid"], data["redemption_uuid"]]

    def done_before(self, data: Mapping[str, str]) -> Entry | None:
        """Give what took the same use back."""
        before = reversal_of(data["redemption_uuid"])
        return before if before and before.state in HAPPENED else None

    def sentence(self, matter: Matter) -> Sentence:
        """Say of which voucher, and whose it is."""
        return Sentence(
            _("%(who)s took a use of the voucher %(code)s of %(customer)s back"),
            _("take a use of the voucher %(code)s of %(customer)s back"),
            {"code": matter.asked("code"), "customer": matter.customer()},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> UseToReverse:
        """Say which use it is, as far as the ledger knows."""
        voucher = found_voucher(piggy, data)
        named = data["redemption_uuid"]
        known = [use for use in known_redemptions(data["voucher_uuid"]) if use.uuid == named]
        return UseToReverse(
            voucher=voucher,
            redemption_uuid=named,
            made=known[0].words if known else "",
            made_at=known[0].at if known else None,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ReversedUse:
        """Take exactly this use back: only where none is known, the voucher's last one is meant."""
        redemption = data["redemption_uuid"]
        voucher = None if redemption else data["voucher_uuid"]
        try:
            services.reverse_redemption(
                piggy, redemption_uuid=redemption or None, voucher_uuid=voucher
            )
        except Rejected as error:
            if error.code == ErrorCode.INVALID_INPUT:
                words = gettext("This use was taken back before, be it elsewhere.")
                error.field_errors = {"redemption_uuid": [words]}
            raise
        reversed_use = ReversedUse(redemption_uuid=redemption)
        with suppress(PiggyError):  # it is done, whether or not Piggy tells more now
            found = services.find_voucher(piggy, code=data["code"])
            return reversed_use.model_copy(update={"voucher": found})
        return reversed_use

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare how often it counts as used with how often it did before."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        before = uses(UseToReverse.model_validate(entry.preview).voucher)
        now = uses(voucher)
        evidence = (
            Evidence(what=gettext("Uses before"), value=number(before)),
            Evidence(what=gettext("Uses now"), value=number(now)),
        )
        if now == before:
            return not_so(entry, *evidence)
        if now != before - 1:
            words = gettext("It was used or taken back since, but not only by this.")
            return undecided(words, *evidence)
        result = ReversedUse(redemption_uuid=entry.data["redemption_uuid"], voucher=voucher)
        return done(gettext("One use was taken back."), *evidence, result=result)
