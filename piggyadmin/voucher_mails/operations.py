"""Mailing vouchers in the ledger: who had how many mails sent, and by what text they are known.

It sends nothing to Piggy. Its mails stand beside it (`models.py`), and it is followed until each of
them has left, or will not.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import (
    BackgroundOperation,
    Data,
    Effect,
    Preview,
    Progress,
    Stored,
    Words,
    add_operation,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.templatetags.ui import number
from piggyadmin.voucher_mails import sending
from piggyadmin.voucher_mails.models import MAILING_SLUG, VoucherMailing


class MailsToSend(Preview):
    """What would be mailed: so many mails, of a text with this digest."""

    mails: int
    digest: str


class MailingBegun(Stored):
    """A mailing that was begun."""

    mails: int


class MailVouchers(BackgroundOperation[MailingBegun, MailsToSend]):
    """Mail customers the vouchers that were made for them."""

    slug = MAILING_SLUG
    entity = "vouchers"
    label = _("Mail vouchers")
    effect = Effect.WRITE
    result_type = MailingBegun
    labels = {
        "run": _("Bulk run"),
        "kind": _("Messages"),
        "mails": _("Mails"),
        "digest": _("Fingerprint of the text"),
    }

    @property
    def entity_label(self) -> Words:
        """What the menu calls it."""
        return _("Vouchers")

    def deduplication_data(self, data: Data) -> list[Any]:
        """Every mailing is another one, and each voucher is mailed once."""
        return [data["run"], data["digest"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many."""
        mails = matter.asked("mails") or 0
        words = ngettext("%(count)s customer", "%(count)s customers", mails)
        return Sentence(
            _("%(who)s mailed %(customers)s their vouchers"),
            _("mail %(customers)s their vouchers"),
            {"customers": words % {"count": number(mails)}},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> MailingBegun:  # noqa: ARG002
        """Let it begin: the mails leave once this is written down."""
        return MailingBegun(mails=data["mails"])

    def page_of_request(self, data: Data) -> str:
        """Lead to its page."""
        return reverse("voucher_mails:mailing", args=[data["run"]])

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:  # noqa: ARG002
        """Begin it where nobody has yet, and see how far it is."""
        mailing = sending.begin(entry)
        if mailing is None:
            words = gettext("Another mailing has taken its place.")
            return Progress(finished=True, as_expected=False, words=words)
        return sending.progress_of(mailing)


MAIL_VOUCHERS = MailVouchers()
add_operation(MAIL_VOUCHERS)


def asked(mailing: VoucherMailing, mails: int) -> dict[str, Any]:
    """Give what the ledger keeps of what was asked; neither text nor addresses are in it."""
    return {
        "run": mailing.run_id,
        "kind": mailing.kind_name,
        "mails": mails,
        "digest": mailing.digest,
    }
