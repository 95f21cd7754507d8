"""`manage.py reseal`: seals with the key of today whatever an older key has sealed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.status.resealing import give_up_missing_keys, reseal


class Command(BaseCommand):
    """Change the key: first set the new one, and the old one among the fallbacks; then this.

    It may be stopped and started at any time, while the console is used.
    """

    help = "Seal what is secret or personal with today's DATA_KEY; then older keys can go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--give-up-missing`."""
        parser.add_argument(
            "--give-up-missing",
            action="store_true",
            help="start without keys that are lost; what they sealed stays unreadable",
        )

    def handle(self, *, give_up_missing: bool, **_options: Any) -> None:
        """Seal, and say how much that was.

        Raises:
            CommandError: something cannot be read with any of the keys that are set.
        """
        if give_up_missing:
            self.stdout.write(f"{give_up_missing_keys()} keys given up")
        sealed = reseal(self.tell)
        self.stdout.write(f"{sealed.done} rows sealed with today's key")
        if sealed.unreadable:
            raise CommandError(
                f"{sealed.unreadable} rows cannot be read: their key is neither DATA_KEY nor "
                "SECRET_KEY, nor among the fallbacks of both. Set it, and run this again."
            )
        self.stdout.write("Nothing needs an older key any more.")

    def tell(self, done: int, everything: int) -> None:
        """Tell how far it is."""
        self.stderr.write(f"{done:,} of {everything:,} rows", ending="\r")
