"""Pages on which many pairs are decided at once: what that would do, and what became of it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from piggyadmin.accounts.permissions import READ_LEDGER, RUN_IN_BULK, check_permission
from piggyadmin.duplicates.models import DecisionKind, Pair
from piggyadmin.duplicates.review import batch_deciding, batches, decisions
from piggyadmin.duplicates.review.batch_deciding import BulkDecision
from piggyadmin.duplicates.review.batch_operation import DECIDE_ON_PAIRS
from piggyadmin.duplicates.review.batches import ChosenPairs
from piggyadmin.duplicates.review.filters import PAGE, QueueFilter
from piggyadmin.duplicates.review.forms import LONGEST_FILTER, BatchForm
from piggyadmin.duplicates.review.rows import rows_of
from piggyadmin.duplicates.review.views import ReviewPage
from piggyadmin.ledger.models import Entry
from piggyadmin.ui import stored
from piggyadmin.ui.filters import without_place
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.pagination import numbered_page

# What is pressed, and how long that puts a pair off.
_UNTIL = {"tomorrow": decisions.tomorrow, "next-week": decisions.next_week}


class BatchPage(ReviewPage):
    """A page for those who review duplicates, and may do things with many rows."""

    @classmethod
    def allows(cls, person: Any, **_names: Any) -> bool:
        """Tell who may open it: both are needed."""
        return bool(person.has_perms(batches.PERMISSIONS))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let them in, and nobody else."""
        if not self.allows(signed_in(request)):
            check_permission(signed_in(request), RUN_IN_BULK)
        return super().dispatch(request, *args, **kwargs)


class DecideOnMany(BatchPage):
    """What deciding on the chosen pairs, or on all that a filter leaves, would and would not do."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Lead to the queue: nothing that was chosen stands in an address."""
        return redirect("duplicates:queue")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show it, or do it once it was agreed to."""
        if "decision" in request.POST:
            return self._decide()
        kept = QueryDict(request.POST.get("kept", "")[:LONGEST_FILTER])
        try:
            selection = self._selection(kept)
        except stored.NotKept:
            return stored.lead_from_lost(request, reverse("duplicates:queue"))
        if not selection.pairs and not selection.left:
            messages.info(request, gettext("Nothing was chosen. Choose pairs first."))
            return redirect(_queue(kept))
        typed = {"pairs": selection.text, "submission_key": uuid4(), "kept": kept.urlencode()}
        return self._show(selection, BatchForm(initial=typed))

    def _selection(self, kept: QueryDict) -> ChosenPairs:
        person = signed_in(self.request)
        if "all" in self.request.POST:
            form = QueueFilter(stored.parameters(self.request, kept))
            return batches.selected_by(form.query(), person)
        return batches.selected(" ".join(self.request.POST.getlist("pairs")), person)

    def _decide(self) -> HttpResponse:
        form, person = BatchForm(self.request.POST), signed_in(self.request)
        selection = batches.selected(self.request.POST.get("pairs", ""), person)
        if not form.is_valid():
            return self._show(selection, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        data, pressed = form.cleaned_data, self.request.POST["decision"]
        until = _UNTIL[pressed]() if pressed in _UNTIL else None
        wanted = BulkDecision(
            DecisionKind.LATER if until else DecisionKind.DISMISS,
            reason=data["reason"],
            comment=data["comment"],
            until=until,
        )
        try:
            entry = batch_deciding.decide(
                selection.pairs, wanted, person=person, key=data["submission_key"]
            )
        except PermissionDenied as denied:
            messages.warning(self.request, str(denied))
            return redirect(_queue(QueryDict(data["kept"])))
        return redirect("duplicates:batch", entry.submission_key)

    def _show(
        self, selection: ChosenPairs, form: BatchForm, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        surest_first = sorted(selection.pairs, key=lambda pair: -pair.probability)
        context = {
            "form": form,
            "selection": selection,
            "pairs": len(selection.pairs),
            "most": batches.MOST_PAIRS,
            "surest": surest_first[0] if surest_first else None,
            "least_sure": surest_first[-1] if surest_first else None,
            "rows": rows_of(surest_first[:PAGE]),
            "more": len(surest_first[PAGE:]),
            "back": _queue(QueryDict(str(form["kept"].value() or ""))),
        }
        return render(self.request, "duplicates/many.html", context, status=status)


def _queue(kept: QueryDict) -> str:
    """Give the address of the queue with its filter."""
    query = without_place(kept)
    return reverse("duplicates:queue") + (f"?{query}" if query else "")


class BatchDetail(BatchPage):
    """What was decided on many pairs at once, what became of each since, and a way back."""

    other_permissions = (READ_LEDGER,)

    @classmethod
    def allows(cls, person: Any, **_names: Any) -> bool:
        """Tell who may open it: readers of the ledger too."""
        return super().allows(person) or bool(person.has_perm(READ_LEDGER))

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Show it."""
        entry = _entry(key)
        named = [tuple(each.split(" ")[:2]) for each in entry.data["pairs"]]
        page = numbered_page(named, request.GET.get("page"), PAGE)
        may_decide = request.user.has_perms(batches.PERMISSIONS)
        context = {
            "entry": entry,
            "decision": DecisionKind(entry.data["decision"]),
            "page": page,
            "rows": rows_of(_pairs(page.items)),
            "pairs": len(named),
            "undoable": len(batches.still_standing(key)) if may_decide else 0,
            "submission_key": uuid4(),
        }
        return render(request, "duplicates/batch.html", context)

    def post(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take it back."""
        _entry(key)
        person, as_key = signed_in(request), _key_in(request)
        try:
            if as_key is None or not batches.still_standing(key):
                words = gettext("There is nothing to take back any more. Nothing was changed.")
                messages.warning(request, words)
                return redirect("duplicates:batch", key)
            entry = batch_deciding.take_back(key, person=person, as_key=as_key)
        except PermissionDenied as denied:
            messages.warning(request, str(denied))
            return redirect("duplicates:batch", key)
        return redirect("duplicates:batch", entry.submission_key)


def _entry(key: UUID) -> Entry:
    return get_object_or_404(Entry, submission_key=key, action=DECIDE_ON_PAIRS.slug)


def _key_in(request: HttpRequest) -> UUID | None:
    """Read the key of a form; nonsense is none."""
    try:
        return UUID(request.POST.get("submission_key", ""))
    except ValueError:
        return None


def _pairs(named: Any) -> list[Pair]:
    """Give the stored pairs, as far as they still are some."""
    found = Pair.objects.named(named).select_related("cluster")
    by_contacts = {pair.contacts: pair for pair in found}
    return [by_contacts[both] for both in named if both in by_contacts]
