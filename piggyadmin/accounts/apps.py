"""The accounts app: people and their roles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles and sign-in."""

    name = "piggyadmin.accounts"
    verbose_name = _("people")
