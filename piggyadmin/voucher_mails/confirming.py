"""The yes to a mailing that was looked at and tested."""

from piggyadmin.accounts.models import User
from piggyadmin.ledger import writes
from piggyadmin.piggy.client import piggy_client
from piggyadmin.voucher_mails import sending
from piggyadmin.voucher_mails.models import VoucherMailing, VoucherMailState
from piggyadmin.voucher_mails.operations import MAIL_VOUCHERS, MailsToSend, asked


def confirm(mailing: VoucherMailing, *, by: User) -> None:
    """Begin it, in the name of whoever says yes.

    Raises:
        PermissionDenied: they may not do it, or not any more.
    """
    mails = mailing.mails.filter(state=VoucherMailState.READY).count()
    VoucherMailing.objects.filter(pk=mailing.pk).update(person=by, person_name=by.name)
    request = writes.WriteRequest(
        action=MAIL_VOUCHERS,
        person=by,
        data=asked(mailing, mails),
        submission_key=mailing.key,
        preview=MailsToSend(mails=mails, digest=mailing.digest),
    )
    sending.begin(writes.carry_out(piggy_client(), request).entry)
