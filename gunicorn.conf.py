"""How gunicorn serves the console, and the sandbox alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from piggyadmin.environment import Environment
from piggyadmin.tasks.keeper import end, start_keeper

if TYPE_CHECKING:
    import subprocess

env = Environment()
if (dotenv := Path(__file__).with_name(".env")).exists():
    env.read_env(dotenv)

bind = f"{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
# One process with threads serves one shop, whose pages mostly wait for Piggy. More processes
# (WEB_CONCURRENCY) want REDIS_URL, so that they share what they remember.
workers = env.int("WEB_CONCURRENCY", default=1)
worker_class = "gthread"
threads = env.int("THREADS", default=16)
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
has_worker = env.flag("WORKER_BESIDE_WEB", default=True)
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
