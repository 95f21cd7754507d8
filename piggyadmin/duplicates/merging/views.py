"""Pages on which contacts are merged: a pair, a cluster, and every merge with its report."""

from functools import cached_property
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.forms import HiddenInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts.middleware import take_typed
from piggyadmin.accounts.permissions import READ_LEDGER
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import ActionView
from piggyadmin.duplicates.merging import runs as merging
from piggyadmin.duplicates.merging.actions.merge_duplicates import (
    MergeDuplicates,
    MergeDuplicatesForm,
)
from piggyadmin.duplicates.merging.balances import balances_of
from piggyadmin.duplicates.merging.checks import pair_of
from piggyadmin.duplicates.merging.customer_message import customer_message
from piggyadmin.duplicates.merging.plan import MergePlan
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import MergeRun, MergeStep, Pair, PairStatus
from piggyadmin.duplicates.review import queue
from piggyadmin.duplicates.review.evidence import mirrored
from piggyadmin.duplicates.review.filters import QueueFilter
from piggyadmin.duplicates.review.rows import rows_of
from piggyadmin.duplicates.review.views import ReviewPage, find_cluster, lead_from_lost_cluster
from piggyadmin.ledger import approvals, entries, outcomes, reads
from piggyadmin.ledger.models import FLAGGED, HAPPENED, NOT_HAPPENED, Entry, EntryState
from piggyadmin.ledger.operations import Refused
from piggyadmin.ledger.views import AcknowledgeForm
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.once import nothing_twice
from piggyadmin.ui import stored
from piggyadmin.ui.http import lead_to, signed_in, wants_fragment
from piggyadmin.ui.pagination import numbered_page

MERGES_PER_PAGE = 50


