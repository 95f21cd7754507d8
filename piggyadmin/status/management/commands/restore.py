"""`manage.py restore`: a backup into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.status.backups import BackupError, checksum_path, restore


class Command(BaseCommand):
    """Restore a backup where nothing is yet, bring it up to date and verify its ledger."""

    help = "Bring a backup into an empty database, and verify the ledger."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where from."""
        parser.add_argument("path", type=Path, help="a file that manage.py backup has written")

    def handle(self, *, path: Path, **_options: Any) -> None:
        """Restore, migrate and verify.

        Raises:
            CommandError: it cannot be restored, or the ledger in it does not verify.
        """
        try:
            restore(path)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from None
        if not (checksum := checksum_path(path)).exists():
            self.stderr.write(
                f"There is no {checksum.name} beside it: nothing tells whether it "
                f"was changed since it was written."
            )
        call_command("migrate", verbosity=0)
        call_command("ledger_verify", stdout=self.stdout, stderr=self.stderr)
        self.stdout.write("Restored. Run manage.py prepare before the console serves it.")
