"""Whether Piggy has told of something that an open page shows: it asks so by itself."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.webhooks.models import DeliveryState, WebhookDelivery

# What a page is told that shows something of it.
HEARD = "piggyadmin:heard"
# What arrived just before a page was read was perhaps not worked through yet.
TAKES_AT_MOST = timedelta(seconds=5)
BOOKINGS = "booking_"


class News(PermittedView):
    """Tells a page to read itself again, where what it shows may be another by now."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Look whether something arrived since the page was read."""
        rows = WebhookDelivery.objects.filter(
            arrived_at__gt=_just_before(request.GET.get("since", "")),
            state__in=[DeliveryState.TAKEN, DeliveryState.NOTHING],
        )
        if uuid := request.GET.get("contact_uuid", ""):
            rows = rows.filter(contact_uuid=uuid)
        else:
            rows = rows.filter(event_type__startswith=BOOKINGS)
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        return trigger_client_event(response, HEARD) if rows.exists() else response


def _just_before(seconds: str) -> datetime:
    """Read a Unix time, and give a moment before it; nonsense is now, of which there is no news."""
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC) - TAKES_AT_MOST
    except (ValueError, OverflowError, OSError):
        return datetime.now(tz=UTC)
