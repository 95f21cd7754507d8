"""The page on which certain pairs are merged by themselves: asked for, approved, stopped."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from piggyadmin.actions.approval_views import DecisionForm, decision_context
from piggyadmin.duplicates.certain import daily
from piggyadmin.duplicates.certain.forms import DailyForm
from piggyadmin.duplicates.certain.rules import find_rule
from piggyadmin.duplicates.certain.views import RUNS_PER_PAGE, CertainPage
from piggyadmin.duplicates.models import CertainRun, StandingApproval
from piggyadmin.ledger import approvals
from piggyadmin.ledger.operations import Refused
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.pagination import numbered_page

PAGE = "duplicates:certain-daily"


class DailyMerges(CertainPage):
    """What is merged by itself, if anything is, and each run; what is posted says which step."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a step, where it makes sense now."""
        standing = daily.current()
        if standing is None and request.POST.get("step") == "ask":
            return self.ask()
        if standing is None or request.POST.get("standing") != str(standing.pk):
            return self.too_late()
        if request.POST.get("step") == "decide" and not standing.approved_at:
            return self.decide(standing)
        if request.POST.get("step") == "stop":
            daily.stop(standing, person=signed_in(request))
            return redirect(PAGE)
        return self.too_late()

    def too_late(self) -> HttpResponse:
        """Say that it is further, and show how far."""
        words = gettext("It is further already. Nothing was done.")
        messages.warning(self.request, words)
        return redirect(PAGE)

    def ask(self) -> HttpResponse:
        """Ask the person who was named."""
        person = signed_in(self.request)
        form = DailyForm(self.request.POST, person=person)
        if not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
        if daily.ask(person=person, **form.cleaned_data) is None:
            return self.too_late()
        return redirect(PAGE)

    def decide(self, standing: StandingApproval) -> HttpResponse:
        """Have the named person approve, or somebody decline; one's own is withdrawn."""
        approval, person = daily.approval_of(standing), signed_in(self.request)
        form = DecisionForm(self.request.POST)
        is_approved = self.request.POST.get("decision") == "approve"
        if form.is_valid() and not is_approved and person.pk != standing.asked_by_id:
            form.ask_why()
        if approval is None or not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, decide=form)
        note = form.cleaned_data["note"]
        try:
            if is_approved:
                daily.approve(standing, approval, person=person, note=note)
            else:
                daily.stop(standing, person=person, note=note)
        except (approvals.TooLate, Refused):
            return self.too_late()
        except PermissionDenied as denied:
            messages.warning(self.request, str(denied))
        return redirect(PAGE)

    def show(self, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Render it."""
        standing = daily.current()
        runs = CertainRun.objects.exclude(standing=None)
        shown = {
            "standing": standing,
            "page": numbered_page(runs, self.request.GET.get("page"), RUNS_PER_PAGE),
            **(self._holding(standing) if standing else self._asking()),
        }
        return render(self.request, "duplicates/certain_daily.html", shown | context, status=status)

    def _asking(self) -> dict[str, Any]:
        """Give what is filled in to ask for it, and how the last one ended."""
        return {
            "last": StandingApproval.objects.exclude(ended_at=None).first(),
            "form": DailyForm(person=signed_in(self.request)),
        }

    def _holding(self, standing: StandingApproval) -> dict[str, Any]:
        """Give what a person decides by, or until when it holds."""
        person = signed_in(self.request)
        return {
            "rule": find_rule(standing.rule),
            "is_ending": daily.is_ending(standing),
            **decision_context(daily.approval_of(standing), person),
            "objection": daily.objection(standing, person),
        }
