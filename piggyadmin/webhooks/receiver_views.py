"""The address that Piggy tells of events. Whoever calls it has no session, and signs instead."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from piggyadmin.accounts.addresses import address_of
from piggyadmin.ui.http import is_in_clear
from piggyadmin.webhooks.receiving import REFUSED_SECONDS, count_refused, take_in
from piggyadmin.webhooks.signing import HEADER, is_signed


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Keep what Piggy tells; how long a body may be is limited for all who have not signed in."""
    if is_in_clear(request):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    if is_signed(request.body, request.headers.get(HEADER, "")):
        take_in(request.body)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if count_refused(address_of(request)):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    after = {"Retry-After": str(REFUSED_SECONDS)}
    return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers=after)
