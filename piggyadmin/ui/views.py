"""The theme, the health checks and the error pages."""

from http import HTTPStatus
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_POST

from piggyadmin.accounts.form_owners import owner_of
from piggyadmin.accounts.middleware import open_again
from piggyadmin.desk.context_processors import (
    DENSITIES,
    THEME_COOKIE,
    THEMES,
    density_cookie,
)
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.redis_pool import redis_client
from piggyadmin.routers import SANDBOX
from piggyadmin.tasks.workers import worker_is_alive
from piggyadmin.ui.http import is_own_address

YEAR = 365 * 24 * 60 * 60  # seconds


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie and go back to where the person was."""
    chosen = request.POST.get("theme", "")
    return remember(request, THEME_COOKIE, chosen if chosen in THEMES else "")


@require_POST
def set_density(request: HttpRequest) -> HttpResponse:
    """Remember how high rows are to be, and go back to where the person was."""
    chosen = request.POST.get("density", "")
    return remember(request, density_cookie(request), chosen if chosen in DENSITIES else "")


def remember(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    """Keep a value, if it is one, in a cookie of this browser."""
    response = HttpResponseRedirect(way_back(request))
    if value:
        response.set_cookie(
            cookie,
            value,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def way_back(request: HttpRequest) -> str:
    """Find the page of this console that the person came from."""
    for url in (request.POST.get("next"), request.headers.get("Referer")):
        if url and is_own_address(request, url):
            return url
    return "/"


@login_not_required
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon whoever asks for it without having read a page, as browsers do."""
    return HttpResponseRedirect(static("favicon.svg"))


# --- Health ----------------------------------------------------------------------------------


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


def redis_state() -> str:
    """Say whether Redis answers; without it the console does a little worse, but works."""
    try:
        redis_client(settings.REDIS_URL).ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


def worker_state() -> str:
    """Say whether there is anybody to do what takes long."""
    try:
        return "ok" if worker_is_alive() else "none for a minute"
    except DatabaseError:
        return "unknown"


def used_databases() -> list[str]:
    """List the databases that this console works with: the sandbox's own only when embedded."""
    embedded = settings.PIGGY_IN_PROCESS_SANDBOX
    return [alias for alias in settings.DATABASES if alias != SANDBOX or embedded]


def database_state(alias: str) -> str:
    """Describe a database in a word, without any detail that helps an outsider."""
    try:
        executor = MigrationExecutor(connections[alias])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "not migrated" if plan else "ok"


# --- Errors ----------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that makes no sense."""
    return error_answer(request, "400.html", HTTPStatus.BAD_REQUEST, with_layout=False)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer somebody who may not do this."""
    return error_answer(request, "403.html", HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request for a page that is not there."""
    return error_answer(request, "404.html", HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours; nothing here may depend on what has just failed."""
    return error_answer(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR, with_layout=False)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form whose token is missing or old; nothing of it has been carried out."""
    if request.user.is_authenticated and owner_of(request):
        return open_again(request)
    return error_answer(request, "403_csrf.html", HTTPStatus.FORBIDDEN)


def error_answer(
    request: HttpRequest, template: str, status: HTTPStatus, *, with_layout: bool = True
) -> HttpResponse:
    """Make an error page, or just its message where a page wants to swap in a fragment."""
    context: dict[str, Any] = {"trace_id": current_trace_id()}
    if request.headers.get("HX-Request") == "true":
        context["error_layout"] = "ui/_error.html"
        with_layout = False
    content = render_to_string(template, context, request if with_layout else None)
    response = HttpResponse(content, status=status)
    if "error_layout" in context:
        # Among the messages, so that the form and what was typed into it stay.
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
    return response
