"""The app of saved views."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SavedViewsConfig(AppConfig):
    """Filters of lists that people keep under a name, for themselves or for everybody."""

    name = "piggyadmin.saved_views"
    verbose_name = _("Saved views")
