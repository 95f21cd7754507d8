"""The accounts app: people and their roles."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles and sign-in."""

    default = True
    name = "piggyadmin.accounts"
    verbose_name = _("people")


class ConsoleAdminConfig(admin_apps.AdminConfig):
    """Django's admin site, with the console's own way in."""

    default = False
    default_site = "piggyadmin.accounts.admin_site.ConsoleSite"
