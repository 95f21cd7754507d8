"""The report of who moved how many credits and vouchers, and the same as a file."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.ledger import giving
from piggyadmin.ledger.giving import FIGURES, Giving
from piggyadmin.ledger.subjects import directory
from piggyadmin.ledger.views import LedgerView
from piggyadmin.piggy.types import UUID
from piggyadmin.ui.filters import FilteredFile, FilteredList, StatedFilter
from piggyadmin.ui.pagination import numbered_page
from piggyadmin.ui.spreadsheet import csv_answer

# So many months can be asked for at once.
MOST_MONTHS = 12
# What is chosen for what happened in no shop.
NO_SHOP = "none"
COLUMNS = (
    *("month", "person", "action", "shop", "times"),
    *("credits_given", "credits_taken", "vouchers", "unusual"),
)
# What each column sorts by; ties are broken by what stands first on screen.
SORTS: dict[str, Callable[[Giving], Any]] = {
    "month": lambda each: each.month,
    "person": lambda each: each.person.casefold(),
    "action": lambda each: str(each.label).casefold(),
    "shop": lambda each: each.shop.casefold(),
    "times": lambda each: each.times,
    "given": lambda each: each.given,
    "taken": lambda each: each.taken,
    "vouchers": lambda each: each.vouchers,
}


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


class ShopChoice(forms.ChoiceField):
    """A shop by its UUID, be it offered or not: an address stays good when a shop moves nothing."""

    def valid_value(self, value: Any) -> bool:
        """Take whatever may be a shop."""
        return value == NO_SHOP or bool(UUID.fullmatch(str(value)))


class GivingFilter(StatedFilter):
    """Of which months, whom, what and where."""

    everything = _("This month.")
    narrowed = _("Only this: %(parts)s.")

    month = forms.ChoiceField(label=_("Month"), required=False)
    until = forms.ChoiceField(label=_("Up to and including"), required=False)
    person_id = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int)
    action = forms.ChoiceField(label=_("Action"), required=False)
    shop_uuid = ShopChoice(label=_("Shop"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(f"{each:%Y-%m}", date_format(each, "F Y")) for each in giving.known_months()]
        people = [(each.pk, each.name) for each in User.objects.order_by("first_name", "username")]
        self._choose("month").choices = [("", _("This month")), *months]
        self._choose("until").choices = [("", _("Only that month")), *months]
        self._choose("person_id").choices = [("", _("Anybody")), *people]
        self._choose("action").choices = [
            ("", _("Any")),
            *((e.slug, e.label) for e in giving.moving_operations()),
        ]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse months in the wrong order, or too many of them."""
        cleaned = super().clean() or {}
        first, last = self._span(cleaned)
        if last < first:
            self.add_error("until", _("This is before the first month."))
        elif last >= giving.month_after(first, MOST_MONTHS):
            self.add_error("until", _("A year at once is the most."))
        return cleaned

    @staticmethod
    def _span(cleaned: dict[str, Any]) -> tuple[date, date]:
        this = f"{giving.this_month():%Y-%m}"
        first = cleaned.get("month") or this
        return _month(first), _month(cleaned.get("until") or first)

    def rows(self) -> list[Giving]:
        """Add up what is asked for, and offer the shops in which any of it was."""
        values = self.values
        only = {name: values[name] for name in ("person_id", "action") if name in values}
        rows = [] if self.errors else giving.givings(*self._span(values), **only)
        chosen = values.get("shop_uuid", "")
        self._offer_shops(rows, chosen)
        shop = "" if chosen == NO_SHOP else chosen
        return [each for each in rows if not chosen or each.shop_uuid == shop]

    def _offer_shops(self, rows: list[Giving], chosen: str) -> None:
        shops = {each.shop_uuid: each.shop for each in rows if each.shop_uuid}
        if chosen and chosen != NO_SHOP:
            shops.setdefault(chosen, directory().things().get(chosen, chosen))
        by_name = sorted(shops.items(), key=lambda shop: shop[1].casefold())
        offered = [("", _("Any")), *by_name, (NO_SHOP, _("No shop"))]
        self._choose("shop_uuid").choices = offered


def in_order(rows: list[Giving], wanted: str) -> list[Giving]:
    """Sort by a column; what is unusual comes first where none is named."""
    name = wanted.removeprefix("-")
    by_name = sorted(rows, key=lambda each: (each.person.casefold(), str(each.label), each.shop))
    is_reversed = wanted.startswith("-") and name in SORTS
    return sorted(by_name, key=SORTS.get(name, _unusual_first), reverse=is_reversed)


def _unusual_first(row: Giving) -> tuple[bool, int]:
    return not row.unusual, -row.month.toordinal()


class GivingReport(LedgerView, FilteredList):
    """Who moved how much with what and where, with what is unusual marked."""

    filter_class = GivingFilter
    list_name = "ledger:giving"
    file_name = "ledger:giving-csv"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = GivingFilter(self.query)
        rows = in_order(form.rows(), request.GET.get("sort", ""))
        page = numbered_page(rows, request.GET.get("page"))
        context = {
            "form": form,
            "words": form.words(),
            "page": page,
            "sums": {name: sum(getattr(each, name) for each in rows) for name in FIGURES},
            "unusual": sum(bool(each.unusual) for each in rows),
            "kept": request.GET.urlencode(),
            "rule": {"times": giving.TIMES, "before": giving.MONTHS_BEFORE, "few": giving.FEWEST},
        }
        return render(request, "ledger/giving.html", context)


class GivingCsv(LedgerView, FilteredFile):
    """The same as a file, by month."""

    filter_class = GivingFilter
    list_name = "ledger:giving"

    def file(self, form: GivingFilter) -> StreamingHttpResponse:
        """Write it."""
        return csv_answer("credits-and-vouchers", COLUMNS, _lines(in_order(form.rows(), "month")))


def _lines(rows: list[Giving]) -> Iterator[list[Any]]:
    for each in rows:
        told = [f"{each.month:%Y-%m}", each.person, str(each.label), each.shop]
        figures = [getattr(each, name) for name in FIGURES]
        unusual = [name for name in FIGURES if name in each.unusual]
        yield [*told, *figures, ", ".join(unusual)]
