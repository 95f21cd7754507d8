"""`manage.py ledger_rebuild`: makes the projection of the ledger anew from its events."""

from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.actions.chain import rebuild
from piggyadmin.actions.registry import actions


class Command(BaseCommand):
    """Make anew what can be made anew; entries and events stay as they are."""

    help = "Make the ledger's list of states anew from its events."

    def handle(self, **_options: Any) -> None:
        """Rebuild, and say how much."""
        number = rebuild({action.slug for action in actions() if action.is_watched})
        self.stdout.write(f"{number} entries.")
