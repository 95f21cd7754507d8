"""What comes before the first mail: the text, and for each voucher whether and to whom it goes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.db import transaction
from django.utils import timezone, translation

from piggyadmin.accounts.models import User
from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun
from piggyadmin.bulk_insert import batches
from piggyadmin.ledger.reads import log_look_up
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import PASSING
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import RetryLater, start
from piggyadmin.voucher_mails.models import (
    MAILING_SLUG,
    MailingStatus,
    VoucherMail,
    VoucherMailing,
    VoucherMailState,
    key_of_voucher,
)
from piggyadmin.voucher_mails.recipients import LeftOut, find_recipient, insist_on_values
from piggyadmin.vouchers.actions.create_voucher import CreateVoucher

# The background run that prepares a mailing.
PREPARER = "voucher-mails-check"
# So many vouchers are looked up side by side.
AT_ONCE = 16
# Piggy cannot be asked: look again after so many seconds.
HELD_UP_SECONDS = 15.0
Status, State = MailingStatus, VoucherMailState
# In these the text can be written, or written anew.
WRITABLE = (Status.DRAFT, Status.CHECKED, Status.CANCELLED, Status.DONE)
# What has certainly not left, and is looked at anew with another text.
NOT_LEFT = (State.UNCHECKED, State.READY, State.LEFT_OUT, State.REFUSED)


def makes_vouchers(run: BulkRun) -> bool:
    """Tell whether a run is one that gives customers vouchers."""
    return run.action == CreateVoucher.slug


def prepare(run: BulkRun, texts: Mapping[str, str], *, by: User) -> VoucherMailing | None:
    """Have it found out who would be mailed these texts; None where mails are leaving already."""
    who = {"person": by, "person_name": by.name, "language": translation.get_language()}
    anew = {"status": Status.CHECKING, "key": uuid4(), "trouble": "", "goes_on_at": None}
    with transaction.atomic():
        mailing, _is_new = VoucherMailing.objects.get_or_create(run=run, defaults=who)
        writable = VoucherMailing.objects.filter(pk=mailing.pk, status__in=WRITABLE)
        if not writable.update(**texts, **who, **anew):
            return None
        not_left = mailing.mails.filter(state__in=NOT_LEFT)
        not_left.update(state=State.UNCHECKED, words="", attempts=0, due_at=timezone.now())
        start(PREPARER, key=str(mailing.pk), payload={"mailing": mailing.pk}, by=by)
    mailing.refresh_from_db()
    return mailing


def carry_preparing(work: Run) -> None:
    """Find out who would be mailed; called again, it goes on where it was.

    Raises:
        RetryLater: Piggy cannot be asked now.
    """
    mailing = VoucherMailing.objects.select_related("run", "person").get(pk=work.payload["mailing"])
    going = VoucherMailing.objects.filter(pk=mailing.pk, status=Status.CHECKING)
    if not going.exists():
        return
    with translation.override(mailing.language):
        add_vouchers(mailing)
        try:
            _look_up_all(work, mailing)
        except PASSING as error:
            raise RetryLater(hold_up(mailing, str(error.message), error.retry_after)) from None
    going.update(status=Status.CHECKED, checked_at=timezone.now(), trouble="", goes_on_at=None)


def add_vouchers(mailing: VoucherMailing) -> None:
    """Have a row for each voucher that the run has made, and never two for one."""
    known = set(mailing.mails.values_list("position", flat=True))
    done = mailing.run.rows.filter(state=BulkRowState.DONE).order_by("position")
    new = [row for row in done.only("position", "answer") if row.position not in known]
    for rows in batches(new):
        VoucherMail.objects.bulk_create(_new_mails(mailing, rows), ignore_conflicts=True)


def _new_mails(mailing: VoucherMailing, rows: Iterable[BulkRow]) -> list[VoucherMail]:
    codes = ((row.position, row.answer.get("voucher_code")) for row in rows)
    return [
        VoucherMail(mailing=mailing, position=at, code=code, voucher_key=key_of_voucher(code))
        for at, code in codes
        if code
    ]


def _look_up_all(work: Run, mailing: VoucherMailing) -> None:
    total = mailing.mails.filter(state__in=NOT_LEFT).count()
    left = mailing.mails.filter(state=State.UNCHECKED).order_by("position")
    while mails := list(left[:AT_ONCE]):
        look_up(piggy_client(), mailing, mails)
        for mail in mails:
            VoucherMail.objects.filter(pk=mail.pk, state=State.UNCHECKED).update(**found_of(mail))
        work.heartbeat(progress=total - left.count(), of=total)


def look_up(piggy: PiggyClient, mailing: VoucherMailing, mails: Sequence[VoucherMail]) -> None:
    """Find out of vouchers, side by side, whether and to whom each is mailed; stores nothing.

    Raises:
        PiggyError: Piggy cannot be asked now.
    """
    gather(*(partial(_look_up, piggy, mailing, mail) for mail in mails))


def found_of(mail: VoucherMail) -> dict[str, object]:
    """Give what was found out of a voucher, as it is stored."""
    return {name: getattr(mail, name) for name in ("state", "words", "email", "values")}


def _look_up(piggy: PiggyClient, mailing: VoucherMailing, mail: VoucherMail) -> None:
    mail.email, mail.values = "", {}
    try:
        found = find_recipient(piggy, mail.code, kind=mailing.kind)
        log_look_up(mailing.person, MAILING_SLUG, found.contact_uuid)
        mail.email, mail.values = found.email, dict(found.values)
        insist_on_values(found, mailing.subject, mailing.text)
    except LeftOut as left_out:
        mail.state, mail.words = State.LEFT_OUT, left_out.words
    else:
        mail.state, mail.words = State.READY, ""


def hold_up(mailing: VoucherMailing, words: str, seconds: float | None = None) -> float:
    """Say why a mailing does not go on, and when it does; gives the seconds until then."""
    wait = max(HELD_UP_SECONDS, seconds or 0)
    at = timezone.now() + timedelta(seconds=wait)
    VoucherMailing.objects.filter(pk=mailing.pk).update(trouble=words, goes_on_at=at)
    return wait
