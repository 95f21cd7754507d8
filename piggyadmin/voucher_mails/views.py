"""The page on which the vouchers of a bulk run are mailed, from the text to the last mail."""

from collections import Counter
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import MAIL_VOUCHERS, RUN_IN_BULK, check_permission
from piggyadmin.actions.registry import get_action
from piggyadmin.bulk.models import BulkRun
from piggyadmin.bulk.undoing import OVER
from piggyadmin.outgoing_mail import MailNotSent, MailOutcomeUnknown, can_mail
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.http import signed_in, wants_fragment
from piggyadmin.ui.spreadsheet import csv_answer
from piggyadmin.voucher_mails import confirming, exports, preparing, sending
from piggyadmin.voucher_mails.forms import MailForm
from piggyadmin.voucher_mails.models import (
    MailingStatus,
    VoucherMail,
    VoucherMailing,
    VoucherMailState,
)
from piggyadmin.voucher_mails.placeholders import fill_in

SHOWN_MAILS = 50
Status, State = MailingStatus, VoucherMailState
# While it is so, the page asks again by itself.
MOVING = {Status.CHECKING, Status.RUNNING}


class OneMailing(PermittedView):
    """Something about the mails of one run that has made vouchers and has ended."""

    permission = MAIL_VOUCHERS
    run: BulkRun
    mailing: VoucherMailing | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in those who may also do what made the vouchers."""
        for permission in (self.permission, RUN_IN_BULK):
            check_permission(signed_in(request), permission)
        self.run = get_object_or_404(BulkRun, pk=kwargs["pk"])
        if not preparing.makes_vouchers(self.run) or self.run.status not in OVER:
            raise Http404
        check_permission(signed_in(request), get_action(self.run.action).permission)
        self.mailing = VoucherMailing.objects.filter(run=self.run).first()
        return super().dispatch(request, *args, **kwargs)

    def back(self, warning: str = "") -> HttpResponse:
        """Lead to its page, with what is in the way."""
        if warning:
            messages.warning(self.request, warning)
        return redirect("voucher_mails:mailing", pk=self.run.pk)


class MailingPage(OneMailing):
    """The mails of a run, whatever is next for them."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show it; while it moves, htmx asks for that part alone."""
        if wants_fragment(request) and "watch" in request.GET and self.mailing:
            response = render(request, "voucher_mails/_progress.html", self.progress(self.mailing))
            if self.mailing.status not in MOVING:
                response["HX-Refresh"] = "true"
            return response
        return self.show()

    def show(self, form: MailForm | None = None, status: int = HTTPStatus.OK) -> HttpResponse:
        """Render it."""
        mailing = self.mailing
        is_written = mailing is not None and mailing.status != Status.DRAFT
        context: dict[str, Any] = {"run": self.run, "mailing": mailing, "can_mail": can_mail()}
        if mailing and is_written:
            context |= self.progress(mailing) | self.checked(mailing)
        if form or not is_written or "text" in self.request.GET:
            context |= self.writing(form)
        return render(self.request, "voucher_mails/mailing.html", context, status=status)

    def writing(self, form: MailForm | None) -> dict[str, Any]:
        """Give the form of the text, unless Piggy does not tell what there is to choose."""
        try:
            return {"form": form or MailForm(piggy=piggy_client(), mailing=self.mailing)}
        except PiggyError as error:
            return {"error": error}

    def progress(self, mailing: VoucherMailing) -> dict[str, Any]:
        """Give how far it is."""
        counts = Counter(dict(mailing.mails.order_by().values_list("state").annotate(Count("pk"))))
        left = counts[State.UNCHECKED if mailing.status == Status.CHECKING else State.READY]
        total = sum(counts.values())
        if mailing.status != Status.CHECKING:
            total -= counts[State.LEFT_OUT]
        return {
            "run": self.run,
            "mailing": mailing,
            "is_moving": mailing.status in MOVING,
            "counts": [(state, counts[state]) for state in State if counts[state]],
            "ready": counts[State.READY],
            "total": total,
            "gone": total - left,
        }

    def checked(self, mailing: VoucherMailing) -> dict[str, Any]:
        """Give whom it goes to and whom not, and what the first mail says."""
        left_out = mailing.mails.filter(state=State.LEFT_OUT).order_by()
        sample = mailing.mails.filter(state=State.READY).order_by("position").first()
        odd = mailing.mails.filter(state__in=(State.UNKNOWN, State.REFUSED))
        return {
            "reasons": left_out.values_list("words").annotate(n=Count("pk")).order_by("-n"),
            "sample": sample and _written(mailing, sample),
            "odd": odd.order_by("position")[:SHOWN_MAILS],
            "sender": settings.DEFAULT_FROM_EMAIL,
            "own_email": signed_in(self.request).email,
            "is_writable": mailing.status in preparing.WRITABLE,
        }


