"""A Redis of one's own, which can be stopped and made to hang."""

import shutil
import signal
import subprocess
import time
from typing import Self

import pytest
import redis

from tests.sandbox.server import free_port

START_SECONDS = 20


class RedisServer:
    """Serves an empty Redis while the `with` lasts; nothing is kept on disk."""

    def __init__(self) -> None:
        if not shutil.which("redis-server"):
            pytest.skip("There is no redis-server here.")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while time.monotonic() < until:
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.02)
                else:
                    return
        raise RuntimeError("Redis did not start.")

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()

    def hang(self) -> None:
        """Let it take connections and commands, and answer nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End that."""
        self.process.send_signal(signal.SIGCONT)
