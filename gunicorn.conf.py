"""How gunicorn serves the console, and the sandbox alone."""

import errno
import gc
import os
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piggyadmin.environment import Environment
from piggyadmin.tasks.supervisor import end, start_supervisor

if TYPE_CHECKING:
    import subprocess

# Seconds after which a thread that computes lets others go on. A page is drawn while Piggy is asked
# for what it shows: the request leaves five times as soon as with Python's own 5 ms.
sys.setswitchinterval(0.001)

env = Environment()
if (dotenv := Path(__file__).with_name(".env")).exists():
    env.read_file(dotenv)

bind = f"{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
# One process with threads serves one shop, whose pages mostly wait for Piggy. More processes
# (WEB_CONCURRENCY) want REDIS_URL, so that they share what they remember.
workers = env.count("WEB_CONCURRENCY", default=1, least=1)
# Threads, none of which waits for a client to send.
worker_class = "piggyadmin.gunicorn_worker.BufferingWorker"
threads = env.count("THREADS", default=16, least=1)
worker_connections = 500  # per process; below what most systems let a process open
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


# So long, in seconds, the processes of a master that was killed have for leaving its address.
PATIENCE = 10.0


def on_starting(server: Any) -> None:
    """Wait for the address, which processes of a killed predecessor may be about to leave."""
    # The settings judge how many there are, also where that was said on the command line.
    os.environ["WEB_CONCURRENCY"] = str(server.cfg.workers)
    if not {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys():
        for address in server.address:
            if isinstance(address, tuple):
                wait_until_free(address)


def wait_until_free(address: tuple[str, int]) -> None:
    """Wait until nobody else serves there; after a while say so and give up."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_server(address, family=family).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return  # gunicorn says what is wrong with it
            if time.monotonic() > give_up_at:
                sys.exit(f"Port {address[1]} is in use: stop what serves there, or set PORT.")
            time.sleep(0.1)
        else:
            return


def when_ready(server: Any) -> None:
    """Start the worker."""
    server.log.setup(server.cfg)
    if has_worker and server.app.app_uri.startswith("piggyadmin.wsgi"):
        keepers.append(start_supervisor())


def post_worker_init(worker: Any) -> None:
    """Settle down once the console is loaded and has not refused to start; say where it is."""
    look_less_for_garbage()
    if worker.age != 1:
        return
    words = f"Open http://{bind}  (Ctrl+C stops it)"
    if worker.app.app_uri.startswith("piggyadmin.wsgi"):
        from piggyadmin.status.startup import welcome  # noqa: PLC0415  (needs Django set up)

        words = welcome(bind)
    print(f"\n  {words}\n", flush=True)  # noqa: T201


def look_less_for_garbage() -> None:
    """Never look for it in what was loaded, which stays; and not after every page.

    A look through everything took a tenth of a second, in the middle of somebody's request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def on_exit(server: Any) -> None:  # noqa: ARG001  (gunicorn's hook)
    """Let the worker finish or hand back what it is at."""
    for supervisor in keepers:
        end(supervisor, patience=100)
