"""The tasks app: work that outlives a request, and the workers that do it."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    """Runs, periodic work and workers."""

    name = "piggyadmin.tasks"
    verbose_name = _("background work")

    def ready(self) -> None:
        """Find each app's `tasks.py`, which says what can be run."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.tasks import backend, runs  # noqa: PLC0415

        backend.take_over = runs.carry_at_once
        autodiscover_modules("tasks")
