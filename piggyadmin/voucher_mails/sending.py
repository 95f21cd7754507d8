"""Mails with vouchers leaving: each at most once, whoever dies.

That a mail leaves is committed before it does (`State.LEAVING`), and what became of it after. Where
a process died in between nobody can tell: that is shown, and the mail is never sent again.
"""

from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import MAIL_VOUCHERS, insist_on_permission, may_now
from piggyadmin.ledger import following
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Progress
from piggyadmin.outgoing_mail import MailNotSent, MailOutcomeUnknown, MailServer
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PASSING, Unauthorized
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import RetryLater, start
from piggyadmin.ui.templatetags.ui import number
from piggyadmin.voucher_mails.models import (
    MailingStatus,
    VoucherMail,
    VoucherMailing,
    VoucherMailState,
)
from piggyadmin.voucher_mails.placeholders import fill_in
from piggyadmin.voucher_mails.preparing import AT_ONCE, PREPARER, found_of, hold_up, look_up

# The background run that sends the mails of a mailing.
CARRIER = "voucher-mails-send"
# The mail server cannot be reached: look again after so many seconds.
SERVER_SECONDS = 60.0
# What a server puts off is tried so often, after one minute, two, four and so on.
MOST_ATTEMPTS = 6
Status, State = MailingStatus, VoucherMailState


# --- Beginning, pausing, going on ------------------------------------------------------------


def begin(entry: Entry) -> VoucherMailing | None:
    """Have the mails leave that an entry asks for; None where another mailing took its place."""
    mailing = VoucherMailing.objects.filter(key=entry.submission_key).first()
    if mailing is None:
        return None
    ready = VoucherMailing.objects.filter(pk=mailing.pk, status=Status.CHECKED)
    if ready.update(status=Status.RUNNING, begun_at=timezone.now(), finished_at=None):
        _have_carried(mailing)
    mailing.refresh_from_db()
    return mailing


def _have_carried(mailing: VoucherMailing, by: User | None = None) -> None:
    start(CARRIER, key=str(mailing.pk), payload={"mailing": mailing.pk}, by=by)


def pause(mailing: VoucherMailing, words: str) -> None:
    """Have no more mails leave until somebody lets it go on."""
    going = VoucherMailing.objects.filter(pk=mailing.pk, status=Status.RUNNING)
    going.update(status=Status.PAUSED, trouble=words, goes_on_at=None)


def resume(mailing: VoucherMailing, *, by: User) -> None:
    """Let a paused mailing go on, in the name of whoever lets it.

    Raises:
        PermissionDenied: they may not do what is left.
    """
    insist_on_permission(by, MAIL_VOUCHERS)
    paused = VoucherMailing.objects.filter(pk=mailing.pk, status=Status.PAUSED)
    who = {"person": by, "person_name": by.name}
    if paused.update(status=Status.RUNNING, trouble="", goes_on_at=None, **who):
        _have_carried(mailing, by)


def cancel(mailing: VoucherMailing) -> None:
    """End a mailing before its end: what has left has left, the rest does not."""
    _end(mailing, Status.CANCELLED, Status.RUNNING, Status.PAUSED)


def _end(mailing: VoucherMailing, status: MailingStatus, *after: MailingStatus) -> None:
    going = VoucherMailing.objects.filter(pk=mailing.pk, status__in=after)
    if going.update(status=status, finished_at=timezone.now(), trouble="", goes_on_at=None):
        mailing.refresh_from_db()
        entry = Entry.objects.get(submission_key=mailing.key)
        following.follow_up(entry, progress_of(mailing))


def keep_going() -> None:
    """Have mailings go on whose background work ended, unless somebody ended it, or it failed."""
    names = {Status.CHECKING: PREPARER, Status.RUNNING: CARRIER}
    for mailing in VoucherMailing.objects.filter(status__in=names):
        name = names[Status(mailing.status)]
        last = Run.objects.filter(name=name, key=str(mailing.pk)).order_by("-pk").first()
        if last and last.state in {RunState.FAILED, RunState.CANCELLED}:
            _give_up(mailing, last)
        else:
            start(name, key=str(mailing.pk), payload={"mailing": mailing.pk})


def _give_up(mailing: VoucherMailing, last: Run) -> None:
    """Say of a mailing whose background work was given up that it goes no further."""
    with translation.override(mailing.language):
        words = gettext("Its background work was cancelled, or failed: %(error)s")
        told = words % {"error": last.last_error or last.get_state_display()}
    pause(mailing, told)
    checking = VoucherMailing.objects.filter(pk=mailing.pk, status=Status.CHECKING)
    checking.update(status=Status.DRAFT, trouble=told, goes_on_at=None)


def progress_of(mailing: VoucherMailing) -> Progress:
    """Say how far a mailing is."""
    is_over = mailing.status in {Status.DONE, Status.CANCELLED}
    mailed = mailing.mails.filter(state=State.MAILED).count()
    words = ngettext("%(mailed)s mail has left.", "%(mailed)s mails have left.", mailed)
    told = [words % {"mailed": number(mailed)}]
    if unknown := mailing.mails.filter(state=State.UNKNOWN).count():
        words = gettext("Of %(unknown)s nobody can tell.")
        told.append(words % {"unknown": number(unknown)})
    return Progress(finished=is_over, as_expected=not (is_over and unknown), words=" ".join(told))


# --- Carrying --------------------------------------------------------------------------------


