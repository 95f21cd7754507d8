"""The app of duplicates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    """Finding contacts that are one person, and merging them for good."""

    name = "piggyadmin.duplicates"
    verbose_name = _("Duplicates")
