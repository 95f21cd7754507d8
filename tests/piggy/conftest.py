"""A scripted server, and a client that speaks to it and does not really sleep."""

from collections.abc import Iterator

import pytest

from piggyadmin.piggy.client import PiggyClient
from tests.piggy.scripted import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """What the client would have slept, in seconds."""
    return []


@pytest.fixture
def client(server, pauses) -> PiggyClient:
    return PiggyClient(
        server.url, "secret-token", connect_timeout=5, read_timeout=5, sleep=pauses.append
    )
