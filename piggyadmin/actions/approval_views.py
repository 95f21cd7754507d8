"""The pages on which a second person approves or declines what another one asked for."""

from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import APPROVE, READ_LEDGER, check_permission
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import agreement_on, said_of_earlier, write_request
from piggyadmin.ledger import approvals, conflicts, reads, writes
from piggyadmin.ledger.declining import close
from piggyadmin.ledger.facts import facts
from piggyadmin.ledger.models import NOT_HAPPENED, Approval, ApprovalStatus, Entry
from piggyadmin.ledger.operations import Preview, Refused, find_operation
from piggyadmin.ledger.rows import requests_described
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.forms import CleanTextField
from piggyadmin.ui.http import SignedInRequest, signed_in
from piggyadmin.ui.pagination import numbered_page


class ApprovalList(PermittedView):
    """What needed a second person, the newest first, and what was decided."""

    permission = APPROVE
    other_permissions = (READ_LEDGER,)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of it."""
        page = numbered_page(Approval.objects.all(), request.GET.get("page"))
        context = {"page": page, "rows": requests_described(page.items)}
        return render(request, "actions/approvals.html", context)


class DecisionForm(forms.Form):
    """A second person's word."""

    template_name = "ui/form.html"

    note = CleanTextField(
        label=_("Note"),
        required=False,
        max_length=1000,
        help_text=_("To decline, say why: whoever asked reads it. It is kept with your name."),
    )

    def ask_why(self) -> None:
        """Insist on a reason."""
        if "note" not in self.errors and not self.cleaned_data["note"]:
            self.add_error("note", _("Say why you decline it. Nothing was decided yet."))


def decision_context(approval: Approval | None, person: User) -> dict[str, Any]:
    """Give what `actions/_decide.html` shows where a request has a page of its own."""
    is_asker = approval is not None and approval.asked_by_id == person.pk
    return {
        "is_asker": is_asker,
        "may_decide": not is_asker and person.has_perm(APPROVE),
        "objection": approvals.objection(approval, person) if approval and not is_asker else "",
        "decide": DecisionForm(),
    }


class Now(NamedTuple):
    """What a request would do at this moment."""

    form: ActionForm
    preview: Preview | None
    agreement: str


