"""What workers do with what Piggy tells: they work through it, and forget what is old."""

from piggyadmin.tasks.schedule import every
from piggyadmin.webhooks import hearing, retention

HOUR = 60 * 60  # seconds


@every(2, "hear-webhooks")
def hear_webhooks() -> None:
    """Work through what has arrived."""
    hearing.work_through()


@every(HOUR, "forget-webhooks")
def forget_webhooks() -> None:
    """Forget what arrived long ago."""
    retention.forget_old()
