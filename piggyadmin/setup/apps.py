"""The set-up app: from a token to the first person who can sign in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SetupConfig(AppConfig):
    """Pages that are there as long as nobody works here."""

    name = "piggyadmin.setup"
    verbose_name = _("set-up")
