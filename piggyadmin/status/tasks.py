"""What workers do for people: end what is over."""

from piggyadmin.accounts import sessions, throttling
from piggyadmin.tasks.schedule import every

HOUR = 60 * 60  # seconds


@every(HOUR, "end-sessions")
def end_sessions() -> None:
    """Remove sessions that are over, and what counts no more of passwords that were tried."""
    sessions.SessionStore.clear_expired()
    throttling.forget()
