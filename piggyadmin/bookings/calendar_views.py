"""The calendar of a shop at its secret address, and the page on which such addresses are made."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import override
from django.views.decorators.http import require_safe

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import SHARE_CALENDARS
from piggyadmin.accounts.throttling import LockedOut, count_request
from piggyadmin.bookings.calendars import bookings_of, find_feed, renew
from piggyadmin.bookings.icalendar import CONTENT_TYPE, calendar_text
from piggyadmin.bookings.models import CalendarFeed
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.http import signed_in

# So many requests within five minutes from one place; calendars ask every quarter of an hour.
MOST_REQUESTS = 60
TOO_MANY = 429


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the bookings of the shop whose secret this is; a wrong one leads nowhere."""
    try:
        count_request(request, "calendar", MOST_REQUESTS)
    except LockedOut as locked:
        seconds = max(1, int((locked.until - timezone.now()).total_seconds()))
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": str(seconds)})
    feed = find_feed(secret)
    if feed is None:
        raise Http404
    # In the console's own language, whoever asks: calendars would change words with each program.
    with override(settings.LANGUAGE_CODE):
        text = calendar_text(feed.shop_name, bookings_of(feed))
    response = HttpResponse(text, content_type=CONTENT_TYPE)
    add_never_cache_headers(response)
    return response


class CalendarList(PermittedView):
    """The shops, each with whether there is an address for its calendar, and a button for one."""

    permission = SHARE_CALENDARS

    def get(self, request: HttpRequest, **context: Any) -> HttpResponse:
        """List the shops."""
        try:
            shops = self._shops()
        except PiggyError as error:
            context["error"] = error
            shops = {}
        feeds = {feed.shop_uuid: feed for feed in CalendarFeed.objects.all()}
        known = shops | {uuid: str(feed) for uuid, feed in feeds.items() if uuid not in shops}
        context["rows"] = [(uuid, name, feeds.get(uuid)) for uuid, name in known.items()]
        return render(request, "bookings/calendars.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a new address, which is shown this once, or end one."""
        uuid = request.POST.get("shop_uuid", "")
        if "end" in request.POST:
            CalendarFeed.objects.filter(shop_uuid=uuid).delete()
            return self.get(request, ended=True)
        try:
            name = self._shops().get(uuid)
        except PiggyError as error:
            return self.get(request, error=error)
        if name is None:
            raise Http404
        secret = renew(uuid, name, signed_in(request))
        address = request.build_absolute_uri(reverse("bookings:calendar", args=[secret]))
        return self.get(request, address=address, address_of=name)

    @staticmethod
    def _shops() -> dict[str, str]:
        shops = cached_shops(piggy_client())
        return {shop.uuid: shop.name or shop.uuid for shop in shops if shop.uuid}
