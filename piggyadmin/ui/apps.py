"""The ui app: layout, form fields, template tags and error pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from piggyadmin import checks  # noqa: F401  (registers them)


class UiConfig(AppConfig):
    """What all pages share."""

    name = "piggyadmin.ui"
    verbose_name = _("layout")
