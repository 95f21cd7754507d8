"""The bookings that this console has seen, and the address at which one is made."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
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


class NewBooking(PermittedView):
    """Leads to where a booking is made."""

    permission = "actions.run_create_booking"

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Open the action's page."""
        return redirect("actions:action", "create-booking")
