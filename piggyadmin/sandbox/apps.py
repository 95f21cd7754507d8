"""The embedded Piggy as a Django app, at home in its own database alias."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SandboxConfig(AppConfig):
    """Name the app and its label, by which the router knows its tables."""

    name = "piggyadmin.sandbox"
    label = "sandbox"
    verbose_name = _("Sandbox")
