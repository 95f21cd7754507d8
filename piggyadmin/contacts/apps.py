"""The app of contacts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """Contacts, their identifiers and attributes."""

    name = "piggyadmin.contacts"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Find what other apps show on the page of a contact."""
        autodiscover_modules("contact_panels")
