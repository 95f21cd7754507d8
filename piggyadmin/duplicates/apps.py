"""The app of duplicates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    """Finding contacts that are one person, and merging them for good."""

    name = "piggyadmin.duplicates"
    verbose_name = _("Duplicates")

    def ready(self) -> None:
        """Hear of what becomes of entries and contacts, and tell what the mirror knows."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.contacts.likely import finders  # noqa: PLC0415
        from piggyadmin.contacts.signals import contact_ended  # noqa: PLC0415
        from piggyadmin.contacts.traces import Copy, copies  # noqa: PLC0415
        from piggyadmin.duplicates import new_addresses  # noqa: PLC0415
        from piggyadmin.duplicates.mirror import store, text_search  # noqa: PLC0415
        from piggyadmin.ledger.appending import appended  # noqa: PLC0415
        from piggyadmin.webhooks.signals import event_heard  # noqa: PLC0415

        appended.connect(store.note_change)
        contact_ended.connect(store.forget_ended)
        event_heard.connect(store.note_heard)
        finders.append(new_addresses.find_likely)
        copies.append(
            Copy(
                find=store.find_by_name,
                called=text_search.called,
                holds=store.mirrored,
                about=store.pairs_of,
                names=store.names_of,
                contacts=store.contacts_of,
            )
        )
