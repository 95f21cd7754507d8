"""Releasing the lock of a voucher, with the key that whoever locked it has."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.sealing import seal, unseal
from piggyadmin.ui.forms import CodeField
from piggyadmin.vouchers import locks, services
from piggyadmin.vouchers.forms import VoucherForm
from piggyadmin.vouchers.looking_back import judged
from piggyadmin.vouchers.models import PURPOSE
from piggyadmin.vouchers.steps import objection
from piggyadmin.vouchers.types import Voucher


class ReleaseVoucherForm(VoucherForm):
    """Which voucher; the key of a lock that was made elsewhere can be pasted."""

    folded = ("release_key",)
    step: ClassVar[str] = "release-voucher"

    release_key = CodeField(
        label=_("Release key"),
        required=False,
        help_text=_("Only for a lock that was not made here. A lock of yours needs none."),
    )

    def in_the_way(self, voucher: Voucher) -> str:
        """Take any key for a lock that somebody else holds: Piggy says whether it fits."""
        if voucher.status == "LOCKED" and self.cleaned_data.get("release_key"):
            return ""
        return objection(self.step, voucher)

    def clean(self) -> dict[str, Any]:
        """Seal the key at once: nothing that is kept of this holds it in clear."""
        data = super().clean()
        if key := data.get("release_key"):
            data["release_key"] = seal(key, purpose=PURPOSE)
        return data


@register
class ReleaseVoucher(Action[Voucher, None]):
    """Release a lock, so that the voucher can be used again."""

    slug = "release-voucher"
    entity = "vouchers"
    label = _("Release a voucher")
    summary = _("Give a voucher free again that you have locked.")
    button = _("Release this voucher")
    icon = "lock-open"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = ReleaseVoucherForm
    sample = {"code": "WELCOME-LOCKED", "release_key": "release-welcome-locked"}
    result_template = "vouchers/_changed.html"
    result_type = Voucher
    private = frozenset({"release_key"})

    def deduplication_data(self, data: Data) -> list[str]:
        """The same voucher, with whatever key."""
        return [data["voucher_uuid"]]

    def form_data(self, entry: Entry) -> dict[str, str]:
        """Give all but the key, which nobody sees again."""
        return super().form_data(entry) | {"release_key": ""}

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one."""
        return Sentence(
            _("%(who)s released the voucher %(code)s"),
            _("release the voucher %(code)s"),
            {"code": matter.asked("code")},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Voucher:
        """Release it with the key that was pasted, or with one's own."""
        uuid = data["voucher_uuid"]
        pasted = data["release_key"]
        key = unseal(pasted, purpose=PURPOSE) if pasted else locks.own_key(uuid)
        if key is None:
            raise Refused({"code": gettext("You do not hold its lock any more.")})
        released = services.release_voucher(piggy, voucher_uuid=uuid, release_key=key)
        locks.drop(uuid)
        told = released.voucher or Voucher(uuid=uuid)
        return told.model_copy(update={"code": data["code"]})

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whether it is locked still."""
        voucher = services.find_voucher(piggy, code=entry.data["code"])
        status = voucher.status or ""
        evidence = Evidence(what=gettext("Status"), value=status, fits=status != "LOCKED")
        return judged(entry, voucher, evidence)