class MergePage(ActionView):
    """The action of merging duplicates, on contacts that the address names.

    What would happen is shown at once; the form is the action's own.
    """

    template_name = "duplicates/merge.html"
    fragment_name = "duplicates/_merge.html"

    @classmethod
    def allows(cls, person: Any, slug: str = MergeDuplicates.slug, **_names: Any) -> bool:
        """Tell who may open it: there is just one action here."""
        return super().allows(person, slug)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """There is just one action here."""
        super().setup(request, *args, slug=MergeDuplicates.slug, **kwargs)

    def uuids(self) -> list[str]:
        """Give the contacts that the address names."""
        raise NotImplementedError

    @nothing_twice()
    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show what a merge would do, with what is usual filled in."""
        form = self.make_form(take_typed(request) or self._named())
        is_valid, _known = gather(form.is_valid, self.look_here)
        if not is_valid:
            return self.show(form)
        shown = [candidate.uuid for candidate in form.cleaned_data["contact_uuids"]]
        reads.log_look_up(signed_in(request), "merge-page", *shown)
        preview = self.action.preview(self.piggy, form.cleaned_data)
        return self.show(form, **self.shown(form, preview))

    def look_here(self) -> None:
        """Read what is known here already, while Piggy is asked."""

    def _named(self) -> QueryDict:
        """Give who survives, as far as the address names somebody."""
        named = QueryDict(mutable=True)
        if survivor := self.request.GET.get("survivor_contact_uuid"):
            named["survivor_contact_uuid"] = survivor
        return named

    def show(self, form: ActionForm | None = None, **context: Any) -> HttpResponse:
        """Render it; a contact that has gone leaves the mirror, and takes its pairs with it."""
        shown = form or self.form
        if isinstance(shown, MergeDuplicatesForm) and shown.gone:
            self.forget(shown.gone)
        waiting = approvals.waiting_about(self.uuids()).values()
        context |= {"here": self.request.path, "approval": next(iter(waiting), None)}
        return super().show(form, **context)

    def forget(self, uuids: list[str]) -> None:
        """Let contacts leave the mirror that are no more."""
        store.forget(uuids)

    def make_form(self, posted: QueryDict | None = None, initial: Any = None) -> ActionForm:
        """Fill in the contacts of the address, which nobody has to see as UUIDs."""
        filled = (posted or QueryDict()).copy()
        filled["contact_uuids"] = " ".join(self.uuids())
        form = super().make_form(filled, initial)
        form.fields["contact_uuids"].widget = HiddenInput()
        form.fields["survivor_contact_uuid"].widget.input_type = "hidden"
        return form

    def show_outcome(self, form: ActionForm, outcome: outcomes.Outcome) -> HttpResponse:
        """Begin the run, and lead to it."""
        if outcome.entry.state not in HAPPENED:
            return super().show_outcome(form, outcome)
        run = merging.begin(outcome.entry)
        return lead_to(self.request, "duplicates:merge", key=run.submission_key)


class PairPage(MergePage):
    """Two contacts side by side: what speaks for one person, and what merging them would do."""

    def uuids(self) -> list[str]:
        """Both."""
        return [self.kwargs["first"], self.kwargs["second"]]

    def look_here(self) -> None:
        """Read what was found about the pair."""
        if not wants_fragment(self.request):
            _ = self.about_the_pair

    def show(self, form: ActionForm | None = None, **context: Any) -> HttpResponse:
        """Add what was found about the pair, which stands above the form."""
        if not wants_fragment(self.request):
            context |= self.about_the_pair
        return super().show(form, **context)

    def forget(self, uuids: list[str]) -> None:
        """Write nothing where the whole page shows that nothing is here of either any more."""
        if wants_fragment(self.request) or self._is_here():
            super().forget(uuids)

    def _is_here(self) -> bool:
        row = self.about_the_pair["row"]
        is_open = row.pair.pk is not None and row.pair.status in Pair.UNDECIDED
        return is_open or bool(row.first or row.second)

    @cached_property
    def about_the_pair(self) -> dict[str, Any]:
        """Hold it for this person, unless somebody else does, which the page says then."""
        pair = pair_of(*self.uuids())
        queue.hold(pair, signed_in(self.request))
        row = rows_of([pair])[0]
        run = merging.of_pair(pair)
        place = self._place_in_queue(pair)
        return {
            "pair": pair,
            "row": row,
            "evidence": row.evidence,
            "merge_run": run,
            "place": place,
        }

    def _place_in_queue(self, pair: Pair) -> queue.QueuePlace | None:
        """Find where it is in the queue from which somebody has come, by the filter kept for it."""
        try:
            query = stored.parameters(self.request)
        except stored.NotKept:
            return None
        return queue.place_of(pair, QueueFilter(query)) if pair.pk else None


class LostCluster(Exception):  # noqa: N818  (nothing is broken)
    """The cluster that an address names has fallen apart."""


class ClusterMergePage(MergePage):
    """All contacts of a cluster, merged in one go; `without` leaves some of them out."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say what became of a cluster that fell apart while somebody looked at it."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except LostCluster:
            return lead_from_lost_cluster(request)

    def uuids(self) -> list[str]:
        """Everyone who is still in it."""
        cluster = find_cluster(self.kwargs["pk"])
        if cluster is None:
            raise LostCluster
        pairs = cluster.pairs.exclude(status__in=(PairStatus.MERGED, PairStatus.GONE))
        inside = {uuid for pair in pairs for uuid in (pair.first, pair.second)}
        left_out = set(self.request.GET.getlist("without"))
        return sorted(inside - left_out)

    def show(self, form: ActionForm | None = None, **context: Any) -> HttpResponse:
        """Stay at the same address, which says who is left out."""
        return super().show(form, cluster=self.kwargs["pk"], **context)


# --- Merges ----------------------------------------------------------------------------------


class Story(NamedTuple):
    """What became of one step, for people."""

    step: MergeStep
    entry: Entry | None
    tone: str
    words: str
    whose: str


