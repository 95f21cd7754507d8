"""What came of looking for duplicates: figures per month, and how often people agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, IntegerField, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.models import DecisionKind, MergeRun, Pair
from piggyadmin.duplicates.review.decisions import latest_per_pair
from piggyadmin.ui.chart import HEIGHT, WIDTH, Bar, bars

MONTHS = 12
# The scales go at least so far, so that a quiet month does not look wild.
LEAST = 5
# Per cent from which a band of certainty begins, the surest first.
BANDS = (99, 95, 90, 75, 50, 0)


# --- Per month -------------------------------------------------------------------------------


@dataclass
class Month:
    """What happened in a month of the shop's time zone; its merges reunited these credits."""

    begins_on: date
    found: int = 0
    merged: int = 0
    dismissed: int = 0
    put_off: int = 0
    credits: int = 0


def last_months() -> list[Month]:
    """Count what happened in the last twelve months, the present one last."""
    days = _first_days(timezone.localdate())
    begins = [timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in days]
    months = [Month(day) for day in days]
    found = Pair.objects.filter(found_at__gte=begins[0]).values(month=_month("found_at", begins))
    for row in found.annotate(number=Count("pk")):
        months[row["month"]].found = row["number"]
    decided = latest_per_pair().filter(at__gte=begins[0]).values("kind", month=_month("at", begins))
    for row in decided.annotate(number=Count("pk")).order_by():
        if name := _DECIDED.get(row["kind"]):
            setattr(months[row["month"]], name, row["number"])
    _add_merges(months, begins)
    return months


_DECIDED: dict[str, str] = {
    DecisionKind.DISMISS: "dismissed",
    DecisionKind.LATER: "put_off",
}


def _first_days(today: date) -> list[date]:
    """Give the first days of the last months, the present one last."""
    present = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(present - MONTHS + 1, present + 1)]


def _month(name: str, begins: Sequence[datetime]) -> Case:
    """Tell in which of the months a row's moment is."""
    latest_first = reversed(list(enumerate(begins)))
    whens = [When(**{f"{name}__gte": begin}, then=Value(n)) for n, begin in latest_first]
    return Case(*whens, output_field=IntegerField())


def _add_merges(months: list[Month], begins: Sequence[datetime]) -> None:
    """Count merges in the months in which they were done."""
    done = MergeRun.objects.filter(status=MergeRun.Status.DONE, finished_at__gte=begins[0])
    for report, number in done.values_list("report", _month("finished_at", begins)):
        months[number].merged += 1
        months[number].credits += report.get("credits_reunited") or 0


# --- Agreement -------------------------------------------------------------------------------


@dataclass
class Band:
    """Pairs of one band of certainty on which people had a last word."""

    begins: int
    ends: int
    merged: int = 0
    dismissed: int = 0

    @property
    def decided(self) -> int:
        """How many there are."""
        return self.merged + self.dismissed

    @property
    def agreed(self) -> int | None:
        """In how many per cent of them it was one person; None where nobody decided anything."""
        return round(100 * self.merged / self.decided) if self.decided else None


def agreement() -> list[Band]:
    """Count, per band of certainty, how often people took two contacts for one person."""
    bands = [Band(begins, ends) for begins, ends in zip(BANDS, (100, *BANDS), strict=False)]
    whens = [When(probability__gte=begin / 100, then=Value(n)) for n, begin in enumerate(BANDS)]
    names: dict[str, str] = {DecisionKind.MERGE: "merged", DecisionKind.DISMISS: "dismissed"}
    decided = latest_per_pair().filter(kind__in=names, probability__isnull=False)
    rows = decided.values("kind", band=Case(*whens, output_field=IntegerField()))
    for row in rows.annotate(number=Count("pk")).order_by():
        setattr(bands[row["band"]], names[row["kind"]], row["number"])
    return bands


# --- Charts ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthlyChart:
    """One figure over the months, drawn as bars."""

    name: str
    label: str | Promise
    tone: str
    total: int
    most: int
    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT


_CHARTS: tuple[tuple[str, str | Promise, str], ...] = (
    ("found", _("Found"), "calls"),
    ("merged", _("Merged"), "good"),
    ("dismissed", _("Not duplicates"), "errors"),
    ("put_off", _("Put off"), "calls"),
    ("credits", _("Credits reunited"), "good"),
)


def charts(months: Sequence[Month]) -> list[MonthlyChart]:
    """Draw every figure, each with its own scale."""
    return [_chart(name, label, tone, months) for name, label, tone in _CHARTS]


def _chart(name: str, label: str | Promise, tone: str, months: Sequence[Month]) -> MonthlyChart:
    values = [getattr(month, name) for month in months]
    most = max(values)
    drawn = bars(values, max(LEAST, most))
    return MonthlyChart(name, label, tone, total=sum(values), most=most, bars=drawn)
