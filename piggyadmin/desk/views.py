"""The desk, where the day starts, and the search box on top of every page."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.db.models import Exists, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from piggyadmin.accounts.middleware import take_typed
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import LOOK_UP, READ_LEDGER, REVIEW_DUPLICATES, WRITE_NOTES
from piggyadmin.actions.registry import actions, find_action
from piggyadmin.desk import search_results, suggestions_at_piggy
from piggyadmin.desk.audit import audit
from piggyadmin.desk.search import Hit, search
from piggyadmin.desk.suggestions import last_looked_at, suggest
from piggyadmin.desk.today import SHOP, figures, own_shop, shop_cookie
from piggyadmin.desk.verbs import verbs_of
from piggyadmin.duplicates.certain import daily
from piggyadmin.duplicates.mirror.store import last_sweep
from piggyadmin.duplicates.models import StandingApproval
from piggyadmin.duplicates.review import queue
from piggyadmin.ledger import approvals, following
from piggyadmin.ledger.filters import leading
from piggyadmin.ledger.models import Approval, ApprovalStatus, PersonLookUp
from piggyadmin.ledger.operations import Words
from piggyadmin.ledger.reconciliation_evidence import clocks_differ
from piggyadmin.ledger.rows import LedgerRow, described, requests_described
from piggyadmin.ledger.subjects import directory
from piggyadmin.notes.models import Note
from piggyadmin.notes.services import handed_over_to
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui import cookies, stored
from piggyadmin.ui.forms import CodeField, focus_first
from piggyadmin.ui.http import after_answer, open_page, signed_in, wants_fragment
from piggyadmin.ui.links import may_open

RECENT = 10
# What was asked of a second person stays on the desk of whoever asked for so long.
REQUESTS_DAYS = 14
# What needs attention is settled, not collected.
MOST_ATTENTION = 50


class AuditPage(NamedTuple):
    """Something to read, for those who change nothing; shown as actions are."""

    label: Words
    summary: Words
    url: str
    icon: str


AUDIT_PAGES = (
    AuditPage(
        _("Ledger"),
        _("Everything that was asked of Piggy, by whom, and what became of it."),
        "/ledger/",
        "book-open-check",
    ),
    AuditPage(
        _("Outcome unknown"),
        _("What was sent, and nobody knows yet whether Piggy did it."),
        "/ledger/?state=unknown",
        "circle-question-mark",
    ),
    AuditPage(
        _("Approvals"),
        _("What needed a second person, and what that person decided."),
        "/ledger/approvals/",
        "stamp",
    ),
    AuditPage(
        _("Look-ups"), _("Who looked at which customer, and where."), "/ledger/look-ups/", "eye"
    ),
    AuditPage(
        _("Merges"),
        _("The report of every merge of duplicates."),
        "/duplicates/merges/",
        "merge",
    ),
    AuditPage(
        _("Decisions"),
        _("What people decided about possible duplicates, and why."),
        "/duplicates/decisions/",
        "gavel",
    ),
    AuditPage(_("Requests"), _("Every call to Piggy, with its answer."), "/requests/", "activity"),
    AuditPage(
        _("Background work"),
        _("What workers are at, and what they have done."),
        "/tasks/",
        "list-checks",
    ),
)


class Desk(TemplateView):
    """What needs a person, what was done today and by them lately, and what they do most.

    Whoever reads alone finds what there is to read, what is open or final, and what was asked last.
    """

    template_name = "desk/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add both."""
        person = signed_in(self.request)
        allowed = {action.slug: action for action in actions() if action.is_allowed_for(person)}
        has_any = what_there_is(person)
        has_ledger = person.has_perm(READ_LEDGER)
        waiting = list(approvals.waiting_for(person)) if has_any["approvals"] else []
        approvals.keep_waiting_approvals(self.request, len(waiting))
        return super().get_context_data(
            **_entries_of(person, has_recent=bool(allowed)),
            approvals=requests_described(waiting),
            requests=requests_described(_requests_of(person) if has_any["requests"] else []),
            hand_overs=hand_overs_of(person) if has_any["hand_overs"] else [],
            today=figures(own_shop(self.request)) if allowed else [],
            shop=_shop_name(own_shop(self.request)) if allowed else "",
            customers=last_looked_at(person) if has_any["look_ups"] else [],
            **(audit() if has_ledger and not allowed else {}),
            duplicates=queue.counted(has_any) if person.has_perm(REVIEW_DUPLICATES) else 0,
            most_duplicates=queue.MOST_COUNTED,
            daily_merges=daily.told_to(person) if has_any["daily_merges"] else None,
            clock_notice=clock_notice(),
            audit_pages=[] if allowed else [at for at in AUDIT_PAGES if may_open(person, at.url)],
            newest=_newest(person) if not allowed else [],
            actions=verbs_of(person, allowed),
            **kwargs,
        )


def what_there_is(person: User) -> dict[str, Any]:
    """Tell of which parts of the desk there is anything, in one question: of most there is none.

    Of pairs it tells what `queue.counted` wants to know, for whoever reviews them.
    """
    parts: dict[str, QuerySet[Any]] = {
        "approvals": approvals.all_waiting(),
        "requests": _requests_of(person),
        "hand_overs": handed_over_to(person),
        "look_ups": PersonLookUp.objects.filter(person=person),
        "daily_merges": StandingApproval.objects.all(),
    }
    has_any = {name: Exists(rows) for name, rows in parts.items()}
    pairs = queue.questions() if person.has_perm(REVIEW_DUPLICATES) else {}
    found: Any = User.objects.values(**has_any, **pairs)
    return dict(found.get(pk=person.pk))


