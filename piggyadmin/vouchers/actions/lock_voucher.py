"""Locking a voucher, so that nobody else uses it meanwhile."""

from typing import ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    clocks_differ,
    done,
    has_settled,
    undecided,
    window,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.ui.templatetags.ui import in_words
from piggyadmin.vouchers import locks, services
from piggyadmin.vouchers.forms import VoucherForm
from piggyadmin.vouchers.looking_back import not_so
from piggyadmin.vouchers.types import Lock, LockedVoucher


class LockVoucherForm(VoucherForm):
    """Which voucher."""

    step: ClassVar[str] = "lock-voucher"


@register
class LockVoucher(Action[LockedVoucher, None]):
    """Lock a voucher for an hour at most; its key is kept for whoever did."""

    slug = "lock-voucher"
    entity = "vouchers"
    label = _("Lock a voucher")
    summary = _("Nobody else can use it then. Piggy releases it by itself after an hour.")
    button = _("Lock this voucher")
    icon = "lock"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = LockVoucherForm
    sample = {"code": "WELCOME-ACTIVE"}
    result_template = "vouchers/_locked.html"
    result_type = LockedVoucher

    def deduplication_data(self, data: Data) -> list[str]:
        """The same voucher."""
        return [data["voucher_uuid"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one."""
        return Sentence(
            _("%(who)s locked the voucher %(code)s"),
            _("lock the voucher %(code)s"),
            {"code": matter.asked("code")},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> LockedVoucher:
        """Lock it; the key goes nowhere but to whoever acts."""
        uuid = data["voucher_uuid"]
        return locks.keep(uuid, services.lock_voucher(piggy, voucher_uuid=uuid))

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whether it is locked since then; the key was in the answer, and is lost."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        lock = voucher.lock or Lock()
        at = lock.locked_at
        is_locked = voucher.status == "LOCKED"
        evidence = Evidence(what=gettext("Status"), value=voucher.status or "", at=at)
        if not is_locked:
            return _not_locked(entry, evidence)
        clock = difference(piggy.account)
        if at is None or not clock.is_trusted:
            words = gettext("It is locked, but Piggy does not tell since when.")
            return undecided(clocks_differ(clock) if at else words, evidence)
        begin, end = window(entry, clock)
        if not begin <= at <= end:
            return undecided(gettext("It is locked, but not since then."), evidence)
        words = gettext(
            "It is locked. Its key was lost with the answer: Piggy releases it by itself at "
            "%(when)s at the latest."
        )
        until = lock.system_release_at or at + locks.LASTS
        result = LockedVoucher(voucher=voucher, lock=voucher.lock)
        return done(words % {"when": in_words(until)}, evidence, result=result)


def _not_locked(entry: Entry, evidence: Evidence) -> Finding:
    if has_settled(entry, locks.LASTS.total_seconds()):
        return undecided(gettext("A lock ends after an hour, so that nothing tells."), evidence)
    return not_so(entry, evidence)
