"""Pages of the ledger: the list, everything as CSV, one entry's whole story, and settling it."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import READ_LEDGER, VIEW_REQUESTS, check_permission
from piggyadmin.ledger import entries, exports, following, reconciliation, snapshots
from piggyadmin.ledger.facts import KeptFact, facts
from piggyadmin.ledger.filters import Cursor, LedgerFilter, LookUpFilter, leading, page
from piggyadmin.ledger.models import (
    OPEN,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    PersonLookUp,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import Operation, Words, find_operation
from piggyadmin.ledger.reads import place_of
from piggyadmin.ledger.rows import described
from piggyadmin.ledger.subjects import directory
from piggyadmin.piggy.client import piggy_client
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.ui.filters import FilteredFile, FilteredList, without_place
from piggyadmin.ui.forms import CleanTextField
from piggyadmin.ui.http import SignedInRequest, signed_in
from piggyadmin.ui.spreadsheet import csv_answer

# Calls to Piggy that an entry's page shows; its link leads to all of them.
MOST_CALLS = 20
# So many steps are shown on the page of the whole.
MOST_STEPS = 50
LOOK_UPS_PER_PAGE = 100


class LedgerView(PermittedView):
    """A page for those who may read the whole ledger."""

    permission = READ_LEDGER


class LedgerList(LedgerView, FilteredList):
    """What was asked of Piggy and what became of it, newest first."""

    filter_class = LedgerFilter
    list_name = "ledger:list"
    file_name = "ledger:csv"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = LedgerFilter(self.query)
        rows, following = page(form.rows(), Cursor.read(request.GET.get("after", "")))
        context = {
            "form": form,
            "words": form.words(),
            "departed": form.departed,
            "rows": described(rows),
            "following": following,
            "is_first": "after" not in request.GET,
            "kept": without_place(request.GET),
        }
        return render(request, "ledger/list.html", context)


class ContactInLedger(LedgerView):
    """A contact by what was asked about it here: nobody at Piggy is asked."""

    def get(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Show the newest entries, and lead to all that is known of the contact."""
        concerned = Subject.objects.filter(contact_uuid=contact_uuid).values("entry_id")
        rows = leading(lambda statuses: statuses.filter(entry_id__in=concerned))
        found, following = page(rows, None)
        context = {
            "contact_uuid": contact_uuid,
            "departed": directory().departures(contact_uuid),
            "rows": described(found),
            "has_more": following is not None,
        }
        return render(request, "ledger/contact.html", context)


class LookUpList(LedgerView, FilteredList):
    """Who looked at which contact, the newest first."""

    filter_class = LookUpFilter
    list_name = "ledger:look-ups"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = LookUpFilter(self.query)
        found = list(form.query()[: LOOK_UPS_PER_PAGE + 1])
        shown_now = found[:LOOK_UPS_PER_PAGE]
        context = {
            "form": form,
            "words": form.words(),
            "rows": _with_names(shown_now),
            "following": shown_now[-1].pk if len(found) > LOOK_UPS_PER_PAGE else None,
            "is_first": "after" not in request.GET,
            "kept": without_place(request.GET),
        }
        return render(request, "ledger/look_ups.html", context)


def _with_names(rows: list[PersonLookUp]) -> list[tuple[PersonLookUp, Words, str]]:
    """Give each look-up with where it was, and what the customer is called, as far as is known."""
    names = directory().names({row.contact_uuid for row in rows})
    return [(row, place_of(row.action), names.get(row.contact_uuid, "")) for row in rows]


class LedgerCsv(LedgerView, FilteredFile):
    """Everything that the filter leaves, as a file, sent while it is read."""

    filter_class = LedgerFilter
    list_name = "ledger:list"

    def file(self, form: LedgerFilter) -> StreamingHttpResponse:
        """Stream it."""
        return csv_answer(
            "ledger", exports.COLUMNS, exports.lines(form.query(), get_language() or "")
        )


# --- One entry -------------------------------------------------------------------------------


class DecideForm(forms.Form):
    """A person's word on what became of something."""

    template_name = "ui/form.html"

    is_done = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("yes", _("It was done")), ("no", _("It was not done"))],
        widget=forms.RadioSelect,
    )
    why = CleanTextField(
        label=_("How you know"),
        max_length=1000,
        help_text=_("What you looked at, and whom you asked. It is kept with your name."),
    )


class AcknowledgeForm(forms.Form):
    """What a person says of a surprise."""

    template_name = "ui/form.html"

    comment = CleanTextField(
        label=_("What you found"),
        max_length=1000,
        help_text=_("What you looked at, and what you did about it. It is kept with your name."),
    )


class EntryView(View):
    """Something about one entry, for those who may see it."""

    request: SignedInRequest
    entry: Entry
    must_be_able: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the entry; its own person, those of its action and those of the ledger see it."""
        entries = Entry.objects.select_related("status").prefetch_related("events", "snapshots")
        self.entry = get_object_or_404(entries, submission_key=kwargs["key"])
        person = signed_in(request)
        self.action = find_operation(self.entry.action)
        can = self.action is not None and self.action.is_allowed_for(person)
        if self.must_be_able or not (can or self.entry.person_id == person.pk):
            permission = READ_LEDGER
            if self.must_be_able and self.action:
                permission = self.action.permission
            check_permission(person, permission)
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> HttpResponse:
        """Go to the entry's page."""
        return redirect("ledger:entry", key=self.entry.submission_key)


