"""The desk, where the day starts, and the search box on top of every page."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from piggyadmin.accounts.middleware import take_typed
from piggyadmin.accounts.roles import Role
from piggyadmin.actions import ledger, readback
from piggyadmin.actions.models import Approval, Entry
from piggyadmin.actions.pages import PermittedView
from piggyadmin.actions.permissions import REVIEW_DUPLICATES
from piggyadmin.actions.registry import actions, find_action
from piggyadmin.desk import found
from piggyadmin.desk.search import Hit, search
from piggyadmin.duplicates import queue
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui import stored
from piggyadmin.ui.forms import CodeField, focus_first
from piggyadmin.ui.http import open_page, signed_in, wants_fragment

RECENT = 10
# What needs attention is settled, not collected.
MOST_ATTENTION = 50


class Desk(TemplateView):
    """What a person did lately, and what they can do: the actions of their own role first."""

    template_name = "desk/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add both."""
        person = signed_in(self.request)
        recent = Entry.objects.filter(person=person).prefetch_related("events")[:RECENT]
        allowed = {action.slug: action for action in actions() if action.is_allowed_for(person)}
        attention = list(ledger.needs_attention(person)[: MOST_ATTENTION + 1])
        waiting = Approval.objects.filter(status=Approval.Status.WAITING, action__in=allowed)
        order = list(Role)
        return super().get_context_data(
            attention=[
                (find_action(row.action), row, what_is_known(row.entry))
                for row in attention[:MOST_ATTENTION]
            ],
            has_more_attention=len(attention) > MOST_ATTENTION,
            approvals=[(allowed[each.action], each) for each in waiting],
            duplicates=queue.waiting() if person.has_perm(REVIEW_DUPLICATES) else 0,
            most_duplicates=queue.MOST_COUNTED,
            recent=[(find_action(entry.action), entry) for entry in recent],
            actions=sorted(
                allowed.values(), key=lambda action: order.index(action.role), reverse=True
            ),
            **kwargs,
        )


def what_is_known(entry: Entry) -> str:
    """Say what was found last about something that needs attention."""
    if followed := entry.follow_up:
        return str(followed.detail["words"])
    finding = readback.last_finding(entry)
    return finding.words if finding else ""


class SearchForm(forms.Form):
    """What to look for."""

    q = CodeField(label=_("Voucher code, e-mail, identifier or UUID"))


class Search(PermittedView):
    """Understand what was typed, and go there."""

    http_method_names = ["get", "post", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the box alone: what is looked for may be personal, so it is not in addresses.

        What was looked for when the session had ended is looked for now, and so is what found
        several things when they shall be seen again.
        """
        if (typed := take_typed(request)) is not None:
            return self.look(typed)
        try:
            named = stored.parameters(request)
        except stored.NotKept:
            return stored.lead_from_lost(request, request.path)
        return self.look(named) if "q" in named else self.show({"form": SearchForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look for it."""
        return self.look(request.POST)

    def look(self, typed: QueryDict) -> HttpResponse:
        """Go to the one thing that was found, list several, or say that there is none."""
        form = SearchForm(typed)
        if not form.is_valid():
            return self.show({"form": form})
        query = form.cleaned_data["q"]
        try:
            hits = search(piggy_client(), query, signed_in(self.request))
        except PiggyError as error:
            return self.show({"form": form, "error": error})
        hits = [replace(hit, url=_address(self.request, hit)) for hit in hits]
        found.keep(self.request, query, [hit.url for hit in hits if hit.url])
        is_exact = all(hit.meant == query for hit in hits)
        if len(hits) == 1 and hits[0].url and is_exact:
            return open_page(self.request, hits[0].url)
        return self.show({"form": form, "query": query, "hits": hits, "is_exact": is_exact})

    def show(self, context: dict[str, Any]) -> HttpResponse:
        """Render the page, or for htmx the part of it that changes."""
        focus_first(context["form"])
        name = "_search" if wants_fragment(self.request) else "search"
        return render(self.request, f"desk/{name}.html", context)


def _address(request: HttpRequest, hit: Hit) -> str:
    """Give the address of a hit's page, in which the code or the card that was typed stays out."""
    if not hit.url:
        return ""
    query = QueryDict(mutable=True)
    query.update(hit.fields)
    return stored.address(request, hit.url, query, dict.fromkeys(hit.fields, forms.CharField()))
