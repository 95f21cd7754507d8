"""The page on which a wrong merge is taken back, and how far that is."""

from functools import cached_property, partial
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import APPROVE, check_permission
from piggyadmin.actions.approval_views import DecisionForm, decision_context
from piggyadmin.actions.views import progress_of
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.duplicates.repairing.forms import RepairForm
from piggyadmin.duplicates.repairing.operations import (
    REPAIR_MERGE,
    asked,
    make_plan,
    repairs_of,
)
from piggyadmin.duplicates.repairing.plan import MERGE, RepairPlan
from piggyadmin.ledger import (
    approvals,
    declining,
    entries,
    following,
    hash_chain,
    writes,
)
from piggyadmin.ledger.models import HAPPENED, Approval, ApprovalStatus, Entry
from piggyadmin.ledger.operations import Progress, Refused
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.http import signed_in, wants_fragment


class RepairPage(PermittedView):
    """One merge: what taking it back would do, or how far that is."""

    permission = REPAIR_MERGE.permission

    @cached_property
    def merge(self) -> Entry:
        """The merge that the address names."""
        return get_object_or_404(Entry, submission_key=self.kwargs["key"], action=MERGE)

    @property
    def repair(self) -> Entry | None:
        """The last repair of it, if there was one."""
        return repairs_of(self.merge).first()

    @property
    def approval(self) -> Approval | None:
        """What waits for a second person."""
        waiting = Approval.objects.filter(action=REPAIR_MERGE.slug, status=ApprovalStatus.WAITING)
        # What was asked is sealed, so no query sees into it; hardly any ever waits.
        merge = str(self.merge.submission_key)
        return next((each for each in waiting if each.data.get("merge") == merge), None)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show it; while steps are done, htmx asks for that part alone."""
        if (repair := self.repair) is not None:
            return self._show_progress(request, repair)
        return self.show()

    def _show_progress(self, request: HttpRequest, repair: Entry) -> HttpResponse:
        progress = see_how_far(repair)
        repair = entries.reread(repair)
        context = {
            "merge": self.merge,
            "repair": repair,
            "progress": progress,
            "parts": REPAIR_MERGE.part_states(repair),
            "remaining": REPAIR_MERGE.remaining(repair),
            "is_fragment": wants_fragment(request),
        }
        if wants_fragment(request) and "watch" in request.GET:
            return render(request, "duplicates/_repair_progress.html", context)
        return render(request, "duplicates/repair.html", context)

    def show(self, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Render what it would do, with the form, or say why it cannot be done."""
        shown: dict[str, Any] = {"merge": self.merge}
        try:
            plan = self._plan()
        except Refused as refused:
            shown["why_not"] = refused.words
        except PiggyError as error:
            shown["error"] = error
        else:
            shown |= {"plan": plan, **self._beside(plan)}
        return render(self.request, "duplicates/repair.html", shown | context, status=status)

    def _plan(self, shop_uuid: str = "") -> RepairPlan:
        return make_plan(piggy_client(), self.merge, shop_uuid)

    def _beside(self, plan: RepairPlan) -> dict[str, Any]:
        """Give the form, or what a second person decides by."""
        if (approval := self.approval) is not None:
            return {"approval": approval, **decision_context(approval, signed_in(self.request))}
        hidden = {"agreement": agreement_on(plan), "submission_key": uuid4()}
        return {
            "form": self._form(plan, initial=hidden),
            "needs_second_person": approvals.needs_second_person(
                REPAIR_MERGE, asked(plan), plan, person=signed_in(self.request)
            ),
        }

    def _form(self, plan: RepairPlan, *args: Any, **more: Any) -> RepairForm:
        words = end_of(plan.source.word, plan.now.word)
        return RepairForm(*args, piggy=piggy_client(), confirm_with=words, **more)

    # --- steps

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Begin it, decide about it, or let it go on."""
        take = {"begin": self._begin, "decide": self._decide, "resume": self._resume}
        try:
            response = take.get(request.POST.get("step", ""), self._back)()
        except (Refused, approvals.TooLate) as refused:
            words = getattr(refused, "words", "")
            too_late = gettext("It is further already. Nothing was done.")
            messages.warning(request, words or too_late)
            return self._back()
        except (PermissionDenied, PiggyError) as error:
            messages.warning(request, str(getattr(error, "message", error)))
            return self._back()
        return response

    def _back(self) -> HttpResponse:
        return redirect("duplicates:repair", key=self.merge.submission_key)

    def _begin(self) -> HttpResponse:
        posted = self.request.POST
        plan = self._plan(as_seen(posted.get("shop_uuid", "")))
        form = self._form(plan, posted)
        if not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
        if not constant_time_compare(form.cleaned_data["agreement"], agreement_on(plan)):
            words = gettext("Something has changed since you looked. Look again; nothing was sent.")
            messages.warning(self.request, words)
            return self._back()
        person, key = signed_in(self.request), form.cleaned_data["submission_key"]
        try:
            self._carry_out(plan, key, person=person, **form.why)
        except approvals.SecondPersonNeeded:
            self._ask(plan, key, form)
        return self._back()

    def _carry_out(self, plan: RepairPlan, key: UUID, **more: Any) -> None:
        request = writes.WriteRequest(
            action=REPAIR_MERGE, data=asked(plan), submission_key=key, preview=plan, **more
        )
        writes.carry_out(piggy_client(), request)

    def _ask(self, plan: RepairPlan, key: UUID, form: RepairForm) -> None:
        approvals.ask(
            REPAIR_MERGE,
            person=signed_in(self.request),
            form_data={"shop_uuid": plan.shop_uuid, **form.why},
            agreement=agreement_on(plan, plan.shop_uuid),
            submission_key=key,
            data=asked(plan),
            subjects=REPAIR_MERGE.subjects(asked(plan), plan),
            gives=plan.gives,
        )

    def _decide(self) -> HttpResponse:
        """A second person approves or declines; one's own is withdrawn."""
        approval, person = self.approval, signed_in(self.request)
        form = DecisionForm(self.request.POST)
        is_approved = self.request.POST.get("decision") == "approve"
        is_asker = approval is not None and approval.asked_by_id == person.pk
        if form.is_valid() and not is_approved and not is_asker:
            form.ask_why()
        if approval is None or not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, decide=form)
        note = form.cleaned_data["note"]
        if is_approved:
            self._approve(approval, note)
        else:
            declining.refuse(REPAIR_MERGE, approval, person=person, note=note)
        return self._back()

    def _approve(self, approval: Approval, note: str) -> None:
        person = signed_in(self.request)
        check_permission(person, APPROVE)
        kept = approval.form_data
        plan = self._plan(kept.get("shop_uuid", ""))
        if not constant_time_compare(agreement_on(plan, plan.shop_uuid), approval.agreement):
            raise Refused({})
        self._carry_out(
            plan,
            approval.submission_key,
            person=approval.asked_by,
            reason=kept.get("reason", ""),
            comment=kept.get("comment", ""),
            approve=partial(approvals.approve, approval, person=person, note=as_seen(note)),
        )

    def _resume(self) -> HttpResponse:
        """Let it go on, in the name of whoever presses the button."""
        repair = self.repair
        if repair and (words := REPAIR_MERGE.remaining(repair)):
            following.resume(repair, person=signed_in(self.request), comment=words)
        return self._back()


def agreement_on(plan: RepairPlan, shop_uuid: str = "") -> str:
    """Stand for what was shown, so that nothing else is ever done."""
    decisive = {**plan.decisive(), "shop": shop_uuid}
    text = hash_chain.digest(hash_chain.plain(decisive))
    return signing.Signer(salt="piggyadmin.duplicates.repair").signature(text)


def see_how_far(repair: Entry) -> Progress:
    """Do what is left, and see how far it is; what was found at the end is kept."""
    if repair.follow_up is None and repair.state not in HAPPENED:
        return Progress(finished=False, words=gettext("It has not begun yet."))
    return progress_of(REPAIR_MERGE, repair)
