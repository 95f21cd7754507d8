"""Pages of bulk runs: the list of them with the upload, and each from its columns to its end."""

from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts import permissions
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import APPROVE, check_permission
from piggyadmin.actions.approval_views import DecisionForm, decision_context
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import find_action
from piggyadmin.bulk import actions as bulk_actions
from piggyadmin.bulk import checking, choosing, confirming, exports, running, undoing, uploads
from piggyadmin.bulk.forms import ColumnsForm, ConfirmForm, FormatForm, ListForm
from piggyadmin.bulk.models import (
    LEFT,
    BulkRowState,
    BulkRun,
    BulkRunStatus,
    counts_of,
    failed_states,
)
from piggyadmin.bulk.parsing.types import UnreadableError
from piggyadmin.bulk.preparing import choose, head_of, keep_upload, read_anew, same_before
from piggyadmin.bulk.totals import REPEATS, told_sums
from piggyadmin.bulk.wording import trouble_in_words
from piggyadmin.ledger import approvals
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.operations import Refused
from piggyadmin.ui.http import signed_in, wants_fragment
from piggyadmin.ui.pagination import numbered_page
from piggyadmin.ui.spreadsheet import csv_answer

RUNS_PER_PAGE = 25
SHOWN_ROWS = SHOWN_FAILED = 20
Status, State = BulkRunStatus, BulkRowState
# While it is so, the page asks again by itself.
MOVING = {Status.CHECKING, Status.RUNNING}
# Now its failed rows can be mended: nothing more becomes of them in it.
MENDED = frozenset({Status.CHECKED, *undoing.OVER})


class BulkPage(PermittedView):
    """A page for those who may do things with many rows."""

    permission = permissions.RUN_IN_BULK


