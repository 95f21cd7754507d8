"""The app of second factors, whose keys and codes are in allauth's own table."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactorsConfig(AppConfig):
    """Second factors."""

    default = True
    name = "piggyadmin.factors"
    verbose_name = _("second factors")

    def ready(self) -> None:
        """Hear of who signs in."""
        from piggyadmin.factors import requirements  # noqa: F401, PLC0415
