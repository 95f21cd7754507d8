"""What workers do for people, ending what is over; and for keys, sealing with that of today."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts import sessions, throttling
from piggyadmin.sealing import current_key
from piggyadmin.status.resealing import is_all_sealed, is_anything_left, note_all_sealed, reseal
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.runs import start
from piggyadmin.tasks.schedule import every

HOUR = 60 * 60  # seconds


@every(HOUR, "end-sessions")
def end_sessions() -> None:
    """Remove sessions that are over, and what counts no more of passwords that were tried."""
    sessions.SessionStore.clear_expired()
    throttling.forget()


@resumable("reseal", label=_("Sealing what is stored with the key of today"))
def seal_anew(run: Run) -> None:
    """Seal what an older key has sealed, or none yet."""
    reseal(lambda done, everything: run.heartbeat(progress=done, of=everything))


@every(HOUR, "reseal")
def seal_what_is_not() -> None:
    """Have it done after an upgrade, or once the key was changed."""
    if is_all_sealed():
        return
    if is_anything_left():
        start("reseal", key=current_key(), payload={})
    else:
        note_all_sealed()