class BulkRuns(BulkPage):
    """All runs, the newest first, and where a list is uploaded."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        initial = {"action": request.GET.get("action", "")}
        return self.show(ListForm(person=signed_in(request), initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep a list, and lead to its columns."""
        form = ListForm(request.POST, request.FILES, person=signed_in(request))
        if not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        file, size, name = form.list_file
        try:
            run = keep_upload(
                file, size=size, name=name, action=form.chosen_action, person=form.person
            )
        except UnreadableError as error:
            form.add_error("file" if name else "text", trouble_in_words(error))
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        return redirect(run)

    def show(self, form: ListForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Render it."""
        return runs_page(self.request, form, status)


def runs_page(request: HttpRequest, form: ListForm, status: int = HTTPStatus.OK) -> HttpResponse:
    """Render the page on which lists are read, below it all runs."""
    page = numbered_page(BulkRun.objects.all(), request.GET.get("page"), RUNS_PER_PAGE)
    context = {
        "form": form,
        "page": page,
        "runs": [(run, find_action(run.action)) for run in page.items],
        "offered": bulk_actions.bulk_actions(signed_in(request)),
    }
    return render(request, "bulk/runs.html", context, status=status)


class ChosenRows(BulkPage):
    """What was chosen in a list of the console, as a list that is about to be read."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Lead to where lists are read: nothing that was chosen stands in an address."""
        return redirect("bulk:runs")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show it where it would have been pasted."""
        text = choosing.chosen_text(request.POST)
        if not text:
            messages.info(request, gettext("Nothing was chosen. Choose rows first, or paste them."))
            return redirect("bulk:runs")
        return runs_page(request, ListForm(person=signed_in(request), initial={"text": text}))


class Template(BulkPage):
    """An empty list for an action: the names of the columns."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        """Send it as a file."""
        if bulk_actions.find_bulk_action(slug, signed_in(request)) is None:
            raise Http404
        return csv_answer(slug, exports.template_columns(slug), [])


# --- One run ---------------------------------------------------------------------------------


class Total(NamedTuple):
    """How many rows are so."""

    state: BulkRowState
    number: int


class RunPage(BulkPage):
    """One run, whatever is next for it."""

    run: BulkRun
    action: Action[Any, Any]
    # Only in these states does what is posted make sense; in all others the page is shown anew.
    needs: ClassVar[frozenset[BulkRunStatus]] = frozenset()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in those who may do its action as well."""
        check_permission(signed_in(request), self.permission)
        self.run = get_object_or_404(BulkRun, pk=kwargs["pk"])
        action = find_action(self.run.action)
        if action is None:
            raise Http404
        self.action = action
        check_permission(signed_in(request), action.permission)
        if request.method == "POST" and self.run.status not in self.needs:
            messages.warning(request, gettext("It is further already. Nothing was done."))
            return self.back()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show it; while it moves, htmx asks for that part alone."""
        running.notice_failure(self.run)
        if wants_fragment(request) and "watch" in request.GET:
            response = render(request, "bulk/_progress.html", self.progress())
            if self.run.status not in MOVING:
                response["HX-Refresh"] = "true"
            return response
        return self.show()

    def back(self) -> HttpResponse:
        """Lead to the page of the run."""
        return redirect(self.run)

    def show(self, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Render the page."""
        beside = {
            Status.DRAFT: self._columns,
            Status.CHECKED: self._checked,
            Status.WAITING: self._waiting,
        }.get(Status(self.run.status), dict)
        entry = running.entry_of(self.run)
        context = {**self.progress(), "entry": entry, **beside(), **context}
        if context["failed"] and self.run.status in undoing.OVER:
            failed = self.run.rows.filter(state__in=failed_states(self.run))
            context["failed_rows"] = failed.order_by("position")[:SHOWN_FAILED]
        return render(self.request, "bulk/run.html", context, status=status)

    def progress(self) -> dict[str, Any]:
        """Give how far it is."""
        counts = counts_of(self.run)
        is_checking = self.run.status == Status.CHECKING
        left_out = () if is_checking else running.NEVER_DONE
        total = sum(number for state, number in counts.items() if state not in left_out)
        still = (State.UNCHECKED,) if is_checking else LEFT
        left = sum(counts.get(state, 0) for state in still)
        rate = running.rate_of(self.run)
        return {
            "run": self.run,
            "action": self.action,
            "is_moving": self.run.status in MOVING,
            "totals": [Total(state, counts[state]) for state in State if counts.get(state)],
            "total": total,
            "has_rows": bool(counts),
            "gone": total - left,
            "not_done": counts.get(State.NOT_DONE, 0),
            "rate": rate,
            "minutes_left": round(left / rate / 60) if rate else None,
            "failed": sum(counts.get(state, 0) for state in failed_states(self.run)),
            "is_mendable": self._is_mendable(),
            **self._undoing(counts.get(State.DONE, 0)),
        }

    def _is_mendable(self) -> bool:
        """Tell whether rows can be mended here: what takes a run back is made by it alone."""
        return self.action.is_bulk and not self.run.undoes_id and self.run.status in MENDED

    def _undoing(self, done: int) -> dict[str, Any]:
        """Give how many rows can be taken back, and the runs that did, or are to."""
        can_be = undoing.can_be_undone(self.run, signed_in(self.request))
        return {"undoable": done if can_be else 0, "taken_back_by": self.run.taken_back_by.all()}

    def _columns(self) -> dict[str, Any]:
        """Give what is chosen before the rows are checked; nothing is of what takes a run back."""
        if self.run.undoes_id:
            return {}
        context: dict[str, Any] = {
            "format_form": FormatForm(self.run),
            "columns_form": ColumnsForm(self.run),
            "same_before": same_before(self.run),
        }
        try:
            with uploads.opened(self.run) as file:
                return context | {"head": head_of(file, self.run)}
        except UnreadableError as error:
            return context | {"trouble": trouble_in_words(error)}

    def _checked(self) -> dict[str, Any]:
        """Give what it comes to, and what has to be said for it to begin."""
        counts = counts_of(self.run)
        repeats = sum(counts.get(state, 0) for state in REPEATS)
        return {
            "sums": told_sums(self.run),
            "ready": counts.get(State.READY, 0),
            "repeats": repeats,
            "faulty": counts.get(State.FAULTY, 0),
            "problems": checking.problems_of(self.run),
            "rows": self.run.rows.exclude(state=State.READY).order_by("position")[:SHOWN_ROWS],
            "may_repeat": self._may_repeat(),
            "confirm": ConfirmForm(has_repeats=self._may_repeat()),
            "same_before": same_before(self.run),
            "needs_second_person": not self.action.is_read
            and confirming.needs_second_person(
                self.run, person=signed_in(self.request), includes_repeats=False
            ),
        }

    def _may_repeat(self) -> bool:
        """Tell whether there are repeated rows that can be done too; nothing is undone twice."""
        is_undo = self.run.undoes_id is not None
        return not is_undo and self.run.rows.filter(state__in=REPEATS).exists()

    def _waiting(self) -> dict[str, Any]:
        """Give what a second person decides by."""
        approval = confirming.approval_of(self.run)
        return {
            **decision_context(approval, signed_in(self.request)),
            "sums": told_sums(self.run),
            "plan": confirming.plan_of(self.run, includes_repeats=self.run.includes_repeats),
            "approval": approval,
        }


class ReadAnew(RunPage):
    """Has the list read in another encoding, or with another separator."""

    needs = frozenset({Status.DRAFT})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Read it, and show its columns."""
        form = FormatForm(self.run, request.POST)
        if not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, format_form=form)
        form.put_into(self.run)
        try:
            read_anew(self.run, self.action)
        except UnreadableError as error:
            messages.warning(request, trouble_in_words(error))
        return self.back()


class CheckRows(RunPage):
    """Has every row checked, with the columns that were chosen."""

    needs = frozenset({Status.DRAFT})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Start it."""
        if not self.run.undoes_id:
            form = ColumnsForm(self.run, request.POST)
            if not form.is_valid():
                return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, columns_form=form)
            choose(self.run, form.chosen)
        running.start_check(self.run, by=signed_in(request))
        return self.back()


