"""What the workers do for the request log."""

from piggyadmin.request_log.retention import prune
from piggyadmin.tasks.schedule import every

HOUR = 60 * 60  # seconds


@every(HOUR, "prune-requests")
def prune_requests() -> None:
    """Forget calls that are old enough."""
    prune()
