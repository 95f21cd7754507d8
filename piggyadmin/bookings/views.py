"""Pages of bookings: the day, the week, all that are known, one of them, and all as a file."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import READ_LEDGER
from piggyadmin.actions.registry import find_action, get_action
from piggyadmin.actions.views import opposite, undoing
from piggyadmin.bookings.filters import (
    DAY,
    WEEK,
    BookingFilter,
    DayFilter,
    WeekFilter,
    first_of_week,
    shop_names,
)
from piggyadmin.bookings.listing import ListedBooking, listed, listed_by_day, steps
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import COLUMNS, booking_of, clash_of
from piggyadmin.ledger.filters import leading, page
from piggyadmin.ledger.models import HAPPENED, EntryStatus, Subject
from piggyadmin.ledger.outcomes import recall
from piggyadmin.ledger.rows import LedgerRow, described
from piggyadmin.ledger.subjects import directory
from piggyadmin.piggy.client import piggy_client
from piggyadmin.ui.filters import FilteredFile, FilteredList, end, without_place
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.pagination import numbered_page
from piggyadmin.ui.spreadsheet import csv_answer

SORTS = {
    "start": "starts_at",
    "people": "number_of_people",
    "status": "status",
    "seen": "seen_at",
}
# What the page of a day shows at most, and that of a week of each; a shop has far fewer.
MOST_SHOWN = 1000
# Actions with bookings that begin with none at hand.
FROM_NOTHING = ("create-booking", "update-bookings")


class BookingGroup(NamedTuple):
    """Bookings under a heading: those of a shop, or of a day."""

    heading: Any
    rows: list[ListedBooking]


class BookingsPage(PermittedView, FilteredList):
    """A page that lists bookings, with what can be done from there."""

    template_name: str

    def show(self, form: DayFilter, **context: Any) -> HttpResponse:
        """Draw it."""
        person = signed_in(self.request)
        offered = [a for a in map(get_action, FROM_NOTHING) if a.is_allowed_for(person)]
        context |= {
            "form": form,
            "words": form.words(),
            "list_name": self.list_name,
            "actions": offered,
            "kept": without_place(self.request.GET),
            "is_first": not form.is_anything_seen,
        }
        return render(self.request, self.template_name, context)


class BookingDay(BookingsPage):
    """The bookings of a day, by shop."""

    filter_class = DayFilter
    list_name = "bookings:list"
    template_name = "bookings/day.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what goes on that day, each shop for itself."""
        form = DayFilter(self.query)
        day = form.chosen_day
        found = list(form.of(day, day)[: MOST_SHOWN + 1])
        rows = listed(found[:MOST_SHOWN], form.shops, signed_in(request), day)
        return self.show(
            form,
            day=day,
            earlier=day - DAY,
            later=day + DAY,
            groups=by_shop(rows),
            shown=len(rows),
            has_more=len(found) > MOST_SHOWN,
            following=_next_day_after(form, day) if not rows else None,
        )


class BookingWeek(BookingsPage):
    """The bookings of a week, by day."""

    filter_class = WeekFilter
    list_name = "bookings:week"
    template_name = "bookings/week.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what goes on on each of seven days; what lasts until the next one, on both."""
        form, person = WeekFilter(self.query), signed_in(request)
        monday = first_of_week(form.chosen_day)
        days = [monday + timedelta(days=number) for number in range(7)]
        most = MOST_SHOWN * len(days)
        found = list(form.of(days[0], days[-1])[: most + 1])
        rows = listed_by_day(found[:most], days, form.shops, person)
        return self.show(
            form,
            day=form.chosen_day,
            groups=[BookingGroup(*each) for each in rows.items()],
            last=days[-1],
            earlier=monday - WEEK,
            later=monday + WEEK,
            shown=len(found[:most]),
            has_more=len(found) > most,
        )


def by_shop(rows: list[ListedBooking]) -> list[BookingGroup]:
    """Put the bookings of each shop together, the shops by name."""
    shops = sorted({row.shop for row in rows}, key=str.casefold)
    return [BookingGroup(shop, [row for row in rows if row.shop == shop]) for shop in shops]


def _next_day_after(form: DayFilter, day: Any) -> Any:
    """Give the next day on which something is known to begin; None where nothing is."""
    later = form.narrow(SeenBooking.objects.filter(starts_at__gte=end(day)))
    first = later.order_by("starts_at").values_list("starts_at", flat=True).first()
    return timezone.localdate(first) if first else None