class EntryPage(EntryView):
    """The whole story of one entry."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        return self.show()

    def show(
        self, *, decide: DecideForm | None = None, acknowledge: AcknowledgeForm | None = None
    ) -> HttpResponse:
        """Render it, with a form to decide or to acknowledge where needed and allowed."""
        entry, action, person = self.entry, self.action, signed_in(self.request)
        can = action is not None and action.is_allowed_for(person)
        events = list(entry.events.all())
        calls = LoggedCall.objects.filter(entry_id=entry.pk).order_by("pk")
        row = described([entry.status])[0]
        context = {
            "entry": entry,
            "action": action,
            "state": entry.state,
            "approval": entries.approval_of(entry),
            "calls": calls[:MOST_CALLS] if person.has_perm(VIEW_REQUESTS) else (),
            "is_under_way": entry.state in OPEN or entry.status.is_followed,
            "events": [_told(event) for event in events],
            "data": facts(snapshots.data_of(entry), action),
            "preview": facts(entry.preview or {}),
            "row": row,
            "steps": described(_steps_of(entry)),
            "more_steps": max(0, row.steps - MOST_STEPS),
            "snapshots": _visible_snapshots(entry, person, dict(row.customers)),
            "finding": reconciliation.last_finding(entry),
            "decide": decide or DecideForm(),
            "acknowledge": acknowledge or AcknowledgeForm(),
            "can_acknowledge": can and entry.status.is_flagged,
            "can_settle": can and entry.state == EntryState.UNKNOWN,
            "can_repeat": can and entry.state == EntryState.SETTLED_NOT_DONE,
            "was_inferred": entries.was_inferred(entry) and _is_deduplicated(action),
            "page": action.page_of(entry) if action else "",
            "parts": action.part_states(entry) if action else (),
            "remaining": action.remaining(entry) if action and can else "",
            "whole": entry.status.part_of,
            "again": Entry.objects.filter(submission_key=entries.key_of_again(entry)).first(),
        }
        return render(self.request, "ledger/entry.html", context)


def _steps_of(entry: Entry) -> list[EntryStatus]:
    """Give the first steps: of a run over a list there can be as many as it has rows."""
    steps = EntryStatus.objects.filter(part_of=entry.submission_key).select_related("entry")
    return list(steps.order_by("entry_id")[:MOST_STEPS])


def _is_deduplicated(action: Operation[Any, Any] | None) -> bool:
    return action is not None and action.is_deduplicated


def _visible_snapshots(entry: Entry, person: User, names: Mapping[str, str]) -> list[Any]:
    if not person.has_perm(READ_LEDGER):
        return []
    kept = filter(_tells_more, entry.snapshots.all())
    return [(each, names.get(each.contact_uuid, ""), facts(each.data)) for each in kept]


def _tells_more(snapshot: Snapshot) -> bool:
    """Tell whether it is of a contact as it was, and not something that is shown already."""
    return snapshot.moment != Snapshot.Moment.ASKED and isinstance(snapshot.data, dict)


# What is in an event's detail for the chain alone, or is shown elsewhere.
UNTOLD = {"entry", "snapshots", "seals", "approval", "part_of", "fingerprint"}
# What an event says to people.
IN_WORDS = ("by_name", "words", "message", "why", "comment")


class ToldEvent(NamedTuple):
    """An event as the page tells it: what happened when, in words, and all that is kept of it."""

    event: Event
    words: list[str]
    facts: list[KeptFact]


def _told(event: Event) -> ToldEvent:
    detail = {name: value for name, value in event.detail.items() if name not in UNTOLD}
    words = [str(detail[name]) for name in IN_WORDS if detail.get(name)]
    return ToldEvent(event, words, facts(detail))


class Look(EntryView):
    """Ask Piggy now what became of it."""

    must_be_able = True

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Look, and say what was found."""
        if self.entry.state == EntryState.UNKNOWN:
            messages.info(request, reconciliation.settle(piggy_client(), self.entry).words)
        return self.back()


class Decide(EntryPage):
    """Settle by a person's word."""

    must_be_able = True

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """The form is on the entry's own page."""
        return self.back()

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Keep the decision with what was to be seen."""
        form = DecideForm(request.POST)
        if not form.is_valid():
            return self.show(decide=form)
        seen = reconciliation.last_finding(self.entry) or reconciliation.look(
            piggy_client(), self.entry
        )
        try:
            reconciliation.decide(
                self.entry,
                person=signed_in(request),
                is_done=form.cleaned_data["is_done"] == "yes",
                why=form.cleaned_data["why"],
                seen=seen,
            )
        except reconciliation.AlreadySettled:
            messages.warning(request, gettext("It was settled meanwhile. Nothing was changed."))
        return self.back()


class Acknowledge(EntryPage):
    """Say that a surprise was looked at."""

    must_be_able = True

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """The form is on the entry's own page."""
        return self.back()

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Keep it; the entry leaves the desk."""
        form = AcknowledgeForm(request.POST)
        if not form.is_valid():
            return self.show(acknowledge=form)
        comment = form.cleaned_data["comment"]
        following.acknowledge(self.entry, person=signed_in(request), comment=comment)
        return self.back()
