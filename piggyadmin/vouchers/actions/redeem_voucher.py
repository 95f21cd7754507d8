"""Using a voucher: it is validated, locked and redeemed, and nobody else comes in between."""

from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Quantity
from piggyadmin.ledger.reconciliation_evidence import (
    clocks_differ,
    done,
    undecided,
    window,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.errors import ErrorCode, PiggyError, Rejected
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import shop_called
from piggyadmin.ui.forms import WholeNumberField
from piggyadmin.ui.templatetags.ui import number
from piggyadmin.vouchers import locks, services
from piggyadmin.vouchers.forms import VoucherForm, found_voucher
from piggyadmin.vouchers.looking_back import not_so, others_since
from piggyadmin.vouchers.steps import uses
from piggyadmin.vouchers.types import RedeemedVoucher, Voucher

MOST_TIMES = 50  # at once (docs)


class UseToMake(Preview):
    """A voucher that would be used, by whom, where and how often."""

    voucher: Voucher
    contact: Contact | None
    shop_name: str
    times: int

    @property
    def left_after(self) -> int | None:
        """How often it could be used after that; None where Piggy does not tell."""
        left = self.voucher.redemptions_remaining
        return None if left is None else max(left - self.times, 0)

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and how often."""
        if self.times == 1:
            return gettext("Use this voucher")
        words = ngettext("Use it %(count)s time", "Use it %(count)s times", self.times)
        return words % {"count": number(self.times)}

    def decisive(self) -> dict[str, Any]:
        """Agree to who uses which voucher where, and how often."""
        contact = self.contact and self.contact.uuid
        return {
            "voucher": self.voucher.uuid,
            "contact": contact,
            "shop": self.shop_name,
            "times": self.times,
        }


class RedeemVoucherForm(VoucherForm):
    """Which voucher, where, and how often."""

    folded = ("number_of_times",)
    step: ClassVar[str] = "redeem-voucher"

    shop_uuid = ShopField()
    contact_uuid = ContactField(
        required=False,
        label=_("Used by"),
        help_text=_("Left open, it is whose voucher it is. E-mail, identifier or UUID."),
    )
    number_of_times = WholeNumberField(
        label=_("How many times"),
        required=False,
        min_value=1,
        max_value=MOST_TIMES,
        help_text=_("For vouchers that can be used several times. Left open, it is once."),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on the one whose it is, and on no more uses than are left."""
        data = super().clean()
        voucher: Voucher | None = getattr(self, "voucher", None)
        if voucher is None or self.errors or self.failure:
            return data
        self._check_contact(voucher, data["contact_uuid"])
        left, times = voucher.redemptions_remaining, data.get("number_of_times") or 1
        if left is not None and times > left:
            words = ngettext(
                "It can be used %(left)s more time.", "It can be used %(left)s more times.", left
            )
            self.add_error("number_of_times", words % {"left": number(left)})
        return data

    def _check_contact(self, voucher: Voucher, contact: Contact | None) -> None:
        if contact is None:
            words = _("This voucher is nobody's yet: say who uses it.")
            self.add_error("contact_uuid", words)
        elif voucher.contact and voucher.contact.uuid != contact.uuid:
            self.add_error("contact_uuid", _("This voucher belongs to somebody else."))


@register
class RedeemVoucher(Action[RedeemedVoucher, UseToMake]):
    """Use a voucher, once or several times."""

    slug = "redeem-voucher"
    entity = "vouchers"
    label = _("Use a voucher")
    summary = _("Redeem a voucher in a shop, once or several times.")
    button = _("Use this voucher")
    icon = "ticket-check"
    effect = Effect.WRITE
    vouchers_moved = Quantity(("data.number_of_times",), otherwise=1)
    role = Role.STAFF
    form_class = RedeemVoucherForm
    sample = {
        "code": "WELCOME-ACTIVE",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "contact_uuid": "mira.jansen@example.test",
    }
    preview_template = "vouchers/_use_to_make.html"
    result_template = "vouchers/_redeemed.html"
    result_type = RedeemedVoucher
    undone_by = "reverse-voucher-redemption"
    is_bulk = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same voucher as many times, wherever and for whom."""
        return [data["voucher_uuid"], data["number_of_times"] or 1]

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose, where, and how often where that is more than once."""
        times = matter.asked("number_of_times") or 1
        parts = {
            "code": matter.asked("code"),
            "customer": matter.customer(),
            "shop": matter.shop(),
            "times": number(times),
        }
        if times > 1:
            return Sentence(
                _("%(who)s used the voucher %(code)s of %(customer)s %(times)s times at %(shop)s"),
                _("use the voucher %(code)s of %(customer)s %(times)s times at %(shop)s"),
                parts,
            )
        return Sentence(
            _("%(who)s used the voucher %(code)s of %(customer)s at %(shop)s"),
            _("use the voucher %(code)s of %(customer)s at %(shop)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> UseToMake:
        """Ask Piggy whether it may be used here and now.

        Of one that is locked Piggy says no to everybody: whose lock it is, the form knows.
        """
        voucher = found_voucher(piggy, data)
        contact = data["contact_uuid"]
        if voucher.status != "LOCKED":
            _validate(piggy, data)
        return UseToMake(
            voucher=voucher,
            contact=contact,
            shop_name=shop_called(piggy, data["shop_uuid"]),
            times=data["number_of_times"] or 1,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> RedeemedVoucher:
        """Lock it, and use it with the key; where that is refused, it is released again.

        Where nobody knows whether it was used, it stays locked: a late use needs no luck then, and
        nobody else comes in between.
        """
        uuid = data["voucher_uuid"]
        key = _lock(piggy, uuid)
        try:
            redeemed = _redeem(piggy, data, key)
        except PiggyError as error:
            if error.nothing_changed:
                _release(piggy, uuid, key)
            raise
        locks.drop(uuid)
        return redeemed

    def undo(self, entry: Entry, result: RedeemedVoucher) -> dict[str, str] | None:
        """Take that very use back; of several at once each is taken back by itself."""
        known = [use.uuid for use in result.redemptions if use.uuid]
        if len(known) != 1 or len(result.redemptions) != 1:
            return None
        return {"code": str(entry.data["code"]), "redemption_uuid": known[0]}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare how often it was used with how often it was before."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        shown = UseToMake.model_validate(entry.preview)
        before, times = uses(shown.voucher), shown.times
        made = uses(voucher) - before
        evidence = (
            Evidence(what=gettext("Uses before"), value=number(before)),
            Evidence(what=gettext("Uses now"), value=number(uses(voucher)), at=voucher.redeemed_at),
        )
        if not made:
            return not_so(entry, *evidence)
        if made != times or others_since(entry):
            words = gettext("It was used since, but not only by this, or not as often.")
            return undecided(words, *evidence)
        clock = difference(piggy.account)
        if voucher.redeemed_at and not clock.is_trusted:
            return undecided(clocks_differ(clock), *evidence)
        begin, end = window(entry, clock)
        if voucher.redeemed_at and not begin <= voucher.redeemed_at <= end:
            return undecided(gettext("It was used, but at another time."), *evidence)
        result = RedeemedVoucher(**voucher.model_dump())
        return done(gettext("It was used as often as was asked."), *evidence, result=result)


def _validate(piggy: PiggyClient, data: Data) -> None:
    """Ask whether it may be used; where Piggy does not offer that yet, redeeming tells."""
    contact = data["contact_uuid"]
    try:
        services.validate_voucher(
            piggy,
            voucher_uuid=data["voucher_uuid"],
            shop_uuid=data["shop_uuid"],
            contact_uuid=contact.uuid,
        )
    except Rejected as error:
        if error.status not in services.GONE or error.code is not None:
            raise


def _lock(piggy: PiggyClient, voucher_uuid: str) -> str | None:
    """Lock it, or take the key of a lock that whoever acts holds already."""
    try:
        locked = services.lock_voucher(piggy, voucher_uuid=voucher_uuid)
    except Rejected as error:
        key = locks.own_key(voucher_uuid)
        if error.code != ErrorCode.VOUCHER_LOCKED or key is None:
            raise
        return key
    locks.keep(voucher_uuid, locked)
    return locked.release_key


def _redeem(piggy: PiggyClient, data: Data, key: str | None) -> RedeemedVoucher:
    times, contact = data["number_of_times"] or 1, data["contact_uuid"]
    redeem = services.redeem_voucher
    if times > 1:
        redeem = partial(services.multi_redeem_voucher, number_of_times=times)
    return redeem(
        piggy,
        code=data["code"],
        shop_uuid=data["shop_uuid"],
        contact_uuid=contact.uuid,
        release_key=key,
    )


def _release(piggy: PiggyClient, voucher_uuid: str, key: str | None) -> None:
    """Release it; a lock that cannot be stays with whoever acts, and ends by itself."""
    if key is None:
        return
    with suppress(PiggyError):
        services.release_voucher(piggy, voucher_uuid=voucher_uuid, release_key=key)
        locks.drop(voucher_uuid)
