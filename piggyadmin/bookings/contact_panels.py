"""The bookings that this console has seen, in the timeline of a customer."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts import timeline
from piggyadmin.contacts.timeline import Happening, NextStep, Source
from piggyadmin.ui.states import status_word
from piggyadmin.ui.templatetags.ui import in_words

KIND = "bookings"
CHANGING = "update-bookings"


def bookings(contact_uuid: str) -> Iterator[Happening]:
    """Read them by when they begin: the next ones come first."""
    rows = SeenBooking.objects.filter(contact_uuid=contact_uuid)
    found = sorted(rows, key=lambda row: row.starts_at or row.seen_at, reverse=True)
    return map(_happening, found)


def _happening(row: SeenBooking) -> Happening:
    people = row.number_of_people
    words = gettext("Booking for %(people)s") % {"people": people} if people else gettext("Booking")
    known = gettext("as known on %(when)s") % {"when": in_words(row.seen_at)}
    status = status_word(row.status) if row.status else ""
    step = NextStep(_("Change"), CHANGING, {"booking_uuid": row.uuid})
    return Happening(
        at=row.starts_at or row.seen_at,
        kind=KIND,
        words=words,
        detail=" · ".join(filter(None, (status, row.company_name, row.external_id, known))),
        uuid=row.uuid,
        url=reverse("bookings:booking", args=[row.key]),
        steps=(step,),
    )


timeline.register(Source(KIND, _("Bookings"), {KIND: _("Bookings")}, here=bookings))
