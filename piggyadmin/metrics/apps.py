"""The metrics app: how the console does, in numbers for a Prometheus server."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    """What all processes counted, and how much there is of what stands in the database."""

    name = "piggyadmin.metrics"
    verbose_name = _("metrics")

    def ready(self) -> None:
        """Listen to what happens to calls."""
        import_module("piggyadmin.metrics.calls")
