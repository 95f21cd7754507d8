"""What workers do for mails with vouchers: prepare them, send them, and forget whose they were."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.schedule import every
from piggyadmin.voucher_mails import preparing, sending
from piggyadmin.voucher_mails.models import VoucherMail, VoucherMailing


@resumable(preparing.PREPARER, label=_("Finding out whom vouchers are mailed to"))
def prepare_voucher_mails(run: Run) -> None:
    """Prepare a mailing."""
    preparing.carry_preparing(run)


@resumable(sending.CARRIER, label=_("Mailing vouchers"))
def send_voucher_mails(run: Run) -> None:
    """Send the mails of a mailing."""
    sending.carry(run)


@every(15, "keep-voucher-mails")
def keep_mailings() -> None:
    """Have mailings go on whose background work ended at the moment they were resumed."""
    sending.keep_going()


@every(3600, "forget-voucher-mails")
def forget_mails() -> None:
    """Remove addresses and codes that were kept long enough; that they were mailed stays."""
    before = timezone.now() - timedelta(days=settings.BULK_KEEP_DAYS)
    is_old = Q(finished_at__lt=before) | Q(finished_at=None, checked_at__lt=before)
    old = VoucherMailing.objects.filter(is_old, status__in=preparing.WRITABLE).values("pk")
    mails = VoucherMail.objects.filter(mailing__in=old).exclude(code="")
    mails.update(code="", email="", values={}, words="")
