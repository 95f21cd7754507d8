"""Pages of the queue: the list, the next pair, deciding, and a cluster."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import READ_LEDGER, REVIEW_DUPLICATES
from piggyadmin.contacts.page_views import OfOneContact
from piggyadmin.duplicates.models import Cluster, Decision, MirroredContact, Pair, PairStatus
from piggyadmin.duplicates.review import decisions, queue
from piggyadmin.duplicates.review.decisions import Overtaken
from piggyadmin.duplicates.review.filters import QueueFilter, place
from piggyadmin.duplicates.review.forms import (
    LONGEST_COMMENT,
    LONGEST_FILTER,
    CompareForm,
    PairDecisionForm,
)
from piggyadmin.duplicates.review.rows import cluster_rows, rows_of, with_decisions
from piggyadmin.duplicates.review.statistics import agreement, charts, last_months
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui import stored
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import (
    FilteredList,
    FilteredView,
    without_place,
)
from piggyadmin.ui.http import lead_to, signed_in
from piggyadmin.ui.links import may_open
from piggyadmin.ui.pagination import numbered_page


class ReviewPage(PermittedView):
    """A page for those who review duplicates."""

    permission = REVIEW_DUPLICATES


# --- The queue -------------------------------------------------------------------------------


class QueuePage(ReviewPage, FilteredList):
    """Pairs that may be one person, the surest with the most at stake first."""

    filter_class = QueueFilter
    list_name = "duplicates:queue"
    file_name = "duplicates:csv"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        waiting = queue.waiting(signed_in(request))
        is_first = "after" not in request.GET
        form = QueueFilter(self.query)
        pairs, has_more = form.page(place(request.GET))
        rows = rows_of(pairs)
        # What nobody has decided on yet has no story.
        if form.status_shown != PairStatus.OPEN:
            rows = with_decisions(rows)
        context = {
            "form": form,
            "words": form.words(),
            "rows": rows,
            "last": pairs[-1] if has_more else None,
            "is_first": is_first,
            "kept": without_place(request.GET),
            **_places(pairs, form, waiting, is_first=is_first),
            "is_choosing": form.status_shown in Pair.UNDECIDED and _may_choose(request),
            "waiting": waiting,
            "most_counted": queue.MOST_COUNTED,
            "emptiness": "" if pairs else _emptiness(form),
        }
        return render(request, "duplicates/queue.html", context)


def _places(
    pairs: Sequence[Pair], form: QueueFilter, waiting: int, *, is_first: bool
) -> dict[str, Any]:
    """Give where in the list a page of pairs is; nothing where there are too many to count."""
    if not pairs:
        return {"place": None}
    if not is_first:
        first = queue.place_of(pairs[0], form)
    elif form.is_narrowed or waiting >= queue.MOST_COUNTED:
        first = queue.first_place(form)
    else:
        first = queue.QueuePlace(1, waiting)
    return {"place": first, "last_place": first and first.place + len(pairs) - 1}


def _may_choose(request: HttpRequest) -> bool:
    """Tell whether somebody may decide on many pairs at once, or merge the certain ones of them."""
    return may_open(signed_in(request), reverse("duplicates:many"))


def _emptiness(form: QueueFilter) -> str:
    """Tell why there is nothing: which of the texts of the empty queue to show."""
    if form.is_narrowed:
        return "filtered"
    if not MirroredContact.objects.exists():
        return "unread"
    if MirroredContact.objects.filter(is_compared=False).exists():
        return "uncompared"
    return "done"


class Next(ReviewPage, FilteredView):
    """Leads to the next pair that nobody else looks at."""

    filter_class = QueueFilter
    list_name = "duplicates:queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Hold it, and go there."""
        return go_on(request, request.GET, place(request.GET))


def go_on(request: HttpRequest, query: QueryDict, after: Pair | None) -> HttpResponse:
    """Go to the next pair with the same filter, or back to the queue after the last one."""
    kept = without_place(query)
    try:
        form = QueueFilter(stored.parameters(request, query))
    except stored.NotKept:
        return stored.lead_from_lost(request, reverse("duplicates:queue"))
    if pair := queue.next_pair(signed_in(request), form, after):
        return redirect(_with(pair.get_absolute_url(), kept))
    messages.info(request, gettext("There is no other pair here to look at now."))
    return redirect(_with(reverse("duplicates:queue"), kept))


