"""What a Prometheus server asks for, and nobody else gets."""

from http import HTTPStatus
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from piggyadmin.metrics.counting import totals
from piggyadmin.metrics.families import Families

# What a proxy adds when it asks for somebody else, who may be anywhere.
FORWARDED = {"Forwarded", "X-Forwarded-For", "X-Real-Ip"}


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell how the console does.

    Raises:
        Http404: it is switched off.
    """
    if not settings.METRICS:
        raise Http404
    if not may_read_metrics(request):
        return _refusal()
    totals.store()
    try:
        text = generate_latest(Families())
    except DatabaseError:
        words = "The database does not answer.\n"
        return HttpResponse(words, "text/plain", HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse(text, CONTENT_TYPE_PLAIN_0_0_4)


def may_read_metrics(request: HttpRequest) -> bool:
    """Tell whether somebody has the token or, where there is none, is on this very machine."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    return not FORWARDED & set(request.headers) and _is_loopback(request.META["REMOTE_ADDR"])


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _refusal() -> HttpResponse:
    response = HttpResponse("Refused.\n", "text/plain", HTTPStatus.FORBIDDEN)
    if settings.METRICS_TOKEN:
        response.status_code = HTTPStatus.UNAUTHORIZED
        response["WWW-Authenticate"] = "Bearer"
    return response
