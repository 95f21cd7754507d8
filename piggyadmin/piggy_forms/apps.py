"""The app of Piggy's forms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PiggyFormsConfig(AppConfig):
    """Piggy's forms, whose label is the entity's name."""

    name = "piggyadmin.piggy_forms"
    label = "forms"
    verbose_name = _("forms")