class MergeList(ReviewPage):
    """Every merge, the newest first."""

    other_permissions = (READ_LEDGER,)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of them."""
        page = numbered_page(MergeRun.objects.all(), request.GET.get("page"), MERGES_PER_PAGE)
        known = mirrored(run.survivor for run in page.items)
        runs = [(run, known.get(run.survivor)) for run in page.items]
        return render(request, "duplicates/merges.html", {"page": page, "runs": runs})


class MergeReport(ReviewPage):
    """One merge: how far it is, and in the end its report."""

    other_permissions: ClassVar[tuple[str, ...]] = (READ_LEDGER,)

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Show it; while it is under way, htmx asks for its progress alone."""
        run = find_run(key)
        if wants_fragment(request) and "watch" in request.GET:
            response = render(request, "duplicates/_merge_progress.html", progress_context(run))
            if run.status != MergeRun.Status.RUNNING:
                response["HX-Refresh"] = "true"
            return response
        return self.show(run)

    def show(self, run: MergeRun, settle: AcknowledgeForm | None = None) -> HttpResponse:
        """Render the whole page."""
        context = progress_context(run)
        plan, balances = context["plan"], balances_of(run)
        language = self.request.GET.get("letter", "")
        context |= {
            "balances": balances,
            "settle": settle or AcknowledgeForm(),
            "can_settle": get_action(MergeDuplicates.slug).is_allowed_for(self.request.user),
            "letter": customer_message(plan, balances, language=language)
            if balances.after
            else None,
            "approval": entries.approval_of(context["entry"]),
        }
        return render(self.request, "duplicates/merge_report.html", context)


class Settle(MergeReport):
    """Let a stopped merge go on, or give it up."""

    permission = get_action(MergeDuplicates.slug).permission
    other_permissions: ClassVar[tuple[str, ...]] = ()

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:  # noqa: ARG002
        """The form is on the merge's own page."""
        return redirect("duplicates:merge", key=key)

    def post(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Do what was pressed, with what the person says."""
        run, form = find_run(key), AcknowledgeForm(request.POST)
        if not form.is_valid():
            return self.show(run, settle=form)
        settle = merging.abandon if request.POST.get("decision") == "abandon" else merging.resume
        try:
            settle(run, person=signed_in(request), comment=form.cleaned_data["comment"])
        except Refused as refused:
            messages.warning(request, refused.words)
        return redirect("duplicates:merge", key=key)


def find_run(key: UUID) -> MergeRun:
    """Find a run by its key; one that was asked for and has not begun yet begins now.

    Raises:
        Http404: nobody asked for such a merge, or it was not done.
    """
    run = MergeRun.objects.filter(submission_key=key).first()
    if run:
        return run
    entry = get_object_or_404(Entry, submission_key=key, action=MergeDuplicates.slug)
    if entry.state not in HAPPENED:
        raise Http404
    return merging.begin(entry)


def progress_context(run: MergeRun) -> dict[str, Any]:
    """Give what is needed to show how far a run is."""
    plan = merging.plan_of(run)
    return {
        "run": run,
        "plan": plan,
        "progress": merging.progress_of(run),
        "stories": stories_of(run, plan),
        "entry": merging.entry_of_run(run),
    }


def stories_of(run: MergeRun, plan: MergePlan) -> list[Story]:
    """Tell what became of each step."""
    names = {candidate.uuid: candidate.name for candidate in plan.candidates}
    return [_story(run, step, names) for step in run.steps.all()]


def _story(run: MergeRun, step: MergeStep, names: dict[str, str]) -> Story:
    entry = merging.entry_of(step)
    tone, words = _what_became_of(run, step, entry)
    return Story(step, entry, tone, words, names.get(step.source, step.source))


def _what_became_of(run: MergeRun, step: MergeStep, entry: Entry | None) -> tuple[str, str]:
    if step.is_done:
        return "success", gettext("Done, and checked") if entry else gettext(
            "Nothing had to be written"
        )
    if entry is None:
        is_running = run.status == MergeRun.Status.RUNNING
        return "neutral", gettext("To be done") if is_running else gettext("Not begun")
    state, followed = entry.state, entry.follow_up
    if followed and followed.kind == FLAGGED:
        return "warning", gettext("Not as expected")
    if state in NOT_HAPPENED:
        return "danger", gettext("Not done, nothing changed")
    if state == EntryState.UNKNOWN:
        return "warning", gettext("Not known yet whether Piggy did it")
    return "info", gettext("Piggy is at it")
