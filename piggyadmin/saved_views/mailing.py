"""Mails with the link to a view's file, each at its time, once, and only to who asked for it.

The link opens for whoever has signed in and may see the list; the mail itself holds nothing of it.
That a due time has passed is committed before its mail leaves, so that no restart repeats one.
"""

import logging
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from piggyadmin.desk.navigation import place_label
from piggyadmin.outgoing_mail import MailNotSent, MailOutcomeUnknown, MailServer, can_mail
from piggyadmin.saved_views.due_times import next_due
from piggyadmin.saved_views.models import ViewMail
from piggyadmin.saved_views.services import may_open_file, views_for

# What a mail server puts off is tried for so long.
TRIED_FOR = timedelta(hours=6)
SECRETS = Signer(salt="piggyadmin.saved_views.mailing")

logger = logging.getLogger(__name__)


def mail_what_is_due(now: datetime | None = None) -> None:
    """Send the mails that are due; of several due times that have passed, one mail for all."""
    now = now or timezone.now()
    due = ViewMail.objects.filter(next_at__lte=now).select_related("view", "person")
    mails = list(due.order_by("next_at")) if can_mail() else []
    if not mails:
        return
    with MailServer() as server:
        for mail in mails:
            with translation.override(mail.language):
                _mail(server, mail, now)


def _mail(server: MailServer, mail: ViewMail, now: datetime) -> None:
    if not is_still_allowed(mail):
        logger.info("Mails of view %s to person %s have ended", mail.view_id, mail.person_id)
        mail.delete()
        return
    try:
        server.make_ready()
    except MailNotSent as refused:  # its time stays due, and is tried again within a minute
        ViewMail.objects.filter(pk=mail.pk).update(trouble=refused.words)
        return
    due = ViewMail.objects.filter(pk=mail.pk, next_at=mail.next_at)
    if due.update(next_at=next_due(mail.rhythm, now), last_at=now, trouble=""):
        _send(server, mail, now)


def _send(server: MailServer, mail: ViewMail, now: datetime) -> None:
    sent = ViewMail.objects.filter(pk=mail.pk)
    try:
        server.send(_message(mail))
    except MailNotSent as refused:
        is_tried_again = refused.passes and now - mail.next_at < TRIED_FOR
        again = {"next_at": mail.next_at, "last_at": mail.last_at} if is_tried_again else {}
        sent.update(trouble=refused.words, **again)
    except MailOutcomeUnknown:
        words = gettext("The connection broke while the last mail was sent. It is not sent again.")
        sent.update(trouble=words)


def is_still_allowed(mail: ViewMail) -> bool:
    """Tell whether somebody may still see what they are mailed the link to."""
    person, view = mail.person, mail.view
    can_sign_in = person.is_active and bool(person.email)
    is_theirs = views_for(person).filter(pk=view.pk).exists()
    return can_sign_in and is_theirs and may_open_file(person, view.list_name)


def _message(mail: ViewMail) -> EmailMessage:
    view, stop = mail.view, mail.console + reverse("saved_views:stop", args=[secret_of(mail)])
    lines = (
        gettext("“%(view)s” as a file, made when you open it:"),
        "%(file)s",
        "",
        gettext("It opens once you have signed in to the console."),
        gettext("Stop these mails: %(stop)s"),
    )
    file = mail.console + reverse("saved_views:file", args=[view.pk])
    text = "\n".join(lines) % {"view": view.name, "file": file, "stop": stop}
    subject = f"{place_label(reverse(view.list_name))}: {view.name}"
    headers = {"List-Unsubscribe": f"<{stop}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, text, to=[mail.person.email], headers=headers)


def secret_of(mail: ViewMail) -> str:
    """Give what stops these mails, and does nothing else."""
    return f"{mail.pk}-{SECRETS.signature(str(mail.pk))}"


def find_by_secret(secret: str) -> ViewMail | None:
    """Find the mails that a secret stops; None where it is none, or they have ended."""
    number, _hyphen, signature = secret.partition("-")
    try:
        pk = SECRETS.unsign(f"{number}{SECRETS.sep}{signature}")
    except BadSignature:
        return None
    return ViewMail.objects.filter(pk=pk).first()