class ApprovalPage(View):
    """One request, with the preview as it is now."""

    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who asked, who may do the action themselves, and readers of the ledger."""
        self.approval = get_object_or_404(Approval, submission_key=kwargs["key"])
        operation = find_operation(self.approval.action)
        if operation and (page := operation.page_of_request(self.approval.data)):
            return redirect(page)
        try:
            self.action = get_action(self.approval.action)
        except KeyError:
            raise Http404 from None
        person = signed_in(request)
        self.can = self.action.is_allowed_for(person)
        self.is_own_word_enough = approvals.is_own_word_enough(self.approval, person)
        if not (self.can or self.approval.asked_by_id == person.pk):
            check_permission(person, READ_LEDGER)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        return self.show(DecisionForm())

    def show(self, form: DecisionForm, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
        """Render it, with what it would do now for those who may do the action themselves."""
        approval, person = self.approval, signed_in(self.request)
        entry = Entry.objects.filter(submission_key=approval.submission_key).first()
        context: dict[str, Any] = {
            "approval": approval,
            "action": self.action,
            # Not `form`: what a preview offers to choose is decided here.
            "decide": form,
            "is_own": approval.asked_by_id == person.pk,
            "is_own_word_enough": self.is_own_word_enough,
            "may_decide": person.has_perms(approvals.rights_to_decide(approval, person)),
            "objection": approvals.objection(approval, person),
            "has_entry": entry is not None,
            # Approved, or by another press of the same form.
            "went_ahead": entry is not None and entry.state not in NOT_HAPPENED,
            "asked": facts(approval.data, self.action),
            "row": requests_described([approval])[0],
            "contacts": list(dict.fromkeys(approval.subjects.values())),
            **more,
        }
        if approval.status == ApprovalStatus.WAITING and self.can:
            context |= self._as_it_is_now()
        return render(self.request, "actions/approval.html", context, status=status)

    def _as_it_is_now(self) -> dict[str, Any]:
        """Give what approving it would do, or why that cannot be."""
        concerned = sorted(set(self.approval.subjects.values()))
        reads.log_look_up(signed_in(self.request), "approval", *concerned)
        try:
            now = self._now()
        except Refused:
            return {"has_changed": True}
        except PiggyError as error:
            return {"error": error}
        context: dict[str, Any] = {"preview": now.preview, "has_changed": not self._is_same(now)}
        context["confirm_with"] = self._confirm_with(now)
        deduplication_key = self.action.deduplication_key(now.form.action_data)
        alike = conflicts.latest_alike(deduplication_key) if self.action.is_deduplicated else None
        if alike:
            context |= {"alike": alike, "alike_words": said_of_earlier(alike)}
        return context

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Approve, decline or, for one's own, withdraw."""
        person, decision = signed_in(request), request.POST.get("decision")
        form = DecisionForm(request.POST)
        form.is_valid()
        if decision == "withdraw" and self.approval.asked_by_id == person.pk:
            return self._close(ApprovalStatus.WITHDRAWN)
        for permission in approvals.rights_to_decide(self.approval, person):
            check_permission(person, permission)
        if decision != "approve":
            form.ask_why()
        if not form.is_valid():
            return self.show(form)
        self.note = form.cleaned_data["note"]
        if decision != "approve":
            return self._close(ApprovalStatus.DECLINED, self.note)
        if approvals.objection(self.approval, person):
            return self.show(form, status=HTTPStatus.FORBIDDEN)
        return self._approve()

    def _approve(self) -> HttpResponse:
        """Do it, if it is still what was agreed to."""
        try:
            now = self._now()
            if not self._is_same(now):
                return self._lapse()
        except Refused:
            return self._lapse()
        except PiggyError as error:
            messages.error(self.request, str(error.message))
            return self._back()
        typed, wanted = as_seen(self.request.POST.get("confirmation", "")), self._confirm_with(now)
        if wanted and typed.casefold() != wanted.casefold():
            return self.show(DecisionForm(), confirmation=typed, is_wrongly_confirmed=True)
        return self._carry_out(now)

    def _confirm_with(self, now: Now) -> str | None:
        """Give what has to be typed by whom nobody else's word is wanted beside."""
        data = now.form.cleaned_data
        return self.action.confirm_with(data) if self.is_own_word_enough else None

    def _back(self) -> HttpResponse:
        return redirect("writes:approval", key=self.approval.submission_key)

    def _close(self, status: ApprovalStatus, note: str = "") -> HttpResponse:
        close(self.action, self.approval, status, person=signed_in(self.request), note=note)
        return self._back()

    def _carry_out(self, now: Now) -> HttpResponse:
        approver = signed_in(self.request)
        request = write_request(
            self.action,
            now.form,
            self.request.POST,
            person=self.approval.asked_by,
            submission_key=self.approval.submission_key,
            preview=now.preview,
            fingerprint=self.approval.fingerprint,
            approve=partial(approvals.approve, self.approval, person=approver, note=self.note),
        )
        try:
            outcome = writes.carry_out(piggy_client(), request)
        except approvals.TooLate:
            return self._back()
        except Refused as refused:
            messages.warning(self.request, refused.words)
            return self._back()
        except PermissionDenied as denied:
            # Not the page for whose role lacks something: it may be the other one's.
            messages.warning(self.request, str(denied))
            return self._back()
        except conflicts.DuplicateRequest:
            words = gettext(
                "The same was done meanwhile, or something like it. Nothing was sent. Look at it, "
                "then say whether you want it all the same."
            )
            messages.warning(self.request, words)
            return self._back()
        # Its own approval stands in the ledger beside it: what waits still is not what was sent.
        if approvals.withdraw_sent(self.approval.submission_key):
            return self._back()
        # Where there is a page that people read, those who may are not led to the bare entry.
        is_theirs = self.action.is_allowed_for(approver)
        page = self.action.page_of(outcome.entry) if is_theirs else ""
        return redirect(page or reverse("ledger:entry", args=[outcome.entry.submission_key]))

    def _lapse(self) -> HttpResponse:
        """Something has changed since it was asked: it has to be asked anew."""
        words = gettext("Something has changed since this was asked. It has to be asked anew.")
        messages.warning(self.request, words)
        return self._close(ApprovalStatus.WITHDRAWN)

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
