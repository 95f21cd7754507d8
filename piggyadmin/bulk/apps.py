"""The app of bulk runs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    """Doing one action with many rows of a file."""

    name = "piggyadmin.bulk"
    verbose_name = _("Bulk runs")

    def ready(self) -> None:
        """Have the ledger know what a bulk run is."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.bulk import operations  # noqa: F401, PLC0415
