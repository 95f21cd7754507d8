"""The page of what is done in the background: how far it is, and what a person can do about it."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import MANAGE_TASKS, VIEW_TASKS
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import UNFINISHED, Run, RunState, Schedule
from piggyadmin.tasks.workers import alive_workers
from piggyadmin.ui.http import signed_in, wants_fragment

PAGE_SIZE = 50


class RunList(PermittedView):
    """What waits, runs, has failed or is done; keeps itself up to date."""

    permission = VIEW_TASKS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of runs, the unfinished ones first."""
        page = _page(request.GET.get("page", "1"))
        context = {
            "runs": page,
            "pages": {"page": page.number, "has_more": page.has_next()},
            "workers": list(alive_workers().order_by("started_at")),
            "failing": Schedule.objects.exclude(last_error="").order_by("name"),
            "may_manage": signed_in(request).has_perm(MANAGE_TASKS),
        }
        template = "tasks/_runs.html" if wants_fragment(request) else "tasks/list.html"
        return render(request, template, context)


def _page(number: str) -> Page[Run]:
    unfinished_first = Case(
        When(state__in=UNFINISHED, then=Value(0)),
        When(state=RunState.FAILED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    everything = Run.objects.order_by(unfinished_first, "-id")
    return Paginator(everything, PAGE_SIZE).get_page(number)


class _ChangeView(PermittedView):
    """Does something with a run, and goes back to the list; for those who keep the work."""

    http_method_names = ["post"]
    permission = MANAGE_TASKS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, and say whether it could be done."""
        if self.change(get_object_or_404(Run, pk=pk)):
            messages.success(request, self.done())
        else:
            messages.warning(
                request, gettext("Nothing changed: the task is no longer in that state.")
            )
        return redirect("tasks:list")

    def change(self, run: Run) -> bool:
        """Do it, if the run is still in a state that allows it."""
        raise NotImplementedError

    def done(self) -> str:
        """Say that it was done."""
        raise NotImplementedError


class RetryView(_ChangeView):
    """Has a run tried again."""

    def change(self, run: Run) -> bool:
        """Make it due now."""
        return runs.retry(run)

    def done(self) -> str:
        """Say so."""
        return gettext("The task is tried again.")


class CancelView(_ChangeView):
    """Cancels a run."""

    def change(self, run: Run) -> bool:
        """Cancel it, or have its worker stop at the next step."""
        return runs.cancel(run)

    def done(self) -> str:
        """Say so."""
        return gettext("The task is cancelled. What it has already done stays done.")