def carry(work: Run) -> None:
    """Send the mails of a mailing, as far as it goes.

    Raises:
        RetryLater: something has to be waited for.
    """
    mailing = VoucherMailing.objects.select_related("person").get(pk=work.payload["mailing"])
    with translation.override(mailing.language):
        _admit_unknown(mailing)
        try:
            with MailServer() as server:
                _send_all(work, mailing, server)
        except MailNotSent as refused:
            if refused.passes:
                raise RetryLater(hold_up(mailing, refused.words, SERVER_SECONDS)) from None
            pause(mailing, refused.words)
        except Unauthorized as error:
            pause(mailing, str(error.message))
        except PASSING as error:
            raise RetryLater(hold_up(mailing, str(error.message), error.retry_after)) from None


def _admit_unknown(mailing: VoucherMailing) -> None:
    """Say of mails that were leaving when a process died that nobody can tell."""
    words = gettext("The console was stopped while it was sent. It is not sent again.")
    leaving = mailing.mails.filter(state=State.LEAVING)
    leaving.update(state=State.UNKNOWN, words=words, ended_at=timezone.now())


def is_wanted(mailing: VoucherMailing) -> bool:
    """Tell whether mails are to leave, whatever was read of it before."""
    return VoucherMailing.objects.filter(pk=mailing.pk, status=Status.RUNNING).exists()


def _send_all(work: Run, mailing: VoucherMailing, server: MailServer) -> None:
    """Send what is due, a few at a time, each looked up once more just before.

    Raises:
        MailNotSent: no mail can be sent now.
        PiggyError: Piggy cannot be asked now.
        RetryLater: the server has put some off.
    """
    ready = mailing.mails.filter(state=State.READY)
    total = mailing.mails.exclude(state=State.LEFT_OUT).count()
    while is_wanted(mailing) and (mails := _due(mailing)):
        if not may_now(mailing.person, MAIL_VOUCHERS):
            pause(mailing, _may_not(mailing.person))
            return
        look_up(piggy_client(), mailing, mails)
        for mail in mails:
            work.heartbeat(progress=total - ready.count(), of=total)
            if is_wanted(mailing):
                send_one(server, mailing, mail)
    if ready.exists() and is_wanted(mailing):
        raise RetryLater(SERVER_SECONDS)
    _end(mailing, Status.DONE, Status.RUNNING)


def _due(mailing: VoucherMailing) -> list[VoucherMail]:
    due = mailing.mails.filter(state=State.READY, due_at__lte=timezone.now())
    return list(due.order_by("position")[:AT_ONCE])


def _may_not(person: User) -> str:
    words = gettext(
        "%(person)s may not mail vouchers, or not any more, so no more mails leave. Whoever may do "
        "it can let it go on, and does the rest in their own name."
    )
    return words % {"person": person.name}


def send_one(server: MailServer, mailing: VoucherMailing, mail: VoucherMail) -> None:
    """Send a mail that was looked up a moment ago, if nobody else does.

    Raises:
        MailNotSent: no mail can be sent now; this one is left for later.
    """
    still = VoucherMail.objects.filter(pk=mail.pk, state=State.READY)
    if mail.state != State.READY:
        still.update(**found_of(mail))
        return
    message = _message(mailing, mail)
    server.make_ready()
    if not still.update(**found_of(mail) | {"state": State.LEAVING}):
        return
    try:
        server.send(message)
    except MailNotSent as refused:
        _keep_refusal(mail, refused)
    except MailOutcomeUnknown:
        words = gettext("The connection broke while it was sent. It is not sent again.")
        _ended(mail, state=State.UNKNOWN, words=words)
    else:
        _ended(mail, state=State.MAILED)


def _ended(mail: VoucherMail, **values: Any) -> None:
    """Keep what became of a mail, also where somebody took its process for dead meanwhile."""
    left = VoucherMail.objects.filter(pk=mail.pk, state__in=(State.LEAVING, State.UNKNOWN))
    left.update(**{"ended_at": timezone.now(), "words": "", **values})


def _keep_refusal(mail: VoucherMail, refused: MailNotSent) -> None:
    """Put off what the server may take later; what it never takes is refused.

    Raises:
        MailNotSent: it takes no mail of the console's at all.
    """
    if refused.concerns_all:
        _ended(mail, state=State.READY, ended_at=None)
        raise refused
    if refused.passes and mail.attempts < MOST_ATTEMPTS:
        due_at = timezone.now() + timedelta(minutes=2**mail.attempts)
        again = {"attempts": F("attempts") + 1, "due_at": due_at, "ended_at": None}
        _ended(mail, state=State.READY, words=refused.words, **again)
    else:
        _ended(mail, state=State.REFUSED, words=refused.words)


# --- What a mail says ------------------------------------------------------------------------


def _message(mailing: VoucherMailing, mail: VoucherMail) -> EmailMessage:
    """Make the mail: plain text to one address, known by the same id however often it arrives."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        fill_in(mailing.subject, mail.values),
        fill_in(mailing.text, mail.values),
        to=[mail.email],
        headers={"Message-ID": f"<voucher.{mail.voucher_key}@{domain}>"},
    )


def send_test(mailing: VoucherMailing, *, to: User) -> None:
    """Mail somebody what customers would get, with a code that is none.

    Raises:
        MailNotSent: it did not leave.
        MailOutcomeUnknown: nobody can tell.
    """
    values = sample_values(mailing) | {"code": gettext("EXAMPLE-CODE")}
    subject = gettext("[Test] %(subject)s") % {"subject": fill_in(mailing.subject, values)}
    with MailServer() as server:
        server.make_ready()
        server.send(EmailMessage(subject, fill_in(mailing.text, values), to=[to.email]))
    VoucherMailing.objects.filter(pk=mailing.pk).update(tested=mailing.digest)


def sample_values(mailing: VoucherMailing) -> dict[str, str]:
    """Give what the first mail would be filled in with."""
    first = mailing.mails.filter(state=State.READY).order_by("position").first()
    return dict(first.values) if first else {}