def in_order(
    rows: QuerySet[SeenBooking], order: str
) -> QuerySet[SeenBooking] | Sequence[SeenBooking]:
    """Sort bookings by what a column's head names, backwards with a minus."""
    name, is_backwards = order.removeprefix("-"), order.startswith("-")
    if name == "contact":  # kept sealed, so that no database can sort by it
        newest_first = rows.order_by("-pk")
        return sorted(newest_first, key=lambda each: each.contact_email, reverse=is_backwards)
    field = F(SORTS.get(name, "starts_at"))
    by = field.desc(nulls_last=True) if is_backwards else field.asc(nulls_last=True)
    return rows.order_by(by, "-pk")


class BookingList(BookingsPage):
    """All bookings that this console knows of, by contact, status and time."""

    filter_class = BookingFilter
    list_name = "bookings:all"
    file_name = "bookings:csv"
    template_name = "bookings/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = BookingFilter(self.query)
        order = request.GET.get("sort", "-start")
        found = numbered_page(in_order(form.query(), order), request.GET.get("page"))
        rows = listed(found.items, form.shops, signed_in(request))
        return self.show(form, page=found, rows=rows)


class BookingCsv(PermittedView, FilteredFile):
    """All that the filter leaves, as a file."""

    filter_class = BookingFilter
    list_name = "bookings:all"

    def file(self, form: BookingFilter) -> StreamingHttpResponse:
        """Stream it."""
        rows = form.query().order_by(F("starts_at").desc(nulls_last=True), "-pk")
        return csv_answer("bookings", COLUMNS, _lines(rows, form.shops))


def _lines(rows: QuerySet[SeenBooking], shops: dict[str, str]) -> Iterator[list[Any]]:
    for booking in rows.iterator(chunk_size=1000):
        yield [_cell(booking, column, shops) for column in COLUMNS]


def _cell(booking: SeenBooking, column: str, shops: dict[str, str]) -> Any:
    """Write a value as the import of bookings reads it again."""
    if column == "shop":
        return shops.get(booking.shop_uuid, "")
    value = getattr(booking, column)
    if column.endswith("_at") and value is not None:
        return timezone.localtime(value).isoformat(timespec="minutes")
    return "" if value is None else value


class BookingPage(PermittedView):
    """One booking: what is known of it and since when, and what can be done with it."""

    def get(self, request: HttpRequest, booking_key: str) -> HttpResponseBase:
        """Show it; what nobody here has seen cannot be shown, as Piggy cannot be asked."""
        booking = booking_of(booking_key)
        if booking is None:
            raise Http404
        if booking.key != booking_key:
            return redirect("bookings:booking", booking.key)
        person, shops = signed_in(request), shop_names(piggy_client(), {booking.shop_uuid})
        change = get_action("update-bookings")
        names = directory().names([booking.contact_uuid]) if booking.contact_uuid else {}
        context = {
            "booking": booking,
            "customer": names.get(booking.contact_uuid) or booking.contact_email,
            "shop": shops.get(booking.shop_uuid, booking.shop_uuid),
            "steps": steps(booking, person),
            "change": change if booking.uuid and change.is_allowed_for(person) else None,
            "clash": clash_of(booking),
            "undo": _undo(booking) if change.is_allowed_for(person) else None,
            "entries": _entries(booking) if person.has_perm(READ_LEDGER) else None,
        }
        return render(request, "bookings/booking.html", context)


def _entries(booking: SeenBooking) -> list[LedgerRow]:
    """Tell what was done with it here, the newest first, as far as its contact is known."""
    if not booking.contact_uuid or not booking.uuid:
        return []
    rows = leading(lambda statuses: statuses.filter(_is_about(booking)))
    return described(page(rows, None)[0])


def _is_about(booking: SeenBooking) -> Q:
    """Select what was done with it, among what was done for its contact: that is found fast."""
    concerned = Subject.objects.filter(contact_uuid=booking.contact_uuid).values("entry_id")
    return Q(entity="bookings", entry_id__in=concerned, entry__data__booking_uuid=booking.uuid)


class Undoable(NamedTuple):
    """What was done last with a booking, in a sentence, and the address that takes it back."""

    sentence: str
    url: str


def _undo(booking: SeenBooking) -> Undoable | None:
    """Offer to take back what was done last with it here, where that can be."""
    if not booking.contact_uuid or not booking.uuid:
        return None
    done = EntryStatus.objects.filter(_is_about(booking), state__in=HAPPENED)
    last = done.order_by("-entry_id").select_related("entry").first()
    action = find_action(last.action) if last else None
    if last is None or action is None:
        return None
    if opposite(action, last.entry, recall(action, last.entry)) is None:
        return None
    url = f"{undoing(action).url}?{urlencode({'undo': last.entry.submission_key})}"
    return Undoable(described([last])[0].sentence, url)


class NewBooking(PermittedView):
    """Leads to where a booking is made."""

    permission = "actions.run_create_booking"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Open the action's page, with what the address fills in."""
        query = request.GET.urlencode()
        url = get_action("create-booking").url
        return redirect(f"{url}?{query}" if query else url)
