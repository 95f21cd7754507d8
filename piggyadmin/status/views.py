"""The health checks, for machines and for people."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import VIEW_SETTINGS
from piggyadmin.status.health import check_health, is_well
from piggyadmin.status.states import database_state, redis_state, used_databases, worker_state


@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process is up, which needs nothing else to be."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether the console can work: databases reachable and migrated.

    Without a worker it can: people look up and change things, and what takes long waits. Without
    Redis it can as well. So that is told, but the web server stays in service.
    """
    checks = {alias: database_state(alias) for alias in used_databases()}
    is_ready = all(state == "ok" for state in checks.values())
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    answer = {"ready": is_ready, "databases": checks, "worker": worker_state()}
    if settings.REDIS_URL:
        answer["redis"] = redis_state()
    return JsonResponse(answer, status=status)


class Health(PermittedView):
    """How the console is, and what is to be mended."""

    permission = VIEW_SETTINGS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Look at everything now."""
        checks = check_health()
        context = {"checks": checks, "is_well": is_well(checks)}
        return render(request, "status/health.html", context)
