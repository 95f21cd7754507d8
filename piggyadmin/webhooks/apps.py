"""The app of webhooks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """Which addresses Piggy tells of what, and what this console was told."""

    name = "piggyadmin.webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        """Hear when a contact is no more: nothing is kept of what was told of them."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.contacts.signals import contact_ended  # noqa: PLC0415
        from piggyadmin.webhooks.retention import forget_ended  # noqa: PLC0415

        contact_ended.connect(forget_ended)