def _with(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


# --- Deciding --------------------------------------------------------------------------------


class PairView(ReviewPage):
    """Something about one stored pair."""

    http_method_names = ["post"]
    pair: Pair

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Put the two in their order."""
        super().setup(request, *args, **kwargs)
        self.contacts = sorted((kwargs["first"], kwargs["second"]))

    def find(self) -> Pair | None:
        """Find the pair; None where it is not stored (any more)."""
        first, second = self.contacts
        return Pair.objects.filter(first=first, second=second).first()


class DecidePair(PairView):
    """Takes a person's word on a pair, and goes on to the next one."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Keep it, unless it cannot be taken: then nothing that was typed is lost."""
        pair, form = self.find(), PairDecisionForm(request.POST)
        if pair is None:
            return self._nothing_to_decide(request.POST)
        if not form.is_valid():
            context = {"pair": pair, "decide_form": form, "rows": rows_of([pair])}
            return render(request, "duplicates/decide.html", context)
        kept = QueryDict(form.cleaned_data["kept"])
        try:
            words = self._decide(pair, form)
        except Overtaken as overtaken:
            words = _with_comment(overtaken.words, form.cleaned_data["comment"])
            messages.warning(request, words)
            return redirect(_with(pair.get_absolute_url(), kept.urlencode()))
        if words:
            messages.success(request, words)
        if request.POST.get("decision") == "reopen":
            return redirect(_with(pair.get_absolute_url(), kept.urlencode()))
        return go_on(request, kept, pair)

    def _nothing_to_decide(self, posted: QueryDict) -> HttpResponse:
        """Say that a search has found the two not to be a pair since, and go on."""
        comment = posted.get("comment", "").strip()[:LONGEST_COMMENT]
        messages.warning(self.request, _with_comment(decisions.NO_PAIR, comment))
        return go_on(self.request, QueryDict(posted.get("kept", "")[:LONGEST_FILTER]), None)

    def _decide(self, pair: Pair, form: PairDecisionForm) -> str:
        """Do what was pressed, and say it."""
        person, comment = signed_in(self.request), form.cleaned_data["comment"]
        decision = self.request.POST.get("decision")
        if decision == "reopen":
            decisions.reopen(pair, person, comment=comment)
            return gettext("Open again.")
        if decision == "dismiss":
            shown = decisions.as_seen(pair, form.cleaned_data["seen"])
            decisions.dismiss(shown, person, comment=comment)
            return gettext(
                "Not a duplicate. Nothing changes at Piggy; the pair only comes back if its data "
                "change."
            )
        if decision in _UNTIL:
            shown = decisions.as_seen(pair, form.cleaned_data["seen"])
            until, words = _UNTIL[decision]
            decisions.put_off(shown, person, until=until(), comment=comment)
            return str(words)
        queue.release(pair, person)
        return ""


_UNTIL = {
    "tomorrow": (decisions.tomorrow, _("Put off until tomorrow.")),
    "next-week": (decisions.next_week, _("Put off until next week.")),
}


def _with_comment(words: Any, comment: str) -> str:
    """Give a comment back that could not be kept."""
    if not comment:
        return str(words)
    return gettext("%(words)s Your comment was: “%(comment)s”") % {
        "words": words,
        "comment": comment,
    }


class Undo(ReviewPage):
    """Takes back what a person has just decided."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, and show the pair again."""
        try:
            pair = decisions.undo(signed_in(request))
        except Overtaken as overtaken:
            messages.warning(request, str(overtaken.words))
            return redirect("duplicates:queue")
        messages.success(request, gettext("Taken back. The pair is open again."))
        kept = QueryDict(request.POST.get("kept", "")[:LONGEST_FILTER])
        return redirect(_with(pair.get_absolute_url(), without_place(kept)))


class Hold(PairView):
    """Goes on holding a pair while its page is open."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Renew, and say who holds it where that is somebody else."""
        pair = self.find()
        if pair is None or queue.hold(pair, signed_in(request)):
            return HttpResponse(status=204)
        return render(request, "duplicates/_holder.html", {"pair": pair})


class Release(PairView):
    """Lets go of a pair whose page is being left."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Let go; nobody waits for the answer."""
        if pair := self.find():
            queue.release(pair, signed_in(request))
        return HttpResponse(status=204)


# --- Clusters --------------------------------------------------------------------------------


class ClusterPage(ReviewPage):
    """All contacts that hang together, and how surely each with each."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show them."""
        cluster = find_cluster(pk)
        if cluster is None:
            return lead_from_lost_cluster(request)
        return render(request, "duplicates/cluster.html", {"shown": cluster_rows(cluster)})


def find_cluster(pk: int) -> Cluster | None:
    """Find a cluster; None where it has fallen apart, or has never been."""
    return Cluster.objects.filter(pk=pk).first()


def lead_from_lost_cluster(request: HttpRequest) -> HttpResponse:
    """Lead to the queue, and say what became of a cluster that a page or a link still names."""
    words = gettext(
        "These customers do not hang together any more: one of their pairs was decided on, or some "
        "of them were merged or deleted. Nothing was changed now; what is left of them is here."
    )
    messages.info(request, words)
    return lead_to(request, "duplicates:queue")


# --- Decisions -------------------------------------------------------------------------------


class DecisionList(ReviewPage, OfOneContact):
    """What was decided about pairs, by whom and why, the newest first."""

    other_permissions = (READ_LEDGER,)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of it, or what concerns one contact."""
        decisions_made = Decision.objects.all()
        contact_uuid = uuid_in_small(request.GET.get("contact_uuid", ""))
        if contact_uuid:
            decisions_made = decisions_made.filter(Q(first=contact_uuid) | Q(second=contact_uuid))
        page = numbered_page(decisions_made, request.GET.get("page"))
        context = {"page": page, "contact_uuid": contact_uuid}
        return render(request, "duplicates/decisions.html", context)


# --- Figures ---------------------------------------------------------------------------------


class FiguresPage(ReviewPage):
    """What came of looking for duplicates, month by month."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the figures, drawn and as tables."""
        months = last_months()
        context = {"months": months, "charts": charts(months), "bands": agreement()}
        return render(request, "duplicates/figures.html", context)


# --- From a contact's page -------------------------------------------------------------------


class Compare(ReviewPage):
    """Any two contacts, whatever one has of them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for them."""
        return self._show(CompareForm(initial=request.GET.dict(), piggy=piggy_client()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Find them, and show them side by side."""
        form = CompareForm(request.POST, piggy=piggy_client())
        try:
            if not form.is_valid():
                return self._show(form)
        except PiggyError as error:
            return self._show(form, error)
        uuids = sorted(form.cleaned_data[name].uuid for name in ("first", "second"))
        return redirect("duplicates:pair", *uuids)

    def _show(self, form: CompareForm, error: PiggyError | None = None) -> HttpResponse:
        return render(self.request, "duplicates/compare.html", {"form": form, "error": error})
