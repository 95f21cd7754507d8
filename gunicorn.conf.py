"""How gunicorn serves the console, and the sandbox alone."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environ import Env

from piggyadmin.tasks.keeper import end, start_keeper

if TYPE_CHECKING:
    import subprocess

if (dotenv := Path(__file__).with_name(".env")).exists():
    Env.read_env(dotenv)

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# One process with threads serves one shop, whose pages mostly wait for Piggy. More processes
# (WEB_CONCURRENCY) want REDIS_URL, so that they share what they remember.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
threads = int(os.environ.get("THREADS", "16"))
timeout = 120  # seconds
graceful_timeout = 40  # seconds: longer than the longest call to Piggy
keepalive = 30  # seconds
control_socket_disable = True
# Access logs would hold what people looked for; the console keeps its own, without.
accesslog = None
loglevel = "warning"
# Its own words as JSON too, among the console's.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "piggyadmin.logs.ServerFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": "WARNING", "propagate": True}},
}

# The console has a worker beside it; the sandbox needs none.
has_worker = os.environ.get("WORKER_BESIDE_WEB", "true").lower() not in {"false", "0", "no", "off"}
keepers: list["subprocess.Popen[bytes]"] = []


def when_ready(server: Any) -> None:
    """Start the worker, and say where the console is."""
    server.log.setup(server.cfg)
    if has_worker and server.app.app_uri.startswith("piggyadmin.wsgi"):
        keepers.append(start_keeper())
    print(f"\n  Open http://{bind}  (Ctrl+C stops it)\n", flush=True)  # noqa: T201


def on_exit(server: Any) -> None:  # noqa: ARG001  (gunicorn's hook)
    """Let the worker finish or hand back what it is at."""
    for keeper in keepers:
        end(keeper, patience=100)
