"""The health checks."""

from http import HTTPStatus

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from piggyadmin.redis_pool import redis_client
from piggyadmin.routers import SANDBOX
from piggyadmin.tasks.workers import worker_is_alive


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
