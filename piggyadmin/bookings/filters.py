"""Which bookings are asked for: a day or a week by shop, or all by contact, status and time."""

from collections.abc import Set
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import STATUSES
from piggyadmin.ledger.filters import SubjectField
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.reference.cached import known_names
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import StatedFilter, beginning, end
from piggyadmin.ui.states import status_choices

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class DayFilter(StatedFilter):
    """What a day or a week of bookings can be narrowed down to."""

    everything = _("All that this console knows of, by time.")
    narrowed = _("Only this, by time: %(parts)s.")

    day = DayField(kind=FILTER, label=_("Day"), required=False)
    shop_uuid = forms.ChoiceField(label=_("Shop"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = SeenBooking.objects.order_by().values_list("shop_uuid", "status").distinct()
        self.is_anything_seen = bool(seen)
        self.shops = shop_names(piggy_client(), {shop_uuid for shop_uuid, _status in seen})
        self._choose("shop_uuid").choices = [("", _("Any shop")), *self.shops.items()]
        # The usual ones, and what was seen beside them.
        statuses = dict.fromkeys([*STATUSES, *sorted({status for _shop, status in seen} - {""})])
        choices = status_choices(list(statuses))
        self._choose("status").choices = [("", _("Any status")), *choices]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    @property
    def chosen_day(self) -> date:
        """The day that is asked for; today where none is."""
        return self.values.get("day") or timezone.localdate()

    def of(self, first: date, last: date) -> QuerySet[SeenBooking]:
        """Select what goes on from one day to another, by time."""
        rows = SeenBooking.objects.none() if self.errors else self.narrow(SeenBooking.objects.all())
        return going_on(rows, beginning(first), end(last)).order_by("starts_at", "pk")

    def narrow(self, rows: QuerySet[SeenBooking]) -> QuerySet[SeenBooking]:
        """Leave out what the filter leaves out, whenever it is."""
        values = self.values
        if "shop_uuid" in values:
            rows = rows.filter(shop_uuid=values["shop_uuid"])
        if "status" in values:
            rows = rows.filter(status__iexact=values["status"])
        return rows


class WeekFilter(DayFilter):
    """What a week of bookings can be narrowed down to; any day of it says which one."""

    day = DayField(kind=FILTER, label=_("Week of"), required=False)


class BookingFilter(DayFilter):
    """What the list of all bookings can be narrowed down to."""

    everything = _("All that this console knows of.")
    narrowed = _("Only this: %(parts)s.")

    day = None  # type: ignore[assignment]
    contact_uuid = SubjectField(required=False)
    since = DayField(kind=FILTER, label=_("From"), required=False)
    until = DayField(kind=FILTER, label=_("Up to and including"), required=False)

    def query(self) -> QuerySet[SeenBooking]:
        """Select what is asked for."""
        values, rows = self.values, SeenBooking.objects.all()
        if self.errors:
            return rows.none()
        if "contact_uuid" in values:
            rows = rows.filter(contact_uuid=values["contact_uuid"])
        if "since" in values:
            rows = rows.filter(starts_at__gte=beginning(values["since"]))
        if "until" in values:
            rows = rows.filter(starts_at__lt=end(values["until"]))
        return self.narrow(rows)


def going_on(
    rows: QuerySet[SeenBooking], begin: datetime, until: datetime
) -> QuerySet[SeenBooking]:
    """Select what begins between two moments, or began before and is not over."""
    begins = Q(starts_at__gte=begin, starts_at__lt=until)
    return rows.filter(begins | Q(starts_at__lt=begin, ends_at__gt=begin))


def goes_on(booking: SeenBooking, day: date) -> bool:
    """Tell whether a booking begins on a day, or began before and is not over, as `going_on`."""
    begins, ends = booking.starts_at, booking.ends_at
    if begins is None or begins >= end(day):
        return False
    return begins >= beginning(day) or bool(ends and ends > beginning(day))


def first_of_week(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - DAY * day.weekday()


def shop_names(piggy: PiggyClient, uuids: Set[str]) -> dict[str, str]:
    """Name shops by UUID, in the order of their names; Piggy is asked for what nobody knows yet."""
    uuids, names = uuids - {""}, known_names(piggy)
    if uuids - names.keys():
        with suppress(PiggyError):
            names |= {shop.uuid or "": shop.name or "" for shop in cached_shops(piggy)}
    named = {uuid: names.get(uuid) or uuid for uuid in uuids}
    return dict(sorted(named.items(), key=lambda item: item[1].casefold()))
