"""The app of duplicates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    """Finding contacts that are one person, and merging them for good."""

    name = "piggyadmin.duplicates"
    verbose_name = _("Duplicates")

    def ready(self) -> None:
        """Hear of what becomes of the ledger's entries."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.duplicates.mirror.store import note_change  # noqa: PLC0415
        from piggyadmin.ledger.appending import appended  # noqa: PLC0415

        appended.connect(note_change)