def _entries_of(person: User, *, has_recent: bool) -> dict[str, Any]:
    """List what needs attention, and what somebody did last: steps stand under their wholes."""
    attention = list(following.needs_attention(person)[: MOST_ATTENTION + 1])
    own = leading(lambda rows: rows.filter(person_id=person.pk)).select_related("entry")
    recent = list(own[:RECENT]) if has_recent else []
    shown = attention[:MOST_ATTENTION]
    rows = described([*shown, *recent])
    return {
        "attention": rows[: len(shown)],
        "has_more_attention": len(attention) > MOST_ATTENTION,
        "recent": [(find_action(row.status.action), row) for row in rows[len(shown) :]],
    }


class HandOver(NamedTuple):
    """A note that waits for somebody, and what its customer is called."""

    note: Note
    customer: str


def hand_overs_of(person: User) -> list[HandOver]:
    """List what was handed over to somebody, or to their role, the oldest first."""
    if not person.has_perm(WRITE_NOTES):
        return []
    notes = list(handed_over_to(person)[:MOST_ATTENTION])
    names = directory().names({note.contact_uuid for note in notes}) if notes else {}
    unnamed = gettext("A customer")
    return [HandOver(note, names.get(note.contact_uuid) or unnamed) for note in notes]


def _shop_name(uuid: str) -> str:
    """Name the chosen shop, as forms last read it; Piggy is not asked."""
    return directory().things().get(uuid) or gettext("Your shop") if uuid else ""


class ChooseShop(PermittedView):
    """Which shop the figures of today are of: chosen once, and remembered in this browser."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Offer all shops, and each of them."""
        return self.show(OwnShopForm(initial={SHOP: own_shop(request)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember it."""
        form = OwnShopForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        response = redirect("desk:desk")
        cookies.keep(response, shop_cookie(request), form.cleaned_data[SHOP])
        return response

    def show(self, form: "OwnShopForm") -> HttpResponse:
        """Show the form."""
        return render(self.request, "desk/shop.html", {"form": form})


class OwnShopForm(forms.Form):
    """A shop of the account, or all of them."""

    shop_uuid = forms.ChoiceField(label=_("Shop"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields[SHOP]
        field.choices = [("", gettext("All shops"))]
        try:
            shops = cached_shops(piggy_client())
        except PiggyError as error:
            field.help_text = str(error.message)
        else:
            field.choices += [(shop.uuid, shop.name or shop.uuid) for shop in shops if shop.uuid]


def clock_notice() -> str:
    """Say that Piggy's clock and ours are too far apart, where they are."""
    clock = difference(piggy_client().account)
    return "" if clock.is_trusted else clocks_differ(clock)


def _requests_of(person: User) -> QuerySet[Approval]:
    """List what somebody lately asked of a second person and has not been approved."""
    lately = timezone.now() - timedelta(days=REQUESTS_DAYS)
    requests = Approval.objects.filter(asked_by=person, created_at__gte=lately)
    return requests.exclude(status=ApprovalStatus.APPROVED)[:RECENT]


def _newest(person: User) -> list[LedgerRow]:
    """List what was asked last, by anybody, for those who read the ledger."""
    if not person.has_perm(READ_LEDGER):
        return []
    newest = leading(lambda rows: rows).select_related("entry")
    return described(list(newest[:RECENT]))


class SearchForm(forms.Form):
    """What to look for."""

    q = CodeField(label=_("Name, voucher code, e-mail, phone, card or UUID"))


class SearchView(PermittedView):
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
        search_results.keep(self.request, query, [hit.url for hit in hits if hit.url])
        is_exact = all(hit.meant == query for hit in hits)
        if len(hits) == 1 and hits[0].url and is_exact:
            return open_page(self.request, hits[0].url)
        return self.show({"form": form, "query": query, "hits": hits, "is_exact": is_exact})

    def show(self, context: dict[str, Any]) -> HttpResponse:
        """Render the page, or for htmx the part of it that changes."""
        focus_first(context["form"])
        name = "_search" if wants_fragment(self.request) else "search"
        return render(self.request, f"desk/{name}.html", context)


class SuggestionsView(View):
    """What the search box offers while somebody types; personal, so it is posted."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Draw the options, by their kinds."""
        form = SearchForm(request.POST)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        context = {
            "groups": suggest(text, signed_in(request)),
            "has_typed": bool(text),
            "asks_piggy": bool(suggestions_at_piggy.questions(text, signed_in(request))),
            "mirrored": last_sweep(),
        }
        response = render(request, "desk/_suggestions.html", context)
        if signed_in(request).has_perm(LOOK_UP):
            # Until all is typed, there is time.
            read = partial(suggestions_at_piggy.read_promotions, piggy_client())
            after_answer(response, read)
        return response


class SuggestionsAtPiggyView(PermittedView):
    """What Piggy adds to that, asked for once somebody has stopped typing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Draw the options, if there are any."""
        form = SearchForm(request.POST)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        offers = suggestions_at_piggy.ask(piggy_client(), text, signed_in(request))
        context = {"offers": offers, "query": text}
        return render(request, "desk/_suggestions_at_piggy.html", context)


def _address(request: HttpRequest, hit: Hit) -> str:
    """Give the address of a hit's page, in which the code or the card that was typed stays out."""
    if not hit.url:
        return ""
    query = QueryDict(mutable=True)
    query.update(hit.fields)
    return stored.address(request, hit.url, query, dict.fromkeys(hit.fields, forms.CharField()))
