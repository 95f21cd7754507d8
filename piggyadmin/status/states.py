"""How each thing is that the console works with, in a word."""

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from piggyadmin.redis_pool import redis_client
from piggyadmin.routers import SANDBOX
from piggyadmin.tasks.workers import worker_is_alive


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
