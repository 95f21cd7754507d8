"""The request log's pages, and the button that has calls to Piggy tried again."""

import logging
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import MEND_LINE, READ_LEDGER, VIEW_REQUESTS
from piggyadmin.json_text import indented
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.rate_limit import last_known
from piggyadmin.request_log.chart import draw, last_hours
from piggyadmin.request_log.models import FAILED, SLOW, LoggedCall
from piggyadmin.ui.converters import LAST_NUMBER
from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import FilteredList, StatedFilter, beginning, end
from piggyadmin.ui.forms import CleanCharField, CodeField
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.views import way_back

PAGE = 50

logger = logging.getLogger(__name__)


class FilterForm(StatedFilter):
    """Which calls to show."""

    own_words = frozenset({"action", "trace_id"})
    further = frozenset({"path", "trace_id"})

    person = CleanCharField(label=_("Person"), max_length=255, required=False)
    action = CleanCharField(label=_("Action or page"), max_length=100, required=False)
    path = CleanCharField(label=_("Path begins with"), max_length=500, required=False)
    trace_id = CodeField(label=_("Trace id"), max_length=64, required=False)
    status = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=(
            ("", _("Any")),
            ("2", _("2xx: done")),
            ("3", _("3xx: elsewhere")),
            ("4", _("4xx: refused")),
            ("5", _("5xx: broken down")),
            ("none", _("No answer")),
        ),
    )
    only = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=(
            ("", _("All calls")),
            ("standing-out", _("Slow and failing")),
            ("slow", _("Slow")),
            ("failing", _("Failing")),
        ),
    )
    since = DayField(kind=FILTER, label=_("From"), required=False)
    until = DayField(kind=FILTER, label=_("Until"), required=False)
    entry = forms.IntegerField(
        required=False, min_value=1, max_value=LAST_NUMBER, widget=forms.HiddenInput
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=LAST_NUMBER, widget=forms.HiddenInput
    )

    def matching(self) -> QuerySet[LoggedCall]:
        """Give the calls that fit; a field that makes no sense is left out."""
        wanted = Q()
        for name, value in self.values.items():
            wanted &= _WANTED[name](value)
        return LoggedCall.objects.filter(wanted)


def _class(digit: str) -> tuple[int, int]:
    """Give the first and the last status of a class."""
    return int(digit) * 100, int(digit) * 100 + 99


_STANDING_OUT = {"standing-out": FAILED | SLOW, "slow": SLOW, "failing": FAILED}
_WANTED: dict[str, Any] = {
    "person": lambda name: Q(person_name=name),
    "action": lambda action: Q(action=action),
    "path": lambda path: Q(path__startswith=path.lstrip("/")),
    "trace_id": lambda trace_id: Q(trace_id=trace_id),
    "status": lambda kind: Q(status=None) if kind == "none" else Q(status__range=_class(kind)),
    "only": lambda kind: _STANDING_OUT[kind],
    "since": lambda day: Q(at__gte=beginning(day)),
    "until": lambda day: Q(at__lt=end(day)),
    "entry": lambda number: Q(entry_id=number),
    "before": lambda number: Q(pk__lt=number),
}


class CallList(PermittedView, FilteredList):
    """Calls, the newest first."""

    filter_class = FilterForm
    list_name = "requests:list"
    permission = VIEW_REQUESTS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of those that fit, below what the last hours were like."""
        form = FilterForm(self.query)
        calls = list(form.matching().defer("request_body", "response_body")[: PAGE + 1])
        is_filtered = any(self.query.get(name) for name in form.fields)
        context = {
            "form": form,
            "calls": calls[:PAGE],
            "has_more": len(calls) > PAGE,
            "is_filtered": is_filtered,
            "chart": None if is_filtered else draw(last_hours()),
            "rate_limit": last_known(piggy_client().account),
        }
        return render(request, "requests/list.html", context)


class CallPage(PermittedView):
    """One call with its bodies."""

    permission = VIEW_REQUESTS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it, and the others of the same request of a person."""
        call = get_object_or_404(LoggedCall, pk=pk)
        others = LoggedCall.objects.filter(trace_id=call.trace_id).order_by("pk")
        context = {
            "call": call,
            "query": indented(call.query),
            "sent": indented(call.request_body),
            "answered": indented(call.response_body),
            "others": others.defer("request_body", "response_body")[:PAGE],
            "may_read_ledger": signed_in(request).has_perm(READ_LEDGER),
        }
        return render(request, "requests/call.html", context)


class TryAgain(PermittedView):
    """Has calls sent again after the token was refused or Piggy could not be reached."""

    permission = MEND_LINE

    def post(self, request: HttpRequest) -> HttpResponse:
        """Forget what was wrong, and go back; the next call shows whether it is over."""
        if line := piggy_client().line:
            line.clear()
            logger.info("Person %s has calls to Piggy tried again", signed_in(request).pk)
        messages.info(request, gettext("The next call goes to Piggy again."))
        return HttpResponseRedirect(way_back(request))
