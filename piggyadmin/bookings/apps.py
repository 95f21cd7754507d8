"""The app of bookings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    """Bookings, as far as this console has seen them."""

    name = "piggyadmin.bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        """Hear when a person has settled what became of a change, and what Piggy tells."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.bookings.heard import learn_from_event  # noqa: PLC0415
        from piggyadmin.bookings.settled import learn_from_settled  # noqa: PLC0415
        from piggyadmin.ledger.appending import appended  # noqa: PLC0415
        from piggyadmin.webhooks.signals import event_heard  # noqa: PLC0415

        appended.connect(learn_from_settled)
        event_heard.connect(learn_from_event)
