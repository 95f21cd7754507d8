"""Pages on which many certain pairs are looked through, and merged after one yes."""

from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import APPROVE, RUN_IN_BULK, check_permission
from piggyadmin.actions.approval_views import DecisionForm, decision_context
from piggyadmin.duplicates.certain import checking, confirming, running
from piggyadmin.duplicates.certain.forms import ConfirmPairsForm, RunForm, read_numbers
from piggyadmin.duplicates.certain.listing import listed
from piggyadmin.duplicates.certain.operations import MERGE_CERTAIN
from piggyadmin.duplicates.certain.rules import LEAST, find_rule
from piggyadmin.duplicates.models import (
    CertainPair,
    CertainPairState,
    CertainRun,
    CertainRunStatus,
    Pair,
    PairStatus,
)
from piggyadmin.ledger import approvals
from piggyadmin.ledger.operations import Refused
from piggyadmin.ui.http import signed_in, wants_fragment
from piggyadmin.ui.pagination import numbered_page

RUNS_PER_PAGE = 25
# So many pairs stand on a screen.
SCREEN = 25
Status, State = CertainRunStatus, CertainPairState
# While it is so, the page asks again by itself.
MOVING = {Status.CHECKING, Status.RUNNING}


class CertainPage(PermittedView):
    """A page for those who may merge, and may do things with many rows."""

    permission = MERGE_CERTAIN.permission

    @classmethod
    def allows(cls, person: Any, **_names: Any) -> bool:
        """Tell who may open it: both are needed."""
        return bool(person.has_perms(running.PERMISSIONS))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let them in, and nobody else."""
        check_permission(signed_in(request), RUN_IN_BULK)
        return super().dispatch(request, *args, **kwargs)


class CertainRuns(CertainPage):
    """The rules, how often each was right, and all runs."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show them."""
        return self.show(RunForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have the pairs chosen and checked, and lead to them."""
        if request.POST.get("step") == "among":
            return self._choose_among(request)
        form = RunForm(request.POST)
        if not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        person, among = signed_in(request), form.chosen_pairs
        return redirect(running.start_check(form.chosen, by=person, among=among))

    def _choose_among(self, request: HttpRequest) -> HttpResponse:
        """Ask for the rule, where pairs were chosen in the queue."""
        numbers = read_numbers(" ".join(request.POST.getlist("pairs")))
        if not numbers:
            messages.info(request, gettext("Nothing was chosen. Choose pairs first."))
            return redirect("duplicates:queue")
        return self.show(RunForm(initial={"among": " ".join(map(str, numbers))}))

    def show(self, form: RunForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Render it."""
        sure = Pair.objects.filter(status=PairStatus.OPEN, probability__gte=LEAST)
        runs = CertainRun.objects.all()
        context = {
            "form": form,
            "page": numbered_page(runs, self.request.GET.get("page"), RUNS_PER_PAGE),
            "among": len(read_numbers(str(form["among"].value() or ""))),
            "least": LEAST,
            "most": checking.MOST_PAIRS,
            "sure": checking.candidates().count(),
            "clustered": sure.exclude(cluster=None).count(),
        }
        return render(self.request, "duplicates/certain.html", context, status=status)


# --- One run ---------------------------------------------------------------------------------


class CertainRunPage(CertainPage):
    """One run, whatever is next for it; what is posted says which step it is."""

    @cached_property
    def run(self) -> CertainRun:
        """The run that the address names."""
        return get_object_or_404(CertainRun, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show it; while it moves, htmx asks for that part alone."""
        if self.run.status in {Status.STOPPED, Status.CANCELLED}:
            running.note_ends(self.run)
        if wants_fragment(request) and "watch" in request.GET:
            response = render(request, "duplicates/_certain_progress.html", self.progress())
            if self.run.status not in MOVING:
                response["HX-Refresh"] = "true"
            return response
        return self.show()

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Take a step, where it makes sense now; else the page is shown anew."""
        step = request.POST.get("step", "")
        needs, take = self.steps.get(step, (frozenset(), None))
        is_others = step in self.owners_steps and not self.is_own
        if take is None or self.run.status not in needs or is_others:
            messages.warning(request, gettext("It is further already. Nothing was done."))
            return redirect(self.run)
        try:
            return take(self)
        except (approvals.TooLate, Refused):
            messages.warning(request, gettext("It is further already. Nothing was done."))
        except PermissionDenied as denied:
            messages.warning(request, str(denied))
        return redirect(self.run)

    @property
    def is_own(self) -> bool:
        """Whether it is this person who looks the pairs through; by itself, nobody does."""
        return not self.run.standing_id and bool(self.run.person_id == signed_in(self.request).pk)

    # --- steps

    def _keep_ticks(self, rows: Any) -> None:
        """Keep which of the pairs on a screen were left ticked; all of them were seen."""
        ticked = {int(pk) for pk in self.request.POST.getlist("pair") if pk.isdecimal()}
        pks = {row.pk for row in rows}
        CertainPair.objects.filter(pk__in=pks & ticked).update(is_seen=True, is_wanted=True)
        CertainPair.objects.filter(pk__in=pks - ticked).update(is_seen=True, is_wanted=False)

    def take_sample(self) -> HttpResponse:
        """Somebody has looked at the sample."""
        self._keep_ticks(self._sample())
        CertainRun.objects.filter(pk=self.run.pk).update(is_sampled=True)
        return redirect(self.run)

    def take_screen(self) -> HttpResponse:
        """Somebody has looked at a screen of pairs."""
        page = numbered_page(self._further(), self.request.POST.get("page"), SCREEN)
        self._keep_ticks(page.items)
        if "stop_here" in self.request.POST or not page.has_more:
            return redirect(f"{self.run.get_absolute_url()}?confirm")
        return redirect(f"{self.run.get_absolute_url()}?page={page.page + 1}")

    def take_yes(self) -> HttpResponse:
        """Begin it, or ask a second person first, if it is what the person has seen."""
        plan = confirming.plan_of(self.run)
        form = ConfirmPairsForm(self.request.POST, pairs=plan.pairs)
        if not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, confirm=form)
        if form.cleaned_data["digest"] != plan.digest:
            words = gettext("Other pairs are ticked by now. Look at them again. Nothing was sent.")
            messages.warning(self.request, words)
        elif confirming.is_stale(self.run):
            words = gettext("It is too long since the pairs were checked. Begin anew.")
            messages.warning(self.request, words)
        else:
            why = {name: form.cleaned_data[name] for name in ("reason", "comment")}
            confirming.confirm(self.run, person=signed_in(self.request), **why)
        return redirect(self.run)

    def take_decision(self) -> HttpResponse:
        """A second person approves or declines; one's own is withdrawn."""
        approval, person = confirming.approval_of(self.run), signed_in(self.request)
        form = DecisionForm(self.request.POST)
        is_approved = self.request.POST.get("decision") == "approve"
        if form.is_valid() and not is_approved and not self._is_asker():
            form.ask_why()
        if approval is None or not form.is_valid():
            return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, decide=form)
        note = form.cleaned_data["note"]
        if is_approved:
            check_permission(person, APPROVE)
            confirming.approve(self.run, approval, person=person, note=note)
        else:
            confirming.refuse(self.run, approval, person=person, note=note)
        return redirect(self.run)

    def take_up(self) -> HttpResponse:
        """Let a stopped run go on."""
        running.resume(self.run, by=signed_in(self.request))
        return redirect(self.run)

    def take_back(self) -> HttpResponse:
        """End it before its end."""
        running.cancel(self.run, by=signed_in(self.request))
        return redirect(self.run)

    steps: ClassVar[
        dict[str, tuple[frozenset[CertainRunStatus], Callable[["CertainRunPage"], HttpResponse]]]
    ] = {
        "sample": (frozenset({Status.CHECKED}), take_sample),
        "screen": (frozenset({Status.CHECKED}), take_screen),
        "confirm": (frozenset({Status.CHECKED}), take_yes),
        "decide": (frozenset({Status.WAITING}), take_decision),
        "resume": (frozenset({Status.STOPPED}), take_up),
        "cancel": (
            frozenset({Status.CHECKING, Status.CHECKED, Status.RUNNING, Status.STOPPED}),
            take_back,
        ),
    }
    # Who looks the pairs through does so to the end.
    owners_steps: ClassVar[frozenset[str]] = frozenset({"sample", "screen", "confirm"})

    # --- what is shown

    def _ready(self) -> Any:
        return self.run.pairs.filter(state=State.READY).select_related("run")

    def _sample(self) -> Any:
        return self._ready().filter(is_sample=True)

    def _further(self) -> Any:
        return self._ready().filter(is_sample=False)

    def show(self, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """Render the page."""
        beside = {
            Status.CHECKING: dict,
            Status.CHECKED: self._to_look_through,
            Status.WAITING: self._waiting,
        }.get(Status(self.run.status), self._outcome)
        context = {**self.progress(), **beside(), **context}
        context["part"] = "confirm" if "confirm" in context else context.get("part", "")
        return render(self.request, "duplicates/certain_run.html", context, status=status)

    def progress(self) -> dict[str, Any]:
        """Give how far it is."""
        counts = {
            state: self.run.pairs.filter(state=state).count()
            for state in (State.UNCHECKED, State.MERGED, State.LEFT_OUT)
        }
        wanted, total = running.wanted_of(self.run).count(), self.run.pairs.count()
        is_checking = self.run.status == Status.CHECKING
        return {
            "run": self.run,
            "rule": find_rule(self.run.rule),
            "entry": running.entry_of(self.run),
            "is_own": self.is_own,
            "is_moving": self.run.status in MOVING,
            "found": total,
            "total": total if is_checking else wanted,
            "gone": total - counts[State.UNCHECKED] if is_checking else counts[State.MERGED],
            "merged": counts[State.MERGED],
            "left_out": counts[State.LEFT_OUT],
        }

    def _to_look_through(self) -> dict[str, Any]:
        """Give the sample first, then a screen of pairs, then what is to be confirmed."""
        ready = self._ready().count()
        if not ready:
            return {"part": "nothing", "reasons": self._reasons()}
        if not self.run.is_sampled:
            return {"part": "sample", "rows": listed(self._sample()), "ready": ready}
        if "confirm" in self.request.GET or not self._further().exists():
            return self._to_confirm()
        page = numbered_page(self._further(), self.request.GET.get("page"), SCREEN)
        return {"part": "screen", "page": page, "rows": listed(page.items), "ready": ready}

    def _to_confirm(self) -> dict[str, Any]:
        """Give how many pairs were seen and left ticked, and what has to be said to begin."""
        plan = confirming.plan_of(self.run)
        return {
            "part": "confirm",
            "plan": plan,
            "confirm": ConfirmPairsForm(pairs=plan.pairs, initial={"digest": plan.digest}),
            "unseen": self._ready().filter(is_seen=False).count(),
            "unticked": self._ready().filter(is_seen=True, is_wanted=False).count(),
            "doubted": self._sample().filter(is_wanted=False).count(),
            "needs_second_person": confirming.needs_second_person(self.run),
        }

    def _reasons(self) -> list[str]:
        """Say why pairs were left out, each reason once."""
        left_out = self.run.pairs.filter(state=State.LEFT_OUT).order_by()
        return list(left_out.values_list("words", flat=True).distinct()[:SCREEN])

    def _is_asker(self) -> bool:
        approval = confirming.approval_of(self.run)
        return approval is not None and approval.asked_by_id == signed_in(self.request).pk

    def _waiting(self) -> dict[str, Any]:
        """Give what a second person decides by."""
        approval = confirming.approval_of(self.run)
        return {
            **self._outcome(),
            **decision_context(approval, signed_in(self.request)),
            "plan": confirming.plan_of(self.run),
        }

    def _outcome(self) -> dict[str, Any]:
        """Give the pairs that were agreed to, with what became of each."""
        wanted = running.wanted_of(self.run).select_related("run")
        page = numbered_page(wanted, self.request.GET.get("page"), SCREEN)
        return {"part": "outcome", "page": page, "rows": listed(page.items)}
