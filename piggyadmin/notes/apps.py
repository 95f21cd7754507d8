"""The app of notes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    """What people of the shop tell each other of a customer; Piggy never hears of it."""

    name = "piggyadmin.notes"
    verbose_name = _("Notes")

    def ready(self) -> None:
        """Hear of what becomes of contacts, with whom notes go."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.contacts.signals import contact_ended  # noqa: PLC0415
        from piggyadmin.ledger.appending import appended  # noqa: PLC0415
        from piggyadmin.notes import retention  # noqa: PLC0415

        appended.connect(retention.follow_merge)
        contact_ended.connect(retention.forget_ended)
