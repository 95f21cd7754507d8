"""A sandbox that can stay silent towards many at once, and the matrix at the end of the run."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.killing import Nursery
from tests.faults.proxy import Proxy
from tests.sandbox.server import SandboxServer
from tests.tasks.databases import directory

__all__ = ["directory"]


class PatientServer(SandboxServer):
    """A sandbox with so many threads that silence on some of them keeps nobody waiting."""

    def _command(self) -> list[str]:
        gunicorn = [sys.executable, "-m", "gunicorn", "piggyadmin.sandbox.server:application"]
        return [*gunicorn, "--workers", "1", "--threads", "40", "--graceful-timeout", "1"]


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxServer]:
    """Serve one sandbox for all tests of this process."""
    with PatientServer() as server:
        yield server


@pytest.fixture(scope="session")
def proxy(sandbox_server: SandboxServer) -> Iterator[Proxy]:
    """Give a proxy in front of the sandbox."""
    with Proxy(sandbox_server.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def nursery(
    sandbox_server: SandboxServer,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Nursery]:
    """Give a process that forks writes, on the database of the tests."""
    with django_db_blocker.unblock():
        nursery = Nursery(tmp_path_factory.mktemp("nursery"), sandbox_server.url)
    with nursery:
        yield nursery