class ChooseAnew(RunPage):
    """Goes back to the columns."""

    needs = frozenset({Status.CHECKING, Status.CHECKED})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Forget what was checked."""
        running.forget_check(self.run)
        return self.back()


class Confirm(RunPage):
    """Begins a checked run, or asks a second person first."""

    needs = frozenset({Status.CHECKED})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Begin it, if it is what the person has seen, and nothing is in its way."""
        if self.action.is_read:
            running.begin_look_ups(self.run, by=signed_in(request))
            return self.back()
        form = ConfirmForm(request.POST, has_repeats=self._may_repeat())
        if not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, confirm=form)
        data = form.cleaned_data
        if words := self._why_not(includes_repeats=data.get("includes_repeats", False)):
            messages.warning(request, words)
            return self.back()
        try:
            confirming.confirm(
                self.run,
                person=signed_in(request),
                reason=data["reason"],
                comment=data["comment"],
                includes_repeats=data.get("includes_repeats", False),
            )
        except PermissionDenied as denied:
            messages.warning(request, str(denied))
        return self.back()

    def _why_not(self, *, includes_repeats: bool) -> str:
        """Say why it does not begin, whatever was filled in; nothing where it can."""
        if self.request.POST.get("check_number") != str(self.run.check_number):
            return gettext("The rows were checked anew. Look at them again.")
        if confirming.is_stale(self.run):
            return gettext("It is too long since the rows were checked. Check them anew.")
        return confirming.objection_to(self.run, includes_repeats=includes_repeats)


class DecideOnRun(RunPage):
    """Has a run begin that somebody else asked for, or not."""

    needs = frozenset({Status.WAITING})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Approve, decline or, for one's own, withdraw."""
        approval = confirming.approval_of(self.run)
        form = DecisionForm(request.POST)
        if approval is None:
            return self.back()
        if form.is_valid() and request.POST.get("decision") == "decline":
            form.ask_why()
        if not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, decide=form)
        try:
            self._decide(approval, form.cleaned_data["note"])
        except PermissionDenied as denied:
            messages.warning(request, str(denied))
        except (approvals.TooLate, Refused):
            messages.warning(request, gettext("It is further already. Nothing was done."))
        return self.back()

    def _decide(self, approval: Approval, note: str) -> None:
        person = signed_in(self.request)
        if self.request.POST.get("decision") == "approve":
            check_permission(person, APPROVE)
            confirming.approve(self.run, approval, person=person, note=note)
        else:
            confirming.refuse(self.run, approval, person=person, note=note)


class Steer(RunPage):
    """Pauses a run, lets it go on, or ends it."""

    needs = frozenset({Status.RUNNING, Status.PAUSED, Status.STOPPED})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do what was pressed."""
        person, wish = signed_in(request), request.POST.get("wish")
        try:
            if wish == "pause":
                running.pause(self.run, by=person)
            elif wish == "resume":
                running.resume(self.run, by=person)
            elif wish == "cancel":
                running.cancel(self.run)
        except (PermissionDenied, Refused) as refused:
            messages.warning(request, str(refused))
        return self.back()


class AskAnew(RunPage):
    """Has the rows done once more of which it is known that they were not."""

    needs = frozenset({Status.DONE})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Let the run go on with them."""
        running.ask_anew(self.run, by=signed_in(request))
        return self.back()


class FailedRows(RunPage):
    """The rows of a run that failed, where they can be mended and read again."""

    needs = MENDED
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show them where they would have been pasted."""
        text = choosing.failed_text(self.run)
        if not text:
            words = gettext("These are too many to be mended here. Take the file of them.")
            messages.info(request, words)
            return self.back()
        initial = {"action": self.run.action, "text": text}
        return runs_page(request, ListForm(person=signed_in(request), initial=initial))


class UndoRun(RunPage):
    """Makes the run that takes this one back, and has its rows checked."""

    needs = frozenset(undoing.OVER)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Make it, and lead to it; nothing is sent before it is confirmed."""
        person, reverse = signed_in(request), undoing.opposite_of(self.run)
        if reverse is None:
            raise Http404
        check_permission(person, reverse.permission)
        run = undoing.make_undo(self.run, reverse, by=person)
        running.start_check(run, by=person)
        return redirect(run)


class RowsFile(RunPage):
    """The rows of a run as a file: all with what became of them, or those that failed."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Send it."""
        run, name = self.run, f"{self.run.action}-{self.run.pk}"
        if request.GET.get("rows") == "failed":
            columns, rows = exports.failed_columns(run), exports.failed_rows(run)
            return csv_answer(f"{name}-failed", columns, rows)
        return csv_answer(name, exports.outcome_columns(run), exports.outcome_rows(run))
