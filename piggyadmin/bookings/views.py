"""The bookings that this console has seen."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import MOST_BOOKINGS_OFFERED
from piggyadmin.piggy.client import PiggyClient


class BookingList(PiggyPage):
    """Bookings made or changed here; Piggy has no list of its own to offer."""

    template_name = "bookings/list.html"
    entity = "bookings"
    title = _("Bookings")
    intro = _("The bookings that this console has made or changed: Piggy cannot list them.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:  # noqa: ARG002
        """Read them from our own database."""
        return {"bookings": SeenBooking.objects.all()[:MOST_BOOKINGS_OFFERED]}
