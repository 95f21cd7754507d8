"""The ledger app: what people asked of Piggy, and what became of it."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The ledger; its tables and permissions keep the label that they began with."""

    name = "piggyadmin.ledger"
    label = "actions"
    verbose_name = _("ledger")

    def ready(self) -> None:
        """Listen to what happens to people, and keep the names of contacts that depart."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.contacts.traces import keep_names  # noqa: PLC0415
        from piggyadmin.ledger.writes import appended  # noqa: PLC0415

        import_module("piggyadmin.ledger.people_events")
        appended.connect(keep_names)
