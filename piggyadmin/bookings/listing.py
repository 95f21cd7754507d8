"""Bookings as pages show them: who, when and where in words, and what can be done at once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.translation import pgettext

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action
from piggyadmin.bookings.filters import goes_on
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import CANCELED, COMPLETED, CREATED, IN_PROGRESS, is_status
from piggyadmin.ledger.subjects import directory
from piggyadmin.ui.dates import comes_twice


class ListedBooking(NamedTuple):
    """A booking as lists show it."""

    booking: SeenBooking
    when: str
    # What the customer is called; empty where nobody here knows it.
    customer: str
    shop: str
    # What can be done with it now, each with its address.
    steps: list[tuple[Action[Any, Any], str]]
    # Its customer is in another booking of the list at the same time.
    has_clash: bool = False


def listed(
    bookings: Sequence[SeenBooking],
    shops: dict[str, str],
    person: User,
    day: date | None = None,
) -> list[ListedBooking]:
    """Tell of bookings; on the page of a day, their hours say when they are."""
    tell = _teller(bookings, shops, person)
    return [tell(each, day) for each in bookings]


def listed_by_day(
    bookings: Sequence[SeenBooking], days: Iterable[date], shops: dict[str, str], person: User
) -> dict[date, list[ListedBooking]]:
    """Tell of the bookings of each day; of what lasts until the next one, on both."""
    tell = _teller(bookings, shops, person)
    return {day: [tell(each, day) for each in bookings if goes_on(each, day)] for day in days}


def _teller(
    bookings: Sequence[SeenBooking], shops: dict[str, str], person: User
) -> Callable[[SeenBooking, date | None], ListedBooking]:
    """Look up once what all of these bookings need, and give what tells of each."""
    names = directory().names({each.contact_uuid for each in bookings if each.contact_uuid})
    clashes = clashing_keys(bookings)

    def tell(booking: SeenBooking, day: date | None) -> ListedBooking:
        return ListedBooking(
            booking,
            times(booking, day),
            names.get(booking.contact_uuid) or booking.contact_email,
            shops.get(booking.shop_uuid, booking.shop_uuid),
            steps(booking, person),
            booking.pk in clashes,
        )

    return tell


def steps(booking: SeenBooking, person: User) -> list[tuple[Action[Any, Any], str]]:
    """List what a person may do with a booking at one press, as far as it makes sense now."""
    return [
        (action, f"{action.url}?{urlencode({'booking_uuid': booking.uuid})}")
        for action in map(get_action, next_slugs(booking))
        if action.is_allowed_for(person)
    ]


def next_slugs(booking: SeenBooking) -> list[str]:
    """Name the actions that make sense: nobody is checked in twice, or after it is over."""
    if not booking.uuid or is_status(booking, CANCELED) or is_status(booking, COMPLETED):
        return []
    # Who was checked in by mistake stays noted: the status alone could be set back.
    was_noted = booking.checked_in_at is not None and not is_status(booking, CREATED)
    is_here = was_noted or is_status(booking, IN_PROGRESS)
    return ["complete-booking" if is_here else "check-in-booking", "cancel-booking"]


def times(booking: SeenBooking, day: date | None) -> str:
    """Write from when to when; of another day than that of the page, which one as well."""
    ends = [booking.starts_at, booking.ends_at]
    written: list[str] = []
    for each in ends:
        if each is not None:
            written.append(clock(each, day))
            day = timezone.localdate(each)
    return " \N{EN DASH} ".join(written)


def clock(moment: datetime, day: date | None) -> str:
    """Write the hour; the day where it is another one, and the zone where that hour comes twice."""
    here = timezone.localtime(moment)
    pattern = "H:i" if here.date() == day else pgettext("date and time", "j M Y H:i")
    # Django's own format leaves the zone out just then.
    zone = f" {here.tzname()}" if comes_twice(here) else ""
    return f"{date_words(here, pattern)}{zone}"


def clashing_keys(bookings: Iterable[SeenBooking]) -> set[int]:
    """Find those whose customer is in another of them at the same time; name each by its row.

    They are gone through by time, each beside that of the same customer which goes on longest.
    """
    found: set[int] = set()
    longest: dict[str, SeenBooking] = {}
    for each in sorted(filter(takes_time, bookings), key=begins):
        before = longest.get(each.contact_uuid)
        if before and (begins(each) < over(before) or begins(each) == begins(before)):
            found |= {before.pk, each.pk}
        if before is None or over(each) >= over(before):
            longest[each.contact_uuid] = each
    return found


def takes_time(booking: SeenBooking) -> bool:
    """Tell whether somebody is to be somewhere: cancelled ones take no time."""
    return bool(booking.contact_uuid and booking.starts_at and not is_status(booking, CANCELED))


def begins(booking: SeenBooking) -> float:
    """Give when it begins, in seconds."""
    return booking.starts_at.timestamp() if booking.starts_at else 0.0


def over(booking: SeenBooking) -> float:
    """Give when it is over, in seconds; where that is not known, its start counts."""
    return booking.ends_at.timestamp() if booking.ends_at else begins(booking)
