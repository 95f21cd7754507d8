"""The pages on which a second person approves or declines what another one asked for."""

from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.views.generic import View

from piggyadmin.accounts.models import User
from piggyadmin.actions import approvals, ledger
from piggyadmin.actions.base import Preview, Refused
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.models import Approval
from piggyadmin.actions.permissions import APPROVE
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import agreement_on, check_permission
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.http import SignedInRequest, signed_in


class Now(NamedTuple):
    """What a request would do at this moment."""

    form: ActionForm
    preview: Preview | None
    agreement: str


class ApprovalPage(View):
    """One request, with the preview as it is now."""

    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in those who may do the action themselves."""
        self.approval = get_object_or_404(Approval, submission_key=kwargs["key"])
        try:
            self.action = get_action(self.approval.action)
        except KeyError:
            raise Http404 from None
        check_permission(signed_in(request), self.action.permission)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show it."""
        context: dict[str, Any] = {"approval": self.approval, "action": self.action}
        person = signed_in(request)
        context["is_own"] = self.approval.asked_by_id == person.pk
        context["may_decide"] = person.has_perm(APPROVE)
        if self.approval.status == Approval.Status.WAITING:
            try:
                now = self._now()
            except Refused:
                context["has_changed"] = True
            except PiggyError as error:
                context["error"] = error
            else:
                context |= {"preview": now.preview, "has_changed": not self._is_same(now)}
        return render(request, "ledger/approval.html", context)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Approve, decline or, for one's own, withdraw."""
        person, decision = signed_in(request), request.POST.get("decision")
        self.note = request.POST.get("note", "")[:1000]
        if decision == "withdraw" and self.approval.asked_by_id == person.pk:
            return self._decide(Approval.Status.WITHDRAWN)
        check_permission(person, APPROVE)
        if decision != "approve":
            return self._decide(Approval.Status.DECLINED)
        try:
            now = self._now()
            if not self._is_same(now):
                return self._lapse()
        except Refused:
            return self._lapse()
        except PiggyError as error:
            messages.error(request, str(error.message))
            return self._back()
        return self._carry_out(now)

    def _back(self) -> HttpResponse:
        return redirect("ledger:approval", key=self.approval.submission_key)

    def _decide(self, status: Approval.Status) -> HttpResponse:
        approvals.decide(self.approval, status, person=signed_in(self.request), note=self.note)
        return self._back()

    def _carry_out(self, now: Now) -> HttpResponse:
        approve = partial(
            approvals.approve, self.approval, person=signed_in(self.request), note=self.note
        )
        try:
            outcome = ledger.carry_out(
                piggy_client(),
                self.action,
                person=self.approval.asked_by,
                data=now.form.action_data,
                submission_key=self.approval.submission_key,
                preview=now.preview,
                approve=approve,
                reason=now.form.why["reason"],
                comment=now.form.why["comment"],
            )
        except approvals.TooLate:
            return self._back()
        except (Refused, ledger.HeldBack):
            words = gettext("The same was done meanwhile, or something like it. Nothing was sent.")
            messages.warning(self.request, words)
            return self._back()
        # Where there is a page that people read, those who may are not led to the bare entry.
        is_theirs = self.action.is_allowed_for(signed_in(self.request))
        page = self.action.page_of(outcome.entry) if is_theirs else ""
        return redirect(page or reverse("ledger:entry", args=[outcome.entry.submission_key]))

    def _lapse(self) -> HttpResponse:
        """Something has changed since it was asked: it has to be asked anew."""
        words = gettext("Something has changed since this was asked. It has to be asked anew.")
        messages.warning(self.request, words)
        return self._decide(Approval.Status.WITHDRAWN)

    def _now(self) -> Now:
        """See what would be done now.

        Raises:
            Refused: it cannot be done any more, or not by the one who asked.
            PiggyError: Piggy could not be asked.
        """
        asked_by = User.objects.filter(pk=self.approval.asked_by_id, is_active=True).first()
        if asked_by is None or not self.action.is_allowed_for(asked_by):
            raise Refused({})
        piggy = piggy_client()
        form = self.action.form_class(self.approval.form_data, piggy=piggy)
        if self.action.asks_reason:
            form.ask_why(self.action.usual_reason)
        if not form.is_valid():
            raise Refused({})
        preview = self.action.preview(piggy, form.cleaned_data) if self.action.has_preview else None
        agreement = agreement_on(self.action, form, preview, person=asked_by)
        return Now(form, preview, agreement)

    def _is_same(self, now: Now) -> bool:
        return constant_time_compare(now.agreement, self.approval.agreement)
