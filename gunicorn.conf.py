"""How gunicorn serves the console, and the sandbox alone."""

import os
from typing import Any

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


def when_ready(server: Any) -> None:
    """Say where it is."""
    server.log.setup(server.cfg)
    print(f"\n  Open http://{bind}  (Ctrl+C stops it)\n", flush=True)  # noqa: T201
