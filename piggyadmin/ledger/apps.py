"""The ledger app: what people asked of Piggy, and what became of it."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The ledger; its tables and permissions keep the label that they began with."""

    name = "piggyadmin.ledger"
    label = "actions"
    verbose_name = _("ledger")

    def ready(self) -> None:
        """Listen to what happens to people, and find who knows whom entries are about."""
        import_module("piggyadmin.ledger.people_events")
        autodiscover_modules("ledger_subjects")
