"""What workers do for saved views."""

from piggyadmin.saved_views.mailing import mail_what_is_due
from piggyadmin.tasks.schedule import every


@every(60, "mail-saved-views")
def mail_saved_views() -> None:
    """Send the mails that are due."""
    mail_what_is_due()
