"""The app of the door for programs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """What programs may do in a person's name, and how they ask for it."""

    name = "piggyadmin.api"
    verbose_name = _("Access for programs")

    def ready(self) -> None:
        """End the tokens of whoever is disabled or given another password."""
        # Imported late: models are not there yet when this module is.
        from django.db.models.signals import post_save  # noqa: PLC0415

        from piggyadmin.accounts.models import User  # noqa: PLC0415
        from piggyadmin.api.services import end_with_person  # noqa: PLC0415

        post_save.connect(end_with_person, sender=User)
