"""`manage.py ledger_rebuild`: makes the projection of the ledger anew from its events."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.ledger.hash_chain import rebuild, restore_end
from piggyadmin.ledger.operations import watched_slugs


class Command(BaseCommand):
    """Make anew what can be made anew; entries and events stay as they are."""

    help = "Make the ledger's list of states anew from its events."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--end`."""
        parser.add_argument(
            "--end",
            action="store_true",
            help="also make the row of the chain's end anew, where it is gone; first compare the "
            "last event with an end that was noted elsewhere: `ledger_verify --head`",
        )

    def handle(self, *, end: bool, **_options: Any) -> None:
        """Rebuild, and say how much."""
        if end:
            self.stdout.write(f"The chain ends at {restore_end()}.")
        self.stdout.write(f"{rebuild(watched_slugs())} entries.")