def _written(mailing: VoucherMailing, mail: VoucherMail) -> dict[str, str]:
    """Write what a mail would say."""
    texts = {"subject": mailing.subject, "text": mailing.text}
    return {"to": mail.email} | {name: fill_in(text, mail.values) for name, text in texts.items()}


class WriteText(MailingPage):
    """Keeps what the mails say, and has it found out whom they would go to."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Keep it; no mail leaves by this."""
        try:
            form = MailForm(request.POST, piggy=piggy_client(), mailing=self.mailing)
        except PiggyError as error:
            return self.back(str(error.message))
        if not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        if preparing.prepare(self.run, form.texts, by=signed_in(request)) is None:
            return self.back(_too_far())
        return self.back()


class SendTestMail(OneMailing):
    """Mails the person what customers would get."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Send it, and say what became of it."""
        person, mailing = signed_in(request), self.mailing
        if not (mailing and mailing.text and mailing.status == Status.CHECKED and can_mail()):
            return self.back(_too_far())
        if not person.email:
            return self.back(gettext("Your account has no e-mail address. An admin can add one."))
        try:
            sending.send_test(mailing, to=person)
        except MailNotSent as refused:
            return self.back(refused.words)
        except MailOutcomeUnknown:
            return self.back(gettext("The connection broke. Look whether it came, or try again."))
        words = gettext("Mailed to %(email)s. Look at it before customers get theirs.")
        messages.success(request, words % {"email": person.email})
        return self.back()


class SendMails(OneMailing):
    """Has the mails leave."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Begin it, if it is what the person has seen."""
        mailing = self.mailing
        if mailing is None or mailing.status != Status.CHECKED or not can_mail():
            return self.back(_too_far())
        if request.POST.get("key") != str(mailing.key):
            return self.back(gettext("The text was written anew. Look at it again."))
        if not mailing.is_tested:
            return self.back(gettext("Mail yourself this text first. No customer was mailed."))
        try:
            confirming.confirm(mailing, by=signed_in(request))
        except PermissionDenied as denied:
            return self.back(str(denied))
        return self.back()


class SteerMailing(OneMailing):
    """Pauses a mailing, lets it go on, or ends it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do what was pressed."""
        person, wish, mailing = signed_in(request), request.POST.get("wish"), self.mailing
        if mailing is None:
            return self.back()
        if wish == "pause":
            words = gettext("%(person)s has paused it.")
            sending.pause(mailing, words % {"person": person.name})
        elif wish == "resume":
            sending.resume(mailing, by=person)
        elif wish == "cancel":
            sending.cancel(mailing)
        return self.back()


class VouchersFile(OneMailing):
    """The vouchers of a run with whom they are for, to mail from."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        """Send it."""
        if self.mailing is None:
            return self.back(gettext("Choose first which messages these are."))
        return csv_answer(f"vouchers-{self.run.pk}", exports.columns(), exports.rows(self.mailing))


def _too_far() -> str:
    return gettext("It is further already. Nothing was done.")
