"""The framework of actions: collects every action of every entity, and their permissions."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ActionsConfig(AppConfig):
    """Actions and their registry; the label `actions` belongs to the ledger, which had it first."""

    name = "piggyadmin.actions"
    label = "action_framework"
    verbose_name = _("actions")

    def ready(self) -> None:
        """Find each app's `actions`, and make roles and permissions after every migrate."""
        autodiscover_modules("actions")
        # Only apps with tables are told of a migrate: the ledger's, whose label permissions bear.
        post_migrate.connect(make_permissions, sender=apps.get_app_config("actions"))


def make_permissions(using: str, **_kwargs: Any) -> None:
    """Make the groups, and one permission per action and per page."""
    if using != "default":
        return
    # Imported late: models are not there yet when this module is.
    from piggyadmin.accounts import roles  # noqa: PLC0415
    from piggyadmin.actions.permissions import all_permissions  # noqa: PLC0415

    roles.make_permissions(all_permissions(), using)
